package tandem.core.data;

import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dataset that Tandem knows by name.
 *
 * @param name name in recipes and options
 * @param title what the images show and who made them
 * @param licence under which it may be used
 * @param classes number of classes
 * @param normalisation mean and standard deviation of all training pixels, to four decimals; null where they are
 *     computed when the images are read
 * @param mirrors folders on the web, the first to be asked first
 * @param checksums one for each file
 * @param fileNames one for each file, without {@code .gz}
 * @param description how its images lie, and what its classes are called
 * @param archive in which the files come, or null
 */
record KnownDataset(
        String name,
        String title,
        String licence,
        int classes,
        @Nullable Normalisation normalisation,
        List<URI> mirrors,
        Map<Part, Checksum> checksums,
        Map<Part, String> fileNames,
        Description description,
        @Nullable Archive archive) {

    /**
     * What is fetched where the files come in one archive.
     *
     * @param name of a zip file
     * @param folder of the files in it, ending in a slash
     * @param checksum of the zip file
     */
    record Archive(String name, String folder, Checksum checksum) {}

    /** A dataset under MNIST's file names. */
    KnownDataset(
            String name,
            String title,
            String licence,
            int classes,
            Normalisation normalisation,
            List<URI> mirrors,
            Map<Part, Checksum> checksums) {
        this(name, title, licence, classes, normalisation, mirrors, checksums, Map.of(), Description.NONE, null);
    }

    /** MNIST. The constants are those of PyTorch's MNIST example (pytorch/examples, mnist/main.py). */
    private static final KnownDataset MNIST = new KnownDataset(
            "mnist",
            "handwritten digits (LeCun, Cortes)",
            "CC BY-SA 3.0",
            10,
            new Normalisation(0.1307, 0.3081),
            mirrors(
                    "https://ossci-datasets.s3.amazonaws.com/mnist/",
                    "https://storage.googleapis.com/cvdf-datasets/mnist/"),
            checksums(
                    Checksum.ofContent("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                    Checksum.ofContent("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
                    Checksum.ofContent("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                    Checksum.ofContent("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")));

    /**
     * Fashion-MNIST. The constants are those of its training pixels; a test computes them. The checksums hold for
     * Debian's files and for the mirrors': they differ in nothing but gzip's header.
     */
    private static final KnownDataset FASHION_MNIST = new KnownDataset(
            "fashion-mnist",
            "articles of clothing (Zalando Research)",
            "MIT",
            10,
            new Normalisation(0.2860, 0.3530),
            mirrors(
                    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
            checksums(
                    Checksum.ofContent("c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
                    Checksum.ofContent("bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
                    Checksum.ofContent("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
                    Checksum.ofContent("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34")),
            Map.of(),
            new Description(
                    null,
                    null,
                    null,
                    null,
                    null,
                    List.of(
                            "T-shirt/top",
                            "Trouser",
                            "Pullover",
                            "Dress",
                            "Coat",
                            "Sandal",
                            "Shirt",
                            "Sneaker",
                            "Bag",
                            "Ankle boot")),
            null);

    /**
     * Kuzushiji-MNIST. The constants are those in general use with torchvision's KMNIST, not computed again here. The
     * published checksums (torchvision/prototype/datasets/_builtin/mnist.py) are of the compressed files: that of the
     * training images is used as it is, the other three were replaced by those of the content of files that had them.
     */
    private static final KnownDataset KMNIST = new KnownDataset(
            "kmnist",
            "cursive Japanese characters (Kuzushiji-MNIST, CODH)",
            "CC BY-SA 4.0",
            10,
            new Normalisation(0.1918, 0.3483),
            mirrors("https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"),
            checksums(
                    Checksum.ofGzip("51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
                    Checksum.ofContent("2a16eeae62da984b8bd24fa32e31d47291f01dac3fe84d5594f304f71e7d374b"),
                    Checksum.ofContent("76fbd229ce87db80dd281af5e6670de4ad0e42fb30a7bd643972994c47c1f42e"),
                    Checksum.ofContent("a11dc742be8e781a40a92f53d6a4957e7b7d36df2faa097659131ebfd8fd60c6")),
            Map.of(),
            new Description(
                    null, null, null, null, null, List.of("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")),
            null);

    /**
     * QMNIST: MNIST made again from NIST's scans, with all 60,000 test images. The checksums are those of torchvision
     * (torchvision/prototype/datasets/_builtin/mnist.py), not compared with the files here; the constants are MNIST's,
     * whose training images these are.
     */
    private static final KnownDataset QMNIST = new KnownDataset(
            "qmnist",
            "MNIST with 60,000 test images (Yadav, Bottou)",
            "BSD-3-Clause",
            10,
            new Normalisation(0.1307, 0.3081),
            mirrors("https://raw.githubusercontent.com/facebookresearch/qmnist/master/"),
            checksums(
                    Checksum.ofGzip("9e26a7bf1683614e065d7b76460ccd52807165b3f22561fb782bd9f38c52b51d"),
                    Checksum.ofGzip("2c05dc77f6b916b38e455e97ab129a42a444f3dbef09b278a366f82904e0dd9f"),
                    Checksum.ofGzip("43fc22bf7498b8fc98de98369d72f752d0deabc280a43a7bcc364ab19e57b375"),
                    Checksum.ofGzip("9fbcbe594c3766fdf4f0b15c5165dc0d1e57ac604e01422608bb72c906030d06")),
            fileNames(
                    "qmnist-train-images-idx3-ubyte",
                    "qmnist-train-labels-idx2-int",
                    "qmnist-test-images-idx3-ubyte",
                    "qmnist-test-labels-idx2-int"),
            Description.NONE,
            null);

    private static final String DIGITS = "0123456789";
    private static final String CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /** All of them, in the order of lists. */
    static final List<KnownDataset> ALL = List.of(
            MNIST,
            FASHION_MNIST,
            KMNIST,
            QMNIST,
            emnist("digits", "280,000 digits", names(DIGITS)),
            // Labels begin at 1.
            emnist("letters", "26 letters, capital or not", names("-" + CAPITALS)),
            // Small letters that look like the capital one are counted with it.
            emnist("balanced", "digits and letters, 47 classes", names(DIGITS + CAPITALS + "abdefghnqrt")),
            emnist(
                    "byclass",
                    "digits and letters, 62 classes",
                    names(DIGITS + CAPITALS + CAPITALS.toLowerCase(Locale.ROOT))));

    /**
     * One of the sets of EMNIST (Cohen, Afshar, Tapson, van Schaik, "EMNIST: an extension of MNIST to handwritten
     * letters", 2017), whose images lie transposed. All come in one archive of 562 MB; its checksum is that of
     * TensorFlow Datasets (tensorflow_datasets/url_checksums/emnist.txt), not compared with the file here. Nobody
     * published those of the files in it.
     */
    private static KnownDataset emnist(String set, String title, List<String> names) {
        String start = "emnist-" + set;
        return new KnownDataset(
                start,
                "%s (EMNIST, Cohen et al.)".formatted(title),
                "none stated (NIST)",
                names.size(),
                null,
                mirrors(
                        "https://biometrics.nist.gov/cs_links/EMNIST/",
                        "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/"),
                Map.of(),
                fileNames(
                        start + "-train-images-idx3-ubyte",
                        start + "-train-labels-idx1-ubyte",
                        start + "-test-images-idx3-ubyte",
                        start + "-test-labels-idx1-ubyte"),
                new Description(null, null, null, null, true, names),
                new Archive(
                        "gzip.zip",
                        "gzip/",
                        Checksum.ofFile("fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e")));
    }

    private static List<String> names(String characters) {
        return characters.chars().mapToObj(Character::toString).toList();
    }

    /** In the order of {@link Part}. */
    private static Map<Part, String> fileNames(String... names) {
        Map<Part, String> byPart = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            byPart.put(part, names[part.ordinal()]);
        }
        return byPart;
    }

    private static List<URI> mirrors(String... folders) {
        return List.of(folders).stream().map(URI::create).toList();
    }

    /** The checksum of one file. */
    Checksum checksum(Part part) {
        return checksums.getOrDefault(part, Checksum.OF_GZIP_ITSELF);
    }

    /** The name of one file, without {@code .gz}. */
    String fileName(Part part) {
        return fileNames.getOrDefault(part, part.fileName);
    }

    /** In the order of {@link Part}. */
    static Map<Part, Checksum> checksums(Checksum... checksums) {
        Map<Part, Checksum> byPart = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            byPart.put(part, checksums[part.ordinal()]);
        }
        return byPart;
    }
}
