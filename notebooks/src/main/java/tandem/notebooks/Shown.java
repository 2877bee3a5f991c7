package tandem.notebooks;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** What a cell of a notebook shows: a picture or a table, and the same as text for readers that show neither. */
public sealed interface Shown permits Curves, Digits, HtmlTable {
    /** The MIME type of the content. */
    String type();

    /** The content as Jupyter's messages carry it: HTML as it is, a picture in base64. */
    String content();

    /** The same in plain text. */
    String text();

    /** A picture as PNG, in base64. */
    static String png(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
