package tandem.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a file is, by its first bytes, in the words of sentences about files of a wrong kind. */
public enum FileKind {
    /** Nothing in it. */
    EMPTY("an empty file"),
    /** Compressed as RFC 1952 says. */
    GZIP("a file compressed by gzip"),
    /** An archive; also npz, .pt and .keras. */
    ZIP("a zip archive"),
    /** What lies in a checkout in the place of a large file. */
    LFS_POINTER("a Git LFS pointer, not the file itself: run 'git lfs pull' where it lies"),
    /** Often an error of a server. */
    WEB_PAGE("a web page (HTML), perhaps the answer of a server that has no such file"),
    /** An array of NumPy. */
    NPY("an array of NumPy (npy)"),
    /** Also Keras' .h5. */
    HDF5("an HDF5 file, as Keras writes"),
    /** Python objects. */
    PICKLE("a pickle of Python"),
    /** A trained network. */
    ONNX("an ONNX model"),
    /** A picture. */
    GIF("a GIF picture"),
    /** A picture. */
    BMP("a BMP picture"),
    /** Columns of a table. */
    PARQUET("a Parquet file"),
    /** A picture. */
    PNG("a PNG picture"),
    /** A picture. */
    JPEG("a JPEG picture"),
    /** A picture that is not read. */
    WEBP("a WebP picture"),
    /** A picture that is not read, as phones take them. */
    HEIF("a HEIC or AVIF picture"),
    /** A picture that is not read. */
    TIFF("a TIFF picture"),
    /** Pages. */
    PDF("a PDF document"),
    /** Weights. */
    SAFETENSORS("a safetensors file"),
    /** Images or labels. */
    IDX("an IDX file"),
    /** Something else that people can read. */
    TEXT("a text file"),
    /** None of these. */
    UNKNOWN("of an unknown kind");

    /** Bytes that are enough to tell. */
    public static final int START = 512;

    private final String words;

    FileKind(String words) {
        this.words = words;
    }

    /** Of the first bytes of a file, or all of it if it has fewer than {@value #START}. */
    public static FileKind of(byte[] start) {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        String lower = text.stripLeading().toLowerCase(Locale.ROOT);
        if (start.length == 0) {
            return EMPTY;
        } else if (start.length > Long.BYTES && start[8] == '{' && start[7] == 0 && start[6] == 0) {
            // Its length comes first, which may look like anything.
            return SAFETENSORS;
        } else if (text.startsWith("\u001f\u008b")) {
            return GZIP;
        } else if (text.startsWith("PK\3\4") || text.startsWith("PK\5\6")) {
            return ZIP;
        } else if (text.startsWith("version https://git-lfs")) {
            return LFS_POINTER;
        } else if (lower.startsWith("<!doctype html") || lower.startsWith("<html") || lower.startsWith("<?xml")) {
            return WEB_PAGE;
        } else if (text.startsWith("\u0093NUMPY")) {
            return NPY;
        } else if (text.startsWith("\u0089HDF\r\n")) {
            return HDF5;
        } else if (text.startsWith("PAR1")) {
            return PARQUET;
        } else if (text.startsWith("\u0089PNG")) {
            return PNG;
        } else if (text.startsWith("\u00ff\u00d8\u00ff")) {
            return JPEG;
        } else if (text.startsWith("GIF8")) {
            return GIF;
        } else if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
            return WEBP;
        } else if (text.matches("(?s).{4}ftyp(heic|heix|hevc|heim|mif1|msf1|avif|avis).*")) {
            return HEIF;
        } else if (text.startsWith("II*\0") || text.startsWith("MM\0*")) {
            return TIFF;
        } else if (text.startsWith("%PDF-")) {
            return PDF;
        } else if (text.startsWith("BM") && start.length > 14 && start[6] == 0 && start[7] == 0 && start[8] == 0) {
            return BMP;
        } else if (start.length >= 4 && start[0] == 0 && start[1] == 0 && start[2] >= 8 && start[2] <= 14) {
            return IDX;
        } else if (start.length > 1 && start[0] == (byte) 0x80 && start[1] >= 2 && start[1] <= 5) {
            return PICKLE;
        } else if (onnx(start)) {
            return ONNX;
        }
        return text.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\r' || c == '\t') ? TEXT : UNKNOWN;
    }

    /** Field 1, the version of the format, is a small number; then comes the producer's name, or another field. */
    private static boolean onnx(byte[] start) {
        return start.length > 3
                && start[0] == 0x08
                && start[1] >= 1
                && start[1] <= 32
                && (start[2] == 0x12 || start[2] == 0x1a || start[2] == 0x3a || start[2] == 0x42);
    }

    /**
     * Of a file.
     *
     * @throws IOException if it cannot be read
     */
    public static FileKind of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(START));
        }
    }

    /** Whether it is a picture that can be read. */
    public boolean picture() {
        return this == PNG || this == JPEG || this == GIF || this == BMP;
    }

    /** With an article. */
    @Override
    public String toString() {
        return words;
    }
}
