package tandem.lab.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.lab.page.Block;
import tandem.lab.page.Section;

/** The network as each engine defines it. */
final class CodeSection {
    private CodeSection() {}

    static Section of(ComparisonReport report) {
        Map<String, Block.Source> sources = new LinkedHashMap<>();
        for (EngineRun run : report.runs()) {
            if (run.source() != null) {
                // Variants of an engine share its source.
                sources.putIfAbsent(run.source().engine(), withoutImports(run.source()));
            }
        }
        return new Section(
                "code",
                "The network in each engine",
                "The source that ran, without its imports. Every engine's file has the same name and the same job: the"
                        + " parameters, the forward pass, the loss and its gradients.",
                sources.isEmpty() ? List.of() : List.of(new Block.Code(List.copyOf(sources.values()))));
    }

    private static Block.Source withoutImports(Block.Source source) {
        String text = source.text();
        int imports = text.lastIndexOf("\nimport ");
        String rest = imports < 0
                ? text
                : text.substring(text.indexOf('\n', imports + 1)).strip() + "\n";
        return new Block.Source(source.engine(), source.file(), rest);
    }
}
