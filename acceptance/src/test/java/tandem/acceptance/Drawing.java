package tandem.acceptance;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Pictures of two strokes, light on black. */
final class Drawing {
    private Drawing() {}

    static Path seven(Path file) throws IOException {
        return draw(file, 44, 90);
    }

    /** A bar on top, and from its end a line to a point in a square of 100 by 100. */
    static Path draw(Path file, int x, int y) throws IOException {
        BufferedImage image = new BufferedImage(100, 100, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setColor(Color.WHITE);
        pen.setStroke(new BasicStroke(8));
        pen.drawLine(24, 14, 76, 14);
        pen.drawLine(76, 14, x, y);
        pen.dispose();
        ImageIO.write(image, "png", file.toFile());
        return file;
    }
}
