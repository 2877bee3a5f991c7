package tandem.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.picture.Box;
import tandem.core.picture.DigitImage;
import tandem.core.picture.Picture;
import tandem.core.picture.PictureDigits;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.FoundEngine;
import tandem.web.event.Topics;
import tandem.web.insight.Deception;
import tandem.web.insight.Insight;
import tandem.web.job.EngineChoice;
import tandem.web.job.Job;
import tandem.web.job.Jobs;
import tandem.web.job.Parities;
import tandem.web.job.Trainings;
import tandem.web.live.LiveEngines;
import tandem.web.live.ServedModel;
import tools.jackson.core.JacksonException;

/** What can be asked. Each route is data, so that a test can hold them against {@code openapi.json}. */
final class Api {
    private static final String TRAINING = "training";
    private static final String PARITY = "parity";

    /** Pixels of the largest picture that is decoded: 4,000 x 4,000, as one is decoded at a time. */
    static final long MOST_PIXELS = 16_000_000;

    private static final String THE_PICTURE = "the picture";

    /** Digits of the fullest picture that is read: every one is asked of every engine. */
    private static final int MOST_DIGITS = 60;

    /** Rows or columns of a drawing. */
    private static final int LONGEST_SIDE = 512;

    private final LiveEngines engines;
    private final Jobs jobs;
    private final Trainings trainings;
    private final Parities parities;
    private final Topics topics;
    private final EventStreams streams;
    private final Metrics metrics;

    /** Pictures are decoded one at a time: their pixels take far more memory than their bytes. */
    private final Semaphore decoding = new Semaphore(1);

    /** Why a network answers is computed one at a time; null as long as nobody has asked. */
    private @Nullable Insight insight;

    /** The training that makes the first model, or null. */
    private volatile @Nullable Job first;

    Api(
            LiveEngines engines,
            Jobs jobs,
            Trainings trainings,
            Parities parities,
            Topics topics,
            EventStreams streams,
            Metrics metrics) {
        this.engines = engines;
        this.jobs = jobs;
        this.trainings = trainings;
        this.parities = parities;
        this.topics = topics;
        this.streams = streams;
        this.metrics = metrics;
    }

    /**
     * Something that can be asked.
     *
     * @param method of HTTP
     * @param path with names of its parts in braces
     * @param handler answers
     */
    record Route(String method, String path, Handler handler) {}

    /** All that can be asked, but for files of the page. */
    List<Route> routes() {
        return List.of(
                new Route("GET", "/health", (request, response) -> json(response, Map.of("status", "up"))),
                new Route("GET", "/metrics", this::metrics),
                new Route("GET", "/api/engines", (request, response) -> json(response, engineList())),
                new Route("POST", "/api/engines/{engine}/wake", this::wake),
                new Route("GET", "/api/model", (request, response) -> json(response, modelView())),
                new Route("PUT", "/api/model", this::chooseModel),
                new Route("POST", "/api/predict", this::predict),
                new Route("POST", "/api/explain", this::explain),
                new Route("POST", "/api/fool", this::fool),
                new Route("POST", "/api/inside", this::inside),
                new Route("GET", "/api/trainings", (request, response) -> json(response, trainingList())),
                new Route("POST", "/api/trainings", this::train),
                new Route("GET", "/api/trainings/{id}", job(TRAINING, job -> job)),
                new Route("DELETE", "/api/trainings/{id}", job(TRAINING, Api::stopped)),
                new Route("POST", "/api/trainings/{id}/pause", job(TRAINING, Api::paused)),
                new Route("POST", "/api/trainings/{id}/resume", job(TRAINING, this::resumed)),
                new Route("GET", "/api/trainings/{id}/events", events(TRAINING)),
                new Route("POST", "/api/parities", this::prove),
                new Route("GET", "/api/parities/{id}", job(PARITY, job -> job)),
                new Route("DELETE", "/api/parities/{id}", job(PARITY, Api::stopped)),
                new Route("GET", "/api/parities/{id}/events", events(PARITY)),
                new Route("GET", "/api/runs", (request, response) -> json(response, Map.of("runs", Runs.all()))),
                new Route("GET", "/api/runs/{run}/report", this::report),
                new Route("GET", "/api/code", (request, response) -> json(response, Map.of("sources", sources()))),
                new Route("GET", "/api/events", this::events));
    }

    /** The training that makes the first model. */
    void firstTraining(Job job) {
        first = job;
        topics.changed(LiveEngines.MODEL);
    }

    // ---- engines and the model

    private Object engineList() {
        return Map.of("engines", engines.views());
    }

    private void wake(ServerRequest request, ServerResponse response) {
        engines.wake(EngineChoice.parse(request.path().pathParameters().get("engine")));
        response.status(Status.ACCEPTED_202);
        json(response, engineList());
    }

    /** The model that answers, and the training that makes the first one, if there is none yet. */
    private record ModelView(
            ServedModel.@Nullable View model, @Nullable String training) {}

    private ModelView modelView() {
        ServedModel model = engines.model();
        Job job = first;
        return new ModelView(
                model == null ? null : model.view(), job == null || job.state().over() ? null : job.id());
    }

    /** Which model is to answer. */
    private record Chosen(String run, String engine) {}

    private void chooseModel(ServerRequest request, ServerResponse response) {
        Chosen chosen = body(request, Chosen.class);
        engines.serve(Runs.model(chosen.run, chosen.engine));
        json(response, modelView());
    }

