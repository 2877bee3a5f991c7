package tandem.lab.engines;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A worker that sends what is no event. */
final class RubbishWorker {
    private RubbishWorker() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("a library prints to the log");
        try (SocketChannel lab = SocketChannel.open(UnixDomainSocketAddress.of(Path.of(arguments[0])))) {
            lab.write(ByteBuffer.wrap("libfoo: warning 17\n".getBytes(StandardCharsets.UTF_8)));
            Thread.sleep(60_000);
        }
    }
}
