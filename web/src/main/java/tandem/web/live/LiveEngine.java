package tandem.web.live;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.lab.engines.Conversation;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Launch;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;

/**
 * One engine that answers: its worker keeps the model open. Questions that wait together are asked together, as a call
 * costs more than an image. A worker that nobody asks is ended after a while, and one that dies is started again.
 */
final class LiveEngine implements AutoCloseable {
    /** Images of one call. */
    private static final int LARGEST_CALL = 256;

    /** Questions that may wait. */
    private static final int LONGEST_QUEUE = 2048;

    /** How often is looked whether a worker still lives. */
    private static final Duration GLANCE = Duration.ofMillis(500);

    private final EngineName name;
    private final Workers workers;
    private final Path log;
    private final Duration idle;
    private final Consumer<LiveEngine> changed;
    private final BlockingQueue<Question> questions = new ArrayBlockingQueue<>(LONGEST_QUEUE);
    private final Thread thread;

    private volatile EngineState state = EngineState.ASLEEP;
    private volatile @Nullable String reason;
    private volatile boolean closed;

    private @Nullable Conversation worker;
    /** What the worker has open. */
    private @Nullable ServedModel opened;

    /**
     * An answer.
     *
     * @param logits [classes]
     * @param millis that the engine's process took, with the way to it; shared by what was asked together
     */
    record Answered(float[] logits, double millis) {}

    /** An image that waits, or a wake-up call without one. */
    private record Question(ServedModel model, byte @Nullable [] pixels, CompletableFuture<Answered> answer) {}

    /**
     * An engine that begins asleep.
     *
     * @param workers how its worker is started
     * @param log file of the worker's output
     * @param idle how long a worker that nobody asks stays
     * @param changed told after every change of state
     */
    LiveEngine(EngineName name, Workers workers, Path log, Duration idle, Consumer<LiveEngine> changed) {
        this.name = name;
        this.workers = workers;
        this.log = log;
        this.idle = idle;
        this.changed = changed;
        thread = Thread.ofVirtual().name("answers of " + name).start(this::serve);
    }

    EngineName name() {
        return name;
    }

    EngineState state() {
        return state;
    }

    /** Why it is in its state, in one sentence, or null. */
    @Nullable
    String reason() {
        return reason;
    }

    /** The worker's process id, or null if there is none. */
    synchronized @Nullable Long pid() {
        return worker == null ? null : worker.pid();
    }

    /**
     * Asks.
     *
     * @param pixels [rows, columns]
     * @throws RejectedExecutionException if too many wait already
     */
    CompletableFuture<Answered> ask(ServedModel model, byte[] pixels) {
        return enqueue(new Question(model, pixels, new CompletableFuture<>()));
    }

    /** Gets it ready, without a question. */
    CompletableFuture<Answered> wake(ServedModel model) {
        return enqueue(new Question(model, null, new CompletableFuture<>()));
    }

    private CompletableFuture<Answered> enqueue(Question question) {
        if (closed || !questions.offer(question)) {
            throw new RejectedExecutionException("%s has more questions than it can answer; try again".formatted(name));
        }
        return question.answer;
    }

    private void serve() {
        long asked = System.nanoTime();
        try {
            while (!closed) {
                Question first = questions.poll(GLANCE.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    answer(first);
                    asked = System.nanoTime();
                } else if (worker != null && !worker.alive()) {
                    revive("its worker died and is started again");
                } else if (worker != null && System.nanoTime() - asked > idle.toNanos()) {
                    end();
                    become(EngineState.ASLEEP, null);
                }
            }
        } catch (InterruptedException e) {
            // The server ends, and with it this thread; without the flag its worker has time to end by itself.
            closed = true;
        } finally {
            end();
            fail(drained(), "the server was ended");
        }
    }

    /** Starts the worker again that was there: somebody looks at the page. */
    private void revive(String why) throws InterruptedException {
        ServedModel model = opened;
        end();
        if (model != null) {
            become(EngineState.STARTING, why);
            try {
                open(model);
                become(EngineState.WARM, null);
            } catch (Failure e) {
                become(EngineState.FAILED, e.getMessage());
            }
        }
    }

