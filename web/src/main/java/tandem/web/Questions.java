package tandem.web;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.picture.Box;
import tandem.core.picture.DigitImage;
import tandem.core.picture.Picture;
import tandem.core.picture.PictureDigits;
import tandem.lab.engines.EngineName;
import tandem.web.insight.Deception;
import tandem.web.insight.Insight;
import tandem.web.job.EngineChoice;
import tandem.web.live.LiveEngines;
import tandem.web.live.ServedModel;

/** What can be asked about an image: which digit it is, why, what would turn the answer, what is inside. */
final class Questions {
    /** Pixels of the largest picture that is decoded: 4,000 x 4,000, as one is decoded at a time. */
    private static final long MOST_PIXELS = 16_000_000;

    private static final String THE_PICTURE = "the picture";

    /** Digits of the fullest picture that is read: every one is asked of every engine. */
    private static final int MOST_DIGITS = 60;

    /** Rows or columns of a drawing. */
    private static final int LONGEST_SIDE = 512;

    private final LiveEngines engines;
    private final Metrics metrics;

    /** Pictures are decoded one at a time: their pixels take far more memory than their bytes. */
    private final Semaphore decoding = new Semaphore(1);

    /** Why a network answers is computed one at a time; null as long as nobody has asked. */
    private @Nullable Insight insight;

    Questions(LiveEngines engines, Metrics metrics) {
        this.engines = engines;
        this.metrics = metrics;
    }

    /**
     * An image.
     *
     * @param pixels [rows, columns], from 0, which is background, to 1
     * @param rows of the image; null for the network's
     * @param columns of the image; null for the network's
     * @param engines whom to ask; null for all that are here
     * @param digit what is to be explained; null for the most probable
     */
    private record Image(
            double[] pixels,
            @Nullable Integer rows,
            @Nullable Integer columns,
            @Nullable List<String> engines,
            @Nullable Integer digit) {
        Image {
            for (double pixel : pixels) {
                if (!(pixel >= 0 && pixel <= 1)) {
                    throw new Failure("a pixel is %s; it must be from 0 to 1".formatted(pixel));
                }
            }
        }
    }

    /** What the network sees, and what engines say to it. */
    private record Predicted(
            int rows,
            int columns,
            double[] pixels,
            List<LiveEngines.Said> engines,
            List<LiveEngines.Silent> missing,
            boolean agree,
            boolean unsure) {}

    /** One of the digits in a picture: the number it belongs to, from 0 on, and where it is. */
    private record FoundDigit(
            int number,
            Box box,
            double[] pixels,
            List<LiveEngines.Said> engines,
            List<LiveEngines.Silent> missing,
            boolean agree,
            boolean unsure) {}

    /** As {@link Predicted} of a picture's first digit, with all digits from left to right and from top to bottom. */
    private record PredictedPicture(
            int rows,
            int columns,
            double[] pixels,
            List<LiveEngines.Said> engines,
            List<LiveEngines.Silent> missing,
            boolean agree,
            boolean unsure,
            List<FoundDigit> digits,
            List<String> notes) {}

    /** Which digits are in an image or in a picture, by every engine. */
    void predict(ServerRequest request, ServerResponse response) throws InterruptedException {
        ServedModel model = engines.served();
        if (isPicture(request)) {
            List<EngineName> names = names(request.query().all("engines", List::of).stream()
                    .flatMap(value -> Arrays.stream(value.split(",")))
                    .toList());
            Bodies.json(response, predictedPicture(model, Bodies.bytes(request), names));
        } else {
            Image image = Bodies.read(request, Image.class);
            boolean centre = request.query().first("centred").orElse("false").equals("true");
            byte[] pixels = centre ? centred(image, model) : asItIs(image, model);
            Bodies.json(response, predicted(model, pixels, names(image.engines == null ? List.of() : image.engines)));
        }
    }

    private LiveEngines.Answers ask(List<EngineName> names, byte[] pixels) throws InterruptedException {
        LiveEngines.Answers answers = engines.ask(names, pixels);
        metrics.predicted(answers);
        return answers;
    }

    private Predicted predicted(ServedModel model, byte[] pixels, List<EngineName> names) throws InterruptedException {
        LiveEngines.Answers answers = ask(names, pixels);
        Network network = model.model().network();
        return new Predicted(
                network.rows(),
                network.columns(),
                brief(pixels),
                answers.engines(),
                answers.missing(),
                answers.agree(),
                answers.unsure());
    }

    private PredictedPicture predictedPicture(ServedModel model, byte[] file, List<EngineName> names)
            throws InterruptedException {
        Network network = model.model().network();
        Seen seen = decoding(() -> {
            Picture picture = Picture.read(file, THE_PICTURE, MOST_PIXELS);
            return new Seen(picture.notes(), PictureDigits.of(picture, THE_PICTURE, network.rows(), network.columns()));
        });
        int count = seen.digits.all().size();
        if (count > MOST_DIGITS) {
            throw new Failure("the picture has %s digits, and %s are read here; 'tandem predict' reads more"
                    .formatted(count, MOST_DIGITS));
        }
        List<FoundDigit> found = new ArrayList<>();
        for (List<PictureDigits.Digit> number : seen.digits.numbers()) {
            for (PictureDigits.Digit digit : number) {
                Predicted one = predicted(model, digit.image().pixels(), names);
                found.add(new FoundDigit(
                        seen.digits.numbers().indexOf(number),
                        digit.box(),
                        one.pixels,
                        one.engines,
                        one.missing,
                        one.agree,
                        one.unsure));
            }
        }
        FoundDigit first = found.getFirst();
        return new PredictedPicture(
                network.rows(),
                network.columns(),
                first.pixels,
                first.engines,
                first.missing,
                first.agree,
                first.unsure,
                found,
                seen.notes);
    }

