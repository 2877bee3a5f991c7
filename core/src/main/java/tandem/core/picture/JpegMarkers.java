package tandem.core.picture;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a JPEG's markers say and ImageIO does not: a walk over the segments of ITU-T T.81, annex B. ImageIO has no word
 * for Exif's orientation, fills what a truncated file lacks with grey, and fails on four components without saying why.
 *
 * @param orientation Exif's tag 0x0112, from 1 (upright) to 8; 1 if there is none
 * @param components of a pixel, 1, 3 or 4; 0 if no frame header was found
 * @param samples that all components have together for each pixel: 1.5 where colours have half of the rows and columns
 * @param progressive whether all coefficients are kept until the last scan is read
 * @param complete whether the end-of-image marker is there
 */
record JpegMarkers(int orientation, int components, double samples, boolean progressive, boolean complete) {
    private static final int START_OF_SCAN = 0xDA;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int APP1 = 0xE1;
    private static final int ORIENTATION = 0x0112;
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    /** Walks over a file that begins with a JPEG's first two bytes. */
    static JpegMarkers of(byte[] file) {
        int orientation = 1;
        int components = 0;
        double samples = 0;
        boolean progressive = false;
        int at = 2;
        while (true) {
            at = nextMarker(file, at);
            if (at >= file.length) {
                return new JpegMarkers(orientation, components, samples, progressive, false);
            }
            int marker = file[at] & 0xff;
            if (marker == END_OF_IMAGE) {
                return new JpegMarkers(orientation, components, samples, progressive, true);
            }
            if (at + 2 >= file.length) {
                return new JpegMarkers(orientation, components, samples, progressive, false);
            }
            int content = at + 3;
            int end = Math.min(file.length, at + 1 + ((file[at + 1] & 0xff) << 8 | file[at + 2] & 0xff));
            if (marker == APP1 && orientation == 1 && startsWithExif(file, content, end)) {
                orientation = orientation(ByteBuffer.wrap(file, content + EXIF.length, end - content - EXIF.length)
                        .slice());
            } else if (isFrame(marker) && content + 5 < end) {
                components = file[content + 5] & 0xff;
                samples = samples(file, content + 6, Math.min(end, content + 6 + 3 * components));
                // SOF2, SOF6, SOF10 and SOF14.
                progressive = (marker & 3) == 2;
            }
            // The data of a scan follow its header; the next marker is found in the same way.
            at = marker == START_OF_SCAN ? end : Math.max(end, at + 1);
        }
    }

    /** Index of the next marker's second byte; stuffed zeros, restarts and fill bytes are none. */
    private static int nextMarker(byte[] file, int from) {
        for (int at = from; at + 1 < file.length; at++) {
            int second = file[at + 1] & 0xff;
            if (file[at] == (byte) 0xff && second != 0 && second != 0xff && (second < 0xd0 || second > 0xd7)) {
                return at + 1;
            }
        }
        return file.length;
    }

    /** SOF0 to SOF15, without DHT, JPG and DAC, which lie among them. */
    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    /** The sum of all components' sampling factors, as a share of the largest: three bytes each in a frame header. */
    private static double samples(byte[] file, int from, int end) {
        double sum = 0;
        int largest = 1;
        for (int at = from; at + 1 < end; at += 3) {
            int factors = (file[at + 1] >> 4 & 0xf) * (file[at + 1] & 0xf);
            sum += factors;
            largest = Math.max(largest, factors);
        }
        return sum / largest;
    }

    private static boolean startsWithExif(byte[] file, int from, int end) {
        return end - from > EXIF.length && Arrays.equals(file, from, from + EXIF.length, EXIF, 0, EXIF.length);
    }

    /** The orientation in a TIFF structure, or 1 if it is not there, malformed or out of range. */
    private static int orientation(ByteBuffer tiff) {
        try {
            tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int directory = tiff.getInt(4);
            int entries = tiff.getShort(directory) & 0xffff;
            for (int i = 0; i < entries; i++) {
                int entry = directory + 2 + 12 * i;
                if ((tiff.getShort(entry) & 0xffff) == ORIENTATION) {
                    int value = tiff.getShort(entry + 8);
                    return value >= 1 && value <= 8 ? value : 1;
                }
            }
            return 1;
        } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
            // Viewers show a picture upright whose Exif is damaged, and so do we.
            return 1;
        }
    }
}
