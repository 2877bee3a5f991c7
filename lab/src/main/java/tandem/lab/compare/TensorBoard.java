package tandem.lab.compare;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.lab.engines.EngineName;
import tandem.lab.progress.Progress;
import tandem.lab.run.RunDirectory;
import tandem.worker.protocol.Event;

/**
 * Curves for TensorBoard, written while engines train: an event file in each engine's folder, so that TensorBoard shows
 * each engine as a run. Everything that happens is also told to the next consumer.
 */
public final class TensorBoard implements Consumer<Progress> {
    private final RunDirectory directory;
    private final InstantSource clock;
    private final Consumer<Progress> next;
    private final Map<String, Curve> curves = new HashMap<>();

    /** The file of an engine, and how many steps it has done. */
    private static final class Curve {
        final EventFile file;
        long steps;

        Curve(EventFile file, long steps) {
            this.file = file;
            this.steps = steps;
        }
    }

    /** @param clock tells the wall time of events */
    public TensorBoard(RunDirectory directory, InstantSource clock, Consumer<Progress> next) {
        this.directory = directory;
        this.clock = clock;
        this.next = next;
    }

    /** @throws Failure if a file cannot be written */
    @Override
    public void accept(Progress progress) {
        next.accept(progress);
        switch (progress) {
            case Progress.Told(String row, @Nullable Long _, Event.Ready ready) -> begin(row, ready.firstStep());
            case Progress.Told(String row, @Nullable Long _, Event.News news) -> add(curves.get(row), news);
            case Progress.Ended(String row) -> end(curves.remove(row));
            default -> {}
        }
    }

    private void begin(String row, long firstStep) {
        EventFile file = EventFile.create(directory.engine(EngineName.parse(row)), now(), firstStep);
        curves.put(row, new Curve(file, firstStep));
    }

    private void add(@Nullable Curve curve, Event.News news) {
        if (curve == null) {
            return;
        }
        SequencedMap<String, Double> values = new LinkedHashMap<>();
        switch (news) {
            case Event.Step step -> {
                values.put("loss/train", step.loss());
                values.put("learning_rate", step.learningRate());
                values.put("speed/milliseconds_per_step", step.millis());
                curve.file.add(now(), step.step(), values);
                curve.steps = step.step() + 1;
            }
            case Event.Tested tested -> {
                values.put("accuracy/first_%s_test_images".formatted(tested.images()), tested.testAccuracy());
                curve.file.add(now(), tested.step(), values);
            }
            case Event.Epoch epoch -> {
                values.put("loss/test", epoch.testLoss());
                values.put("accuracy/test", epoch.testAccuracy());
                values.put("speed/images_per_second", epoch.imagesPerSecond());
                curve.file.add(now(), curve.steps, values);
            }
            default -> {}
        }
    }

    private static void end(@Nullable Curve curve) {
        if (curve != null) {
            curve.file.close();
        }
    }

    /** Seconds since 1970. */
    private double now() {
        return clock.millis() / 1e3;
    }
}
