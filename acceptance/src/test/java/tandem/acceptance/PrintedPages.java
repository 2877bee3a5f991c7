package tandem.acceptance;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.openqa.selenium.chrome.ChromeDriver;

/**
 * A page as the browser prints it.
 *
 * @param text of all sheets
 * @param sheets as pixels
 */
record PrintedPages(String text, List<BufferedImage> sheets) {
    private static final float DOTS_PER_INCH = 60;

    static PrintedPages of(ChromeDriver browser) throws IOException {
        Object data = browser.executeCdpCommand("Page.printToPDF", Map.of("printBackground", true))
                .get("data");
        try (PDDocument document = Loader.loadPDF(Base64.getDecoder().decode((String) data))) {
            PDFRenderer renderer = new PDFRenderer(document);
            List<BufferedImage> sheets = new ArrayList<>();
            for (int i = 0; i < document.getNumberOfPages(); i++) {
                sheets.add(renderer.renderImageWithDPI(i, DOTS_PER_INCH));
            }
            return new PrintedPages(new PDFTextStripper().getText(document), sheets);
        }
    }

    /** Where the last pixel that is nearly of a colour stands, as a share of the sheet's width. */
    double rightmost(int colour) {
        double most = 0;
        for (BufferedImage sheet : sheets) {
            for (int y = 0; y < sheet.getHeight(); y++) {
                for (int x = 0; x < sheet.getWidth(); x++) {
                    if (distance(sheet.getRGB(x, y), colour) < 40) {
                        most = Math.max(most, (double) x / sheet.getWidth());
                    }
                }
            }
        }
        return most;
    }

    /** Pixels that are nearly black. */
    long darkPixels() {
        return sheets.stream()
                .mapToLong(sheet -> {
                    long dark = 0;
                    for (int y = 0; y < sheet.getHeight(); y++) {
                        for (int x = 0; x < sheet.getWidth(); x++) {
                            dark += distance(sheet.getRGB(x, y), 0) < 240 ? 1 : 0;
                        }
                    }
                    return dark;
                })
                .sum();
    }

    /** The sum over red, green and blue. */
    private static int distance(int one, int other) {
        int distance = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            distance += Math.abs((one >> shift & 0xff) - (other >> shift & 0xff));
        }
        return distance;
    }
}
