package tandem.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.lab.engines.FoundEngine;
import tandem.web.event.Topics;
import tandem.web.job.EngineChoice;
import tandem.web.job.Job;
import tandem.web.job.Jobs;
import tandem.web.job.Parities;
import tandem.web.job.Trainings;
import tandem.web.live.LiveEngines;
import tandem.web.live.ServedModel;

/** What can be asked. Each route is data, so that a test can hold them against {@code openapi.json}. */
final class Api {
    private static final String TRAINING = "training";
    private static final String PARITY = "parity";

    private final LiveEngines engines;
    private final Jobs jobs;
    private final Trainings trainings;
    private final Parities parities;
    private final Topics topics;
    private final EventStreams streams;
    private final Metrics metrics;
    private final Questions questions;

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
        questions = new Questions(engines, metrics);
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
                new Route("GET", "/health", (request, response) -> Bodies.json(response, Map.of("status", "up"))),
                new Route("GET", "/metrics", this::metrics),
                new Route("GET", "/api/engines", (request, response) -> Bodies.json(response, engineList())),
                new Route("POST", "/api/engines/{engine}/wake", this::wake),
                new Route("GET", "/api/model", (request, response) -> Bodies.json(response, modelView())),
                new Route("PUT", "/api/model", this::chooseModel),
                new Route("POST", "/api/predict", questions::predict),
                new Route("POST", "/api/explain", questions::explain),
                new Route("POST", "/api/fool", questions::fool),
                new Route("POST", "/api/inside", questions::inside),
                new Route("GET", "/api/trainings", (request, response) -> Bodies.json(response, trainingList())),
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
                new Route("GET", "/api/runs", (request, response) -> Bodies.json(response, Map.of("runs", Runs.all()))),
                new Route("GET", "/api/runs/{run}/report", this::report),
                new Route(
                        "GET", "/api/code", (request, response) -> Bodies.json(response, Map.of("sources", sources()))),
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
        Bodies.json(response, engineList());
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
        Chosen chosen = Bodies.read(request, Chosen.class);
        engines.serve(Runs.model(chosen.run, chosen.engine));
        Bodies.json(response, modelView());
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
        created(response, trainings.add(Bodies.read(request, Trainings.Asked.class)), "/api/trainings/");
    }

    private void prove(ServerRequest request, ServerResponse response) {
        created(response, parities.add(Bodies.read(request, Parities.Asked.class)), "/api/parities/");
    }

    private static void created(ServerResponse response, Job job, String path) {
        response.status(Status.CREATED_201);
        response.header(HeaderNames.LOCATION, path + job.id());
        Bodies.json(response, job.view());
    }

    private Handler job(String kind, Function<Job, Job> action) {
        return (request, response) -> {
            Job job =
                    action.apply(jobs.get(kind, request.path().pathParameters().get("id")));
            Bodies.json(response, job.view());
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

    /** Ends what computes here. */
    void close() {
        questions.close();
    }
}
