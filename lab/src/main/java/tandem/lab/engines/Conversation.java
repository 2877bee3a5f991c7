package tandem.lab.engines;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tandem.core.Failure;
import tandem.lab.progress.StopSignal;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;

/**
 * What every command has with a worker: it starts it, asks it, hears what happens, and ends it. A stop reaches the
 * worker as long as the conversation lasts. Whatever goes wrong (the worker dies, is silent for too long, or says
 * something else) is one {@link Failure}, which {@link Outcome#of} makes an end of this worker alone.
 */
public final class Conversation implements AutoCloseable {
    private final WorkerProcess worker;
    private final StopSignal.Handle stopping;

    private Conversation(WorkerProcess worker, StopSignal stop) {
        this.worker = worker;
        stopping = stop.onRaise(this::askToStop);
    }

    /**
     * Starts an engine's worker.
     *
     * @param log file its output is appended to
     * @param silence how long it may say nothing
     * @throws Failure if it cannot be started
     */
    public static Conversation start(Launch launch, Path log, Duration silence, StopSignal stop) {
        return new Conversation(WorkerProcess.start(launch, log, silence), stop);
    }

    /**
     * Starts a program that speaks as workers do, over its standard input and output.
     *
     * @param program the command's words
     * @param log file its standard error is appended to
     * @param silence how long it may say nothing
     * @throws Failure if it cannot be started
     */
    public static Conversation startProgram(List<String> program, Path log, Duration silence, StopSignal stop) {
        return new Conversation(WorkerProcess.startProgram(program, log, silence), stop);
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param news is told what happens before it
     * @throws Failure if the worker fails, or answers something else
     */
    public <R extends Event.Reply> R ask(Request.Question<R> question, Consumer<Event.News> news)
            throws InterruptedException {
        worker.send(question);
        while (true) {
            switch (worker.take()) {
                case Event.News event -> news.accept(event);
                case Event.Failed event -> throw new Failure(event.sentence());
                case Event.Reply reply
                when question.reply().isInstance(reply) -> {
                    return question.reply().cast(reply);
                }
                case Event.Reply reply ->
                    throw new Failure("the worker sent %s as its answer to %s".formatted(reply, question));
            }
        }
    }

    /** Asks for an answer that comes without news. */
    public <R extends Event.Reply> R ask(Request.Question<R> question) throws InterruptedException {
        return ask(question, event -> {
            throw new Failure("the worker sent %s before its answer to %s".formatted(event, question));
        });
    }

    /** Asks the worker to end what it does early. If it is gone, whoever waits for its answer learns how. */
    public void askToStop() {
        worker.askToStop();
    }

    /** Whether the worker's process is there. */
    public boolean alive() {
        return worker.alive();
    }

    /** The worker's process id. */
    public long pid() {
        return worker.pid();
    }

    /** Processor time the worker has used so far; nothing where the system does not tell. */
    public Optional<Duration> processorTime() {
        return worker.processorTime();
    }

    /** Ends the worker. */
    @Override
    public void close() {
        stopping.close();
        worker.close();
    }
}