    // ---- answers

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

    private void predict(ServerRequest request, ServerResponse response) throws InterruptedException {
        ServedModel model = engines.served();
        if (isPicture(request)) {
            List<EngineName> names = names(request.query().all("engines", List::of).stream()
                    .flatMap(value -> Arrays.stream(value.split(",")))
                    .toList());
            json(response, predictedPicture(model, bytes(request), names));
        } else {
            Image image = body(request, Image.class);
            boolean centre = request.query().first("centred").orElse("false").equals("true");
            byte[] pixels = centre ? centred(image, model) : asItIs(image, model);
            json(response, predicted(model, pixels, names(image.engines == null ? List.of() : image.engines)));
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

    // ---- why

    private void explain(ServerRequest request, ServerResponse response) {
        Image image = body(request, Image.class);
        ServedModel model = engines.served();
        double[] pixels = shares(asItIs(image, model));
        int digit = image.digit == null ? -1 : image.digit;
        if (image.digit != null
                && (digit < 0 || digit >= model.model().network().classes())) {
            throw new Failure("digit is %s; it must be from 0 to 9".formatted(digit));
        }
        json(response, looking(model, insight -> insight.explain(pixels, digit)));
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

    private void fool(ServerRequest request, ServerResponse response) throws InterruptedException {
        Image image = body(request, Image.class);
        ServedModel model = engines.served();
        double[] pixels = shares(asItIs(image, model));
        Deception deception = looking(model, insight -> insight.deceive(pixels));
        byte[] changed = new byte[pixels.length];
        for (int i = 0; i < changed.length; i++) {
            changed[i] = (byte) Math.round(255 * deception.pixels()[i]);
        }
        List<EngineName> names = names(image.engines == null ? List.of() : image.engines);
        LiveEngines.Answers answers = engines.ask(names, changed);
        json(
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

    private void inside(ServerRequest request, ServerResponse response) {
        ServedModel model = engines.served();
        double[] pixels = shares(asItIs(body(request, Image.class), model));
        json(response, looking(model, insight -> insight.inside(pixels)));
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

    // ---- trainings and proofs

    private Object trainingList() {
        return Map.of(
                "trainings",
                jobs.all().stream()
                        .map(Job::view)
                        .filter(view -> view.kind().equals(TRAINING))
                        .toList());
    }

    private void train(ServerRequest request, ServerResponse response) {
        created(response, trainings.add(body(request, Trainings.Asked.class)), "/api/trainings/");
    }

    private void prove(ServerRequest request, ServerResponse response) {
        created(response, parities.add(body(request, Parities.Asked.class)), "/api/parities/");
    }

    private static void created(ServerResponse response, Job job, String path) {
        response.status(Status.CREATED_201);
        response.header(HeaderNames.LOCATION, path + job.id());
        json(response, job.view());
    }

    private Handler job(String kind, Function<Job, Job> action) {
        return (request, response) -> {
            Job job =
                    action.apply(jobs.get(kind, request.path().pathParameters().get("id")));
            json(response, job.view());
        };
    }

    private static Job stopped(Job job) {
        job.stop();
        return job;
    }

    private static Job paused(Job job) {
        job.pause();
        return job;
    }

    private Job resumed(Job job) {
        jobs.resume(job);
        return job;
    }

    private Handler events(String kind) {
        return (request, response) -> streams.journal(
                jobs.get(kind, request.path().pathParameters().get("id")).journal(), request, response);
    }

    // ---- runs, code, and how things are

    private void report(ServerRequest request, ServerResponse response) {
        String report = Runs.report(request.path().pathParameters().get("run"));
        // A report is one file with its script inside; it may do nothing but show itself.
        response.header(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:;"
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts");
        response.header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
        response.send(report);
    }

    /** An engine's network, as it is written. */
    private record Source(String engine, String file, String text) {}

    private List<Source> sources() {
        return engines.found().built().stream()
                .filter(engine -> engine.provider().competes())
                .flatMap(Api::source)
                .toList();
    }

    private static Stream<Source> source(FoundEngine engine) {
        return engine.networkSource().stream()
                .map(source -> new Source(engine.provider().name(), source.name(), source.text()));
    }

    private void events(ServerRequest request, ServerResponse response) {
        streams.topics(
                topics,
                Map.of(
                        LiveEngines.ENGINES, this::engineList,
                        LiveEngines.MODEL, this::modelView,
                        Jobs.TOPIC, this::trainingList),
                response);
    }

    private void metrics(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, Metrics.MEDIA_TYPE);
        response.send(metrics.text());
    }

    // ---- JSON

    private static byte[] bytes(ServerRequest request) {
        return request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
    }

    private static <T> T body(ServerRequest request, Class<T> type) throws JacksonException {
        String media = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        if (!media.startsWith("application/json")) {
            throw new Problem.Refusal(
                    Status.UNSUPPORTED_MEDIA_TYPE_415, "the body must be JSON (Content-Type: application/json)");
        }
        return Objects.requireNonNull(Json.parseBrief(new String(bytes(request), StandardCharsets.UTF_8), type));
    }

    private static void json(ServerResponse response, Object value) {
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(Json.line(value));
    }

    /** Ends what computes here. */
    synchronized void close() {
        if (insight != null) {
            insight.close();
        }
    }
}
