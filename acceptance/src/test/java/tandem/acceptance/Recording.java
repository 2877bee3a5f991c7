package tandem.acceptance;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.chrome.ChromeDriver;

/**
 * Records the picture of the README from the real page: {@code mvn -Dacceptance -Dtest=Recording -pl acceptance verify}
 * writes docs/images/serve.gif.
 */
final class Recording {
    private static final int WIDTH = 1100;
    private static final int HEIGHT = 760;
    private static final double SCALE = 0.65;

    /** Hundredths of a second that a frame stays. */
    private static final int DELAY = 12;

    private static final int[][][] DIGITS = {
        {{25, 20}, {50, 20}, {75, 20}, {64, 42}, {54, 63}, {45, 85}},
        {{30, 22}, {55, 15}, {68, 28}, {60, 42}, {45, 48}, {64, 56}, {70, 70}, {55, 85}, {30, 80}}
    };

    @TempDir
    Path folder;

    @Test
    void drawsTwoDigits() throws Exception {
        List<BufferedImage> frames = new ArrayList<>();
        try (Served server = Served.start(folder)) {
            ChromeDriver browser = Chromium.start(folder.resolve("profile"));
            try {
                browser.manage().window().setSize(new Dimension(WIDTH, HEIGHT + 140));
                browser.get(server.address());
                while (!text(browser, "#model").contains("right")) {
                    frames.add(frame(browser));
                    Thread.sleep(300);
                }
                // All engines are awake before they are filmed.
                draw(browser, DIGITS[0], null);
                while (!text(browser, "#verdict").startsWith("All 6")) {
                    Thread.sleep(200);
                }
                browser.findElement(By.id("clear")).click();
                for (int[][] digit : DIGITS) {
                    draw(browser, digit, frames);
                    for (int i = 0; i < 12; i++) {
                        frames.add(frame(browser));
                        Thread.sleep(60);
                    }
                }
            } finally {
                browser.quit();
            }
        }
        write(frames, Tandem.LAUNCHER.getParent().resolve("docs/images/serve.gif"));
    }

    private static String text(ChromeDriver browser, String selector) {
        return browser.findElement(By.cssSelector(selector)).getText();
    }

    private static void draw(ChromeDriver browser, int[][] corners, List<BufferedImage> frames) throws IOException {
        browser.findElement(By.id("clear")).click();
        Rectangle pad = browser.findElement(By.cssSelector("#draw-pad canvas")).getRect();
        for (int i = 0; i < corners.length; i++) {
            double x = pad.x + corners[i][0] * pad.width / 100.0;
            double y = pad.y + corners[i][1] * pad.height / 100.0;
            if (i == 0) {
                mouse(browser, "mousePressed", x, y);
            }
            mouse(browser, "mouseMoved", x, y);
            if (frames != null) {
                frames.add(frame(browser));
            }
            if (i == corners.length - 1) {
                mouse(browser, "mouseReleased", x, y);
            }
        }
    }

    private static void mouse(ChromeDriver browser, String what, double x, double y) {
        browser.executeCdpCommand(
                "Input.dispatchMouseEvent",
                Map.of("type", what, "x", x, "y", y, "button", "left", "buttons", 1, "clickCount", 1));
    }

    private static BufferedImage frame(ChromeDriver browser) throws IOException {
        BufferedImage whole = ImageIO.read(new ByteArrayInputStream(browser.getScreenshotAs(OutputType.BYTES)));
        int height = Math.min(HEIGHT, whole.getHeight());
        BufferedImage frame =
                new BufferedImage((int) (SCALE * whole.getWidth()), (int) (SCALE * height), BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = frame.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        pen.drawImage(
                whole.getSubimage(0, 0, whole.getWidth(), height), 0, 0, frame.getWidth(), frame.getHeight(), null);
        pen.dispose();
        return frame;
    }

    /** An animated GIF that begins again. */
    private static void write(List<BufferedImage> frames, Path file) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersBySuffix("gif").next();
        Files.deleteIfExists(file);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.prepareWriteSequence(null);
            for (int i = 0; i < frames.size(); i++) {
                BufferedImage frame = frames.get(i);
                IIOMetadata metadata =
                        writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(frame), null);
                String format = metadata.getNativeMetadataFormatName();
                IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
                IIOMetadataNode control = child(root, "GraphicControlExtension");
                control.setAttribute("disposalMethod", "none");
                control.setAttribute("userInputFlag", "FALSE");
                control.setAttribute("transparentColorFlag", "FALSE");
                control.setAttribute("transparentColorIndex", "0");
                control.setAttribute("delayTime", String.valueOf(i == frames.size() - 1 ? 20 * DELAY : DELAY));
                IIOMetadataNode loop = new IIOMetadataNode("ApplicationExtension");
                loop.setAttribute("applicationID", "NETSCAPE");
                loop.setAttribute("authenticationCode", "2.0");
                loop.setUserObject(new byte[] {1, 0, 0});
                child(root, "ApplicationExtensions").appendChild(loop);
                metadata.setFromTree(format, root);
                writer.writeToSequence(new IIOImage(frame, null, metadata), null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
    }

    private static IIOMetadataNode child(IIOMetadataNode root, String name) {
        for (int i = 0; i < root.getLength(); i++) {
            if (root.item(i).getNodeName().equals(name)) {
                return (IIOMetadataNode) root.item(i);
            }
        }
        IIOMetadataNode made = new IIOMetadataNode(name);
        root.appendChild(made);
        return made;
    }
}