    private void answer(Question first) throws InterruptedException {
        List<Question> together = new ArrayList<>(List.of(first));
        questions.drainTo(together, LARGEST_CALL - 1);
        // In the moment of a change, some ask by the model before.
        List<Question> others =
                together.stream().filter(other -> other.model != first.model).toList();
        together.removeAll(others);
        call(together);
        for (Question other : others) {
            call(List.of(other));
        }
    }

    private void call(List<Question> together) throws InterruptedException {
        boolean before = worker != null;
        try {
            try {
                ask(together);
            } catch (Failure e) {
                end();
                // A worker may have died since it was asked last; one that was started just now has said why.
                if (!before || closed) {
                    throw e;
                }
                become(EngineState.STARTING, e.getMessage());
                ask(together);
            }
        } catch (Failure e) {
            end();
            become(EngineState.FAILED, e.getMessage());
            fail(together, e.getMessage());
        }
    }

    private void ask(List<Question> together) throws InterruptedException {
        ServedModel model = together.getFirst().model;
        Conversation open = open(model);
        List<Question> asking =
                together.stream().filter(question -> question.pixels != null).toList();
        int size = model.size();
        byte[] pixels = new byte[asking.size() * size];
        for (int i = 0; i < asking.size(); i++) {
            System.arraycopy(asking.get(i).pixels, 0, pixels, i * size, size);
        }
        int classes = model.model().network().classes();
        float[] logits = new float[0];
        long start = System.nanoTime();
        if (!asking.isEmpty()) {
            logits =
                    open.ask(new Request.Predict(model.normalisation(), pixels)).logits();
        }
        double millis = (System.nanoTime() - start) / 1e6;
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                throw new Failure("%s: a logit is %s, not a number; the model is broken".formatted(name, logit));
            }
        }
        // Before anybody has an answer, who may ask for the state next.
        become(EngineState.WARM, null);
        for (int i = 0; i < asking.size(); i++) {
            float[] own = new float[classes];
            System.arraycopy(logits, i * classes, own, 0, classes);
            asking.get(i).answer.complete(new Answered(own, millis));
        }
        together.stream()
                .filter(question -> question.pixels == null)
                .forEach(question -> question.answer.complete(new Answered(new float[0], millis)));
    }

    /** A worker that has a model open. */
    private Conversation open(ServedModel model) throws InterruptedException {
        Conversation open = worker;
        if (open == null) {
            if (state != EngineState.STARTING) {
                become(EngineState.STARTING, null);
            }
            open = switch (workers.ready(name)) {
                case Outcome.Result<Launch>(Launch launch) -> workers.start(name.toString(), launch, log);
                case Outcome.Missing<Launch>(var _, String why) -> throw new Failure(why);
            };
            synchronized (this) {
                worker = open;
            }
        }
        if (opened != model) {
            Event.Opened _ = open.ask(new Request.Open(
                    model.model().network(),
                    workers.threads(),
                    name.variant(),
                    model.file().toAbsolutePath().toString()));
            opened = model;
        }
        return open;
    }

    private synchronized void end() {
        Conversation ending = worker;
        worker = null;
        opened = null;
        if (ending != null) {
            ending.close();
        }
    }

    /** What an engine is that has no worker yet. */
    void begin(EngineState state, @Nullable String reason) {
        this.reason = reason;
        this.state = state;
    }

    private void become(EngineState next, @Nullable String why) {
        if (state != next || why != null) {
            reason = why;
            state = next;
            changed.accept(this);
        }
    }

    private List<Question> drained() {
        List<Question> left = new ArrayList<>();
        questions.drainTo(left);
        return left;
    }

    private static void fail(List<Question> questions, String sentence) {
        questions.forEach(question -> question.answer.completeExceptionally(new Failure(sentence)));
    }

    /** Ends the worker; questions that wait are refused. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(6));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