    /** What a picture shows. */
    private record Seen(List<String> notes, PictureDigits digits) {}

    private static boolean isPicture(ServerRequest request) {
        return request.headers()
                .first(HeaderNames.CONTENT_TYPE)
                .filter(type -> type.startsWith("image/"))
                .isPresent();
    }

    private static List<EngineName> names(List<String> names) {
        return names.stream().map(EngineChoice::parse).distinct().toList();
    }

    private static byte[] asItIs(Image image, ServedModel model) {
        int rows = model.model().network().rows();
        int columns = model.model().network().columns();
        if (image.pixels.length != rows * columns) {
            throw new Failure(
                    "there are %s pixels; the model needs %s x %s".formatted(image.pixels.length, rows, columns));
        }
        byte[] pixels = new byte[image.pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.round(255 * image.pixels[i]);
        }
        return pixels;
    }

    /** Makes a picture of a drawing: dark strokes on white, as on paper. */
    private static Picture drawing(Image image, ServedModel model) {
        int rows = image.rows == null ? model.model().network().rows() : image.rows;
        int columns = image.columns == null ? model.model().network().columns() : image.columns;
        if (rows < 1 || columns < 1 || rows > LONGEST_SIDE || columns > LONGEST_SIDE) {
            throw new Failure("rows and columns must be from 1 to %s".formatted(LONGEST_SIDE));
        }
        if (image.pixels.length != rows * columns) {
            throw new Failure("there are %s pixels, not %s x %s".formatted(image.pixels.length, rows, columns));
        }
        float[] samples = new float[3 * image.pixels.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (1 - image.pixels[i / 3]);
        }
        return new Picture(columns, rows, samples);
    }

    /** Moves and scales a drawing as MNIST's digits are, on the path of {@code tandem predict}; all of it is one. */
    private byte[] centred(Image image, ServedModel model) throws InterruptedException {
        Network network = model.model().network();
        return decoding(() -> DigitImage.of(drawing(image, model), THE_PICTURE, network.rows(), network.columns())
                .pixels());
    }

    private <T> T decoding(Supplier<T> reading) throws InterruptedException {
        decoding.acquire();
        try {
            return reading.get();
        } catch (Failure e) {
            // Sentences about files begin with the file's name and a colon.
            throw new Failure(String.valueOf(e.getMessage()).replaceFirst("^the picture: ", "the picture "), e);
        } finally {
            decoding.release();
        }
    }

    /** Four decimals tell all 256 values apart, and are quickly read. */
    private static double[] brief(byte[] pixels) {
        double[] brief = shares(pixels);
        Arrays.setAll(brief, i -> Math.rint(1e4 * brief[i]) / 1e4);
        return brief;
    }

    private static double[] shares(byte[] pixels) {
        double[] shares = new double[pixels.length];
        Arrays.setAll(shares, i -> (pixels[i] & 0xff) / 255.0);
        return shares;
    }

    /** Which pixels speak for an answer. */
    void explain(ServerRequest request, ServerResponse response) {
        Image image = Bodies.read(request, Image.class);
        ServedModel model = engines.served();
        double[] pixels = shares(asItIs(image, model));
        int digit = image.digit == null ? -1 : image.digit;
        if (image.digit != null
                && (digit < 0 || digit >= model.model().network().classes())) {
            throw new Failure("digit is %s; it must be from 0 to 9".formatted(digit));
        }
        Bodies.json(response, looking(model, insight -> insight.explain(pixels, digit)));
    }

    /** The changed image, and what engines say to it. */
    private record Fooled(
            int from,
            int to,
            double[] pixels,
            double l2,
            double largest,
            int steps,
            List<LiveEngines.Said> engines,
            List<LiveEngines.Silent> missing) {}

    /** A small change that turns the answer. */
    void fool(ServerRequest request, ServerResponse response) throws InterruptedException {
        Image image = Bodies.read(request, Image.class);
        ServedModel model = engines.served();
        double[] pixels = shares(asItIs(image, model));
        Deception deception = looking(model, insight -> insight.deceive(pixels));
        byte[] changed = new byte[pixels.length];
        for (int i = 0; i < changed.length; i++) {
            changed[i] = (byte) Math.round(255 * deception.pixels()[i]);
        }
        List<EngineName> names = names(image.engines == null ? List.of() : image.engines);
        LiveEngines.Answers answers = engines.ask(names, changed);
        Bodies.json(
                response,
                new Fooled(
                        deception.from(),
                        deception.to(),
                        brief(changed),
                        deception.l2(),
                        deception.largest(),
                        deception.steps(),
                        answers.engines(),
                        answers.missing()));
    }

    /** What every layer makes of an image. */
    void inside(ServerRequest request, ServerResponse response) {
        ServedModel model = engines.served();
        double[] pixels = shares(asItIs(Bodies.read(request, Image.class), model));
        Bodies.json(response, looking(model, insight -> insight.inside(pixels)));
    }

    private synchronized <T> T looking(ServedModel model, Function<Insight, T> question) {
        Insight looking = insight;
        if (looking == null || looking.model() != model) {
            if (looking != null) {
                looking.close();
            }
            looking = new Insight(model);
            insight = looking;
        }
        return question.apply(looking);
    }

    /** Ends what computes here. */
    synchronized void close() {
        if (insight != null) {
            insight.close();
        }
    }
}
