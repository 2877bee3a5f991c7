package tandem.notebooks;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tandem.core.Failure;
import tandem.core.data.Images;
import tandem.core.picture.Picture;
import tandem.core.picture.PictureDigits;

/**
 * Images in a row, with a caption below each.
 *
 * @param images which hold them
 * @param indices which of the images
 * @param captions one for each
 */
public record Digits(Images images, List<Integer> indices, List<String> captions) implements Shown {
    private static final int SCALE = 3;
    private static final int MARGIN = 6;
    private static final int CAPTION = 18;

    /** One image. */
    public Digits(Images images, int index, String caption) {
        this(images, List.of(index), List.of(caption));
    }

    /**
     * The digits of a picture, as the network sees them: light on black, in the middle. Their labels are 0.
     *
     * @param picture a PNG, JPEG, GIF or BMP
     * @param like size and normalisation
     * @throws Failure if it cannot be read, or nothing stands out from its background
     */
    public static Images read(Path picture, Images like) {
        try {
            String name = String.valueOf(picture.getFileName());
            List<PictureDigits.Digit> digits = PictureDigits.of(
                            Picture.read(Files.readAllBytes(picture), name), name, like.rows(), like.columns())
                    .all();
            byte[] pixels = new byte[digits.size() * like.size()];
            for (int i = 0; i < digits.size(); i++) {
                System.arraycopy(digits.get(i).image().pixels(), 0, pixels, i * like.size(), like.size());
            }
            return new Images(like.rows(), like.columns(), pixels, new byte[digits.size()], like.normalisation());
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(picture, e.getMessage()), e);
        }
    }

    @Override
    public String type() {
        return "image/png";
    }

    @Override
    public String content() {
        return Shown.png(image());
    }

    @Override
    public String text() {
        return (indices.size() == 1 ? "an image: " : indices.size() + " images: ") + String.join(", ", captions);
    }

    /** The picture. */
    public BufferedImage image() {
        int width = SCALE * images.columns();
        int height = SCALE * images.rows();
        BufferedImage picture = new BufferedImage(
                indices.size() * (width + MARGIN) + MARGIN, height + 2 * MARGIN + CAPTION, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        for (int i = 0; i < indices.size(); i++) {
            int left = MARGIN + i * (width + MARGIN);
            graphics.drawImage(digit(indices.get(i)), left, MARGIN, width, height, null);
            graphics.setColor(Color.DARK_GRAY);
            graphics.drawString(captions.get(i), left, height + MARGIN + CAPTION - 3);
        }
        graphics.dispose();
        return picture;
    }

    /** One image, its pixels as they are. */
    private BufferedImage digit(int index) {
        BufferedImage digit = new BufferedImage(images.columns(), images.rows(), BufferedImage.TYPE_BYTE_GRAY);
        byte[] pixels = new byte[images.size()];
        System.arraycopy(images.pixels(), index * images.size(), pixels, 0, pixels.length);
        digit.getRaster().setDataElements(0, 0, images.columns(), images.rows(), pixels);
        return digit;
    }
}
