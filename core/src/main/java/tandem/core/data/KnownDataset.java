package tandem.core.data;

import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A dataset that Tandem knows by name.
 *
 * @param name name in recipes and options
 * @param title what the images show and who made them
 * @param licence under which it may be used
 * @param classes number of classes
 * @param normalisation mean and standard deviation of all training pixels, to four decimals
 * @param mirrors folders on the web, the first to be asked first
 * @param checksums one for each file
 */
record KnownDataset(
        String name,
        String title,
        String licence,
        int classes,
        Normalisation normalisation,
        List<URI> mirrors,
        Map<Part, Checksum> checksums) {

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
                    Checksum.ofContent("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34")));

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
                    Checksum.ofContent("a11dc742be8e781a40a92f53d6a4957e7b7d36df2faa097659131ebfd8fd60c6")));

    /** All of them, in the order of lists. */
    static final List<KnownDataset> ALL = List.of(MNIST, FASHION_MNIST, KMNIST);

    private static List<URI> mirrors(String... folders) {
        return List.of(folders).stream().map(URI::create).toList();
    }

    /** The checksum of one file. */
    Checksum checksum(Part part) {
        return Objects.requireNonNull(checksums.get(part), () -> "%s has no checksum of %s".formatted(name, part));
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
