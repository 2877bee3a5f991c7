package tandem.acceptance;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md, held against the class files that were built. */
final class ArchitectureTest {
    private static final Path ROOT = Tandem.LAUNCHER.getParent();
    private static final List<String> LIBRARIES = List.of(
            "org.bytedeco..", "org.tensorflow..", "org.nd4j..", "org.deeplearning4j..", "ai.djl..", "ai.onnxruntime..");

    private final JavaClasses classes = new ClassFileImporter().importPaths(modules());

    /** The folders of every module's own classes. */
    private static List<Path> modules() {
        try (Stream<Path> files = Files.walk(ROOT, 4)) {
            return files.filter(file -> file.endsWith(Path.of("target", "classes")))
                    .filter(file -> !file.startsWith(ROOT.resolve("benchmarks")))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void allModulesAreLookedAt() {
        for (String type : List.of(
                "tandem.core.Recipe",
                "tandem.worker.Worker",
                "tandem.lab.engines.Workers",
                "tandem.app.Main",
                "tandem.web.Server",
                "tandem.notebooks.JupyterKernel",
                "tandem.formats.OnnxModel",
                "tandem.spark.Driver",
                "tandem.engine.java.JavaProvider",
                "tandem.engine.reference.ReferenceProvider",
                "tandem.engine.pytorch.PyTorchProvider",
                "tandem.engine.tensorflow.TensorFlowProvider",
                "tandem.engine.deeplearning4j.Deeplearning4jProvider",
                "tandem.engine.djl.DjlProvider",
                "tandem.engine.onnxruntime.OnnxRuntimeProvider")) {
            assertTrue(classes.contain(type), type);
        }
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("tandem.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void coreKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage("tandem.core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "tandem.engine..",
                        "tandem.worker..",
                        "tandem.lab..",
                        "tandem.web..",
                        "tandem.app..",
                        "tandem.formats..")
                .check(classes);
    }

    @Test
    void enginesKnowCoreAlone() {
        noClasses()
                .that()
                .resideInAPackage("tandem.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "tandem.worker..", "tandem.lab..", "tandem.web..", "tandem.app..", "tandem.notebooks..")
                .check(classes);
        slices().matching("tandem.engine.(*)..").should().notDependOnEachOther().check(classes);
    }

    @Test
    void aWorkerKnowsCoreAlone() {
        noClasses()
                .that()
                .resideInAPackage("tandem.worker..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "tandem.engine..",
                        "tandem.lab..",
                        "tandem.web..",
                        "tandem.app..",
                        "tandem.notebooks..",
                        "tandem.formats..")
                .check(classes);
    }

    /** Of engines the lab knows the oracle alone; it proves with it. */
    @Test
    void theLabKnowsNoLibraryAndNotTheCommandLine() {
        noClasses()
                .that()
                .resideInAnyPackage("tandem.core..", "tandem.worker..", "tandem.lab..", "tandem.web..", "tandem.app..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(LIBRARIES.toArray(String[]::new))
                .check(classes);
        noClasses()
                .that()
                .resideInAPackage("tandem.lab..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tandem.web..", "tandem.app..", "tandem.notebooks..", "picocli..", "io.helidon..")
                .check(classes);
        noClasses()
                .that()
                .resideInAPackage("tandem.lab..")
                .and()
                .resideOutsideOfPackage("tandem.lab.parity..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tandem.engine..")
                .check(classes);
    }

    /** What Spark's processes see of Tandem knows Spark alone, and is known by nobody. */
    @Test
    void theDriverOnSparkKnowsNothingOfTandem() {
        noClasses()
                .that()
                .resideInAPackage("tandem.spark..")
                .should()
                .dependOnClassesThat(resideInAPackage("tandem..").and(not(resideInAPackage("tandem.spark.."))))
                .check(classes);
        noClasses()
                .that()
                .resideOutsideOfPackage("tandem.spark..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tandem.spark..", "org.apache.spark..")
                .check(classes);
    }

    /** The page knows no command line, and of engines the oracle alone, which explains answers. */
    @Test
    void thePageKnowsTheLabAndTheOracle() {
        noClasses()
                .that()
                .resideInAPackage("tandem.web..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tandem.app..", "tandem.notebooks..", "tandem.formats..", "picocli..")
                .check(classes);
        noClasses()
                .that()
                .resideInAPackage("tandem.web..")
                .and()
                .resideOutsideOfPackage("tandem.web.insight..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tandem.engine..")
                .check(classes);
    }

    @Test
    void noTwoClassesShareASimpleName() {
        Map<String, String> names = new HashMap<>();
        for (JavaClass type : classes) {
            if (type.isTopLevelClass() && !type.getSimpleName().equals("package-info")) {
                String other = names.put(type.getSimpleName(), type.getName());
                assertEquals(null, other, () -> type.getName() + " has the name of another class");
            }
        }
    }

    @Test
    void everyPackageSaysWhatItHoldsAndNoneHasMoreThanTwentyFiles() throws IOException {
        for (String module : List.of(
                "core",
                "worker",
                "formats",
                "lab",
                "web",
                "app",
                "notebooks",
                "spark",
                "engines/reference",
                "engines/java")) {
            try (Stream<Path> folders = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path folder : folders.filter(Files::isDirectory).toList()) {
                    try (Stream<Path> files = Files.list(folder)) {
                        List<String> sources = files.map(
                                        file -> file.getFileName().toString())
                                .filter(name -> name.endsWith(".java"))
                                .toList();
                        if (!sources.isEmpty()) {
                            assertTrue(sources.contains("package-info.java"), folder + " says nothing of itself");
                        }
                        if (module.equals("lab")) {
                            assertTrue(sources.size() <= 20, folder + " has " + sources.size() + " files");
                        }
                    }
                }
            }
        }
    }
}
