package tandem.web;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 connections that know how long they have waited for their client: for all of its next request, wherever it
 * stops in it and however slowly it sends, or until it takes what is sent to it. That time is their idle time, and the
 * server ends connections that are idle for too long. Helidon's own idle time ends with the first line of a request,
 * and its read timeout has no effect on the channels that it reads from.
 */
final class PatientConnections implements ServerConnectionSelector {
    private final Http1ConnectionSelector http =
            Http1ConnectionSelector.builder().config(Http1Config.create()).build();

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        Patience patience = new Patience();
        return new PatientConnection(http.connection(new PatientContext(context, patience)), patience);
    }

    /** How long a client has been waited for. Reads add up until something is written; each write counts alone. */
    private static final class Patience {
        private long read;
        private long since;
        private boolean waiting;

        synchronized void begin() {
            since = System.nanoTime();
            waiting = true;
        }

        synchronized void endRead() {
            waiting = false;
            read += System.nanoTime() - since;
        }

        synchronized void endWrite() {
            waiting = false;
            read = 0;
        }

        synchronized Duration spent() {
            return Duration.ofNanos(waiting ? read + System.nanoTime() - since : 0);
        }
    }

    /** A connection whose idle time is what its client let it wait. */
    private static final class PatientConnection implements ServerConnection {
        private final ServerConnection connection;
        private final Patience patience;
        private volatile @Nullable Thread thread;

        PatientConnection(ServerConnection connection, Patience patience) {
            this.connection = connection;
            this.patience = patience;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            thread = Thread.currentThread();
            try {
                connection.handle(limit);
            } finally {
                thread = null;
            }
        }

        @Override
        public Duration idleTime() {
            return patience.spent();
        }

        /** Also in the middle of a request: an interrupt closes the channel that the thread waits for. */
        @Override
        public void close(boolean interrupt) {
            connection.close(interrupt);
            Thread waiting = thread;
            if (waiting != null && patience.spent().isPositive()) {
                waiting.interrupt();
            }
        }
    }

    /** What a connection reads from and writes to, timed. */
    private record PatientContext(ConnectionContext context, DataReader dataReader, DataWriter dataWriter)
            implements ConnectionContext {
        PatientContext(ConnectionContext context, Patience patience) {
            this(context, reader(context.dataReader(), patience), new PatientWriter(context.dataWriter(), patience));
        }

        private static DataReader reader(DataReader from, Patience patience) {
            return DataReader.create(() -> {
                patience.begin();
                try {
                    from.ensureAvailable();
                } finally {
                    patience.endRead();
                }
                return from.readBytes(from.available());
            });
        }

        @Override
        public ListenerContext listenerContext() {
            return context.listenerContext();
        }

        @Override
        public ExecutorService executor() {
            return context.executor();
        }

        @Override
        public Router router() {
            return context.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return context.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return context.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return context.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return context.localPeer();
        }

        @Override
        public boolean isSecure() {
            return context.isSecure();
        }

        @Override
        public String socketId() {
            return context.socketId();
        }

        @Override
        public String childSocketId() {
            return context.childSocketId();
        }
    }

    private record PatientWriter(DataWriter to, Patience patience) implements DataWriter {
        private void timed(Runnable write) {
            patience.begin();
            try {
                write.run();
            } finally {
                patience.endWrite();
            }
        }

        @Override
        public void write(BufferData... buffers) {
            timed(() -> to.write(buffers));
        }

        @Override
        public void write(BufferData buffer) {
            timed(() -> to.write(buffer));
        }

        @Override
        public void writeNow(BufferData... buffers) {
            timed(() -> to.writeNow(buffers));
        }

        @Override
        public void writeNow(BufferData buffer) {
            timed(() -> to.writeNow(buffer));
        }

        @Override
        public void flush() {
            timed(to::flush);
        }

        @Override
        public void close() {
            to.close();
        }
    }
}
