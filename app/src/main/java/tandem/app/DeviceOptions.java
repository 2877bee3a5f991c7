package tandem.app;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.core.Failure;
import tandem.core.engine.CudaDriver;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;

/** Which engines, and on what they compute. */
final class DeviceOptions {
    private static final String CPU = "cpu";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cpu (the default), or cuda for an NVIDIA GPU, which pytorch, tensorflow and djl can use."
                    + " 'pytorch:cuda' as an engine's name means the same for one of them.")
    private @Nullable String device;

    /** The engines that the user names (or null: all that run here), on the device, if it can be used. */
    List<EngineName> choose(@Nullable List<String> names, boolean training, Engines engines) {
        Usage.require(
                device == null || device.equals(CPU) || device.equals(EngineProvider.CUDA),
                command,
                "--device: there is no '%s'; valid are cpu, cuda",
                device);
        boolean cuda = EngineProvider.CUDA.equals(device);
        Set<EngineName> chosen = new LinkedHashSet<>();
        for (EngineName name :
                names == null ? engines.competing(training) : EngineNames.parse(names, engines, command)) {
            if (training) {
                requireTraining(name, engines);
            }
            boolean can = engines.get(name).provider().variants().containsKey(EngineProvider.CUDA);
            if (!cuda) {
                Usage.require(
                        device == null || !isCuda(name), command, "--device cpu cannot be combined with %s", name);
                chosen.add(name);
            } else if (can && (name.variant().isEmpty() || isCuda(name))) {
                Usage.require(
                        chosen.add(new EngineName(name.engine(), EngineProvider.CUDA)),
                        command,
                        "engine '%s' is named twice",
                        name);
            } else {
                Usage.require(names == null, command, "--device cuda: %s computes on the CPU only", name);
            }
        }
        Usage.require(!cuda || !chosen.isEmpty(), command, "--device cuda: no engine here computes on a GPU");
        chosen.forEach(name -> requireGpu(name, engines));
        return List.copyOf(chosen);
    }

    /** An engine that trains, as the user names it, whatever the device of the others. */
    EngineName asNamed(String engine, Engines engines) {
        EngineName name = EngineNames.parse(engine, engines, command);
        requireTraining(name, engines);
        requireGpu(name, engines);
        return name;
    }

    private void requireTraining(EngineName name, Engines engines) {
        Usage.require(
                engines.get(name).provider().trains(), command, "%s only predicts; it joins bench and predict", name);
    }

    private static boolean isCuda(EngineName name) {
        return name.variant().equals(EngineProvider.CUDA);
    }

    private static void requireGpu(EngineName name, Engines engines) {
        EngineProvider provider = engines.get(name).provider();
        if (!isCuda(name)) {
            return;
        }
        if (provider.support(Platform.current(), name.variant()) instanceof Support.Unsupported(String reason)) {
            throw new Failure(reason);
        }
        CudaDriver driver = CudaDriver.find();
        if (!driver.runs(provider.cudaVersion())) {
            throw new Failure("%s needs a driver for CUDA %s, and the one here runs CUDA up to %s; update it"
                    .formatted(name, provider.cudaVersion(), driver.version()));
        }
    }
}
