package tandem.app;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tandem.core.Failure;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;
import tandem.lab.CudaDriver;
import tandem.lab.EngineName;
import tandem.lab.Engines;

/** Which engines, and on what they compute. */
final class DeviceOptions {
    private static final String CPU = "cpu";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cpu (the default), or cuda for an NVIDIA GPU, which pytorch, tensorflow and djl can use."
                    + " 'pytorch:cuda' among --engines means the same for one of them.")
    private String device;

    /**
     * The engines that the user names, or all that run here, on the device.
     *
     * @param names as the user wrote them, or null
     * @param training whether the command trains
     * @throws ParameterException if there is no such engine, variant or device, or an engine has no such device
     * @throws Failure if a GPU is asked for and there is none
     */
    List<EngineName> choose(List<String> names, boolean training, Engines engines) {
        check(
                device == null || device.equals(CPU) || device.equals(EngineProvider.CUDA),
                "--device: there is no '%s'; valid are cpu, cuda",
                device);
        boolean cuda = EngineProvider.CUDA.equals(device);
        List<EngineName> chosen = new ArrayList<>();
        for (EngineName name :
                names == null ? engines.competing(training) : EngineNames.parse(names, engines, command)) {
            check(
                    !training || engines.get(name).provider().trains(),
                    "%s only predicts; it joins bench and predict",
                    name);
            boolean can = engines.get(name).provider().variants().containsKey(EngineProvider.CUDA);
            if (!cuda) {
                check(device == null || !isCuda(name), "--device cpu does not go with %s", name);
                chosen.add(name);
            } else if (can && (name.variant().isEmpty() || isCuda(name))) {
                chosen.add(new EngineName(name.engine(), EngineProvider.CUDA));
            } else {
                check(names == null, "--device cuda: %s computes on the CPU only", name);
            }
        }
        if (chosen.stream().anyMatch(DeviceOptions::isCuda)) {
            chosen.stream().filter(DeviceOptions::isCuda).forEach(name -> requireSupport(name, engines));
            CudaDriver.find();
        }
        return chosen;
    }

    private static boolean isCuda(EngineName name) {
        return name.variant().equals(EngineProvider.CUDA);
    }

    private static void requireSupport(EngineName name, Engines engines) {
        if (engines.get(name).provider().support(Platform.current(), name.variant())
                instanceof Support.Unsupported(String reason)) {
            throw new Failure(reason);
        }
    }

    private void check(boolean condition, String sentence, Object... values) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), sentence.formatted(values));
        }
    }
}
