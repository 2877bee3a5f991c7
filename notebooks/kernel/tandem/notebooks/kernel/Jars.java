package tandem.notebooks.kernel;

import java.util.List;
import java.util.stream.Stream;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.graph.Exclusion;
import org.rapaio.jupyter.kernel.MainApp;
import org.rapaio.jupyter.kernel.core.magic.dependencies.DependencySpec;

/** What a line of %dependency cannot say. The next {@code %dependency /resolve} fetches it with the others. */
public final class Jars {
    private Jars() {}

    /**
     * Adds a jar and what its POM asks for, but for some of that.
     *
     * @param jar such as {@code org.bytedeco:pytorch:jar:linux-x86_64:2.13.0-1.5.14}
     * @param without {@code group:artifact}, each
     */
    public static void add(String jar, String... without) {
        List<Exclusion> exclusions = Stream.of(without)
                .map(name -> name.split(":"))
                .map(name -> new Exclusion(name[0], name[1], "*", "*"))
                .toList();
        MainApp.kernel
                .dependencyManager()
                .proposeDependency(new DependencySpec(new DefaultArtifact(jar), "compile", false, exclusions));
    }

    /**
     * Adds the jars with CUDA's own libraries that PyTorch needs, 2 GB in all, for linux-x86_64.
     *
     * @param version of {@code org.bytedeco:cuda-redist}
     */
    public static void cuda(String version) {
        for (String library : List.of("", "-cublas", "-cudnn", "-cusolver", "-cusparse", "-nccl")) {
            add("org.bytedeco:cuda-redist" + library + ":jar:linux-x86_64:" + version);
        }
    }
}
