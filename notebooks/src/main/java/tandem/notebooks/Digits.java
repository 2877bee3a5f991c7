package tandem.notebooks;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import tandem.core.data.Images;

/** Images of a dataset in a row, with a caption below each, as a picture for notebooks. */
public final class Digits {
    private static final int SCALE = 3;
    private static final int MARGIN = 6;
    private static final int CAPTION = 18;

    private Digits() {}

    /**
     * The picture of some images.
     *
     * @param indices which images
     * @param captions one for each
     */
    public static BufferedImage row(Images images, List<Integer> indices, List<String> captions) {
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
            graphics.drawImage(digit(images, indices.get(i)), left, MARGIN, width, height, null);
            graphics.setColor(Color.DARK_GRAY);
            graphics.drawString(captions.get(i), left, height + MARGIN + CAPTION - 3);
        }
        graphics.dispose();
        return picture;
    }

    /** One image, its pixels as they are. */
    private static BufferedImage digit(Images images, int index) {
        BufferedImage digit = new BufferedImage(images.columns(), images.rows(), BufferedImage.TYPE_BYTE_GRAY);
        byte[] pixels = new byte[images.size()];
        System.arraycopy(images.pixels(), index * images.size(), pixels, 0, pixels.length);
        digit.getRaster().setDataElements(0, 0, images.columns(), images.rows(), pixels);
        return digit;
    }
}
