package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** report.html of every command that writes one, in a headless Chromium. */
final class ReportTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** Every value of every series of every chart on the page. */
    private static final String SERIES =
            "return charts.map(c => c.instance.getOption().series.map(s => s.data.map(d => d.length ? [d[0], d[1]] : [0, d])))";

    /** Cells, headings and names of engines that hold a single word, and have it on two lines. */
    private static final String BROKEN = """
            return [...document.querySelectorAll('.matrix td, .matrix th, .bars .name, .choices button, h1, h2, h3, thead th, dt')]
              .flatMap(place => [...place.childNodes]).filter(node => node.nodeType === 3).flatMap(node =>
                [...node.textContent.matchAll(/\\S+/g)].filter(word => {
                  const range = document.createRange();
                  range.setStart(node, word.index);
                  range.setEnd(node, word.index + word[0].length);
                  return new Set([...range.getClientRects()].map(box => Math.round(box.top / 4))).size > 1
                    && getComputedStyle(node.parentElement).writingMode === 'horizontal-tb';
                }).map(word => word[0]));""";

    /** Texts of a chart whose boxes lie over each other. */
    private static final String OVERLAPPING = """
            return [...document.querySelectorAll('.chart svg')].flatMap(svg => {
              const texts = [...svg.querySelectorAll('text')].filter(text => text.textContent.trim());
              const boxes = texts.map(text => text.getBoundingClientRect());
              return texts.filter((text, i) => boxes.some((other, j) => j < i && boxes[i].left < other.right - 1
                && other.left < boxes[i].right - 1 && boxes[i].top < other.bottom - 4 && other.top < boxes[i].bottom - 4))
                .map(text => text.textContent);
            });""";

    /**
     * What of a page is cut at 390 pixels: words under the button, captions that end outside, options that are broken.
     */
    private static final String CUT = """
            const rows = place => {
              const range = document.createRange();
              range.selectNodeContents(place);
              return [...range.getClientRects()];
            };
            const button = document.getElementById('theme').getBoundingClientRect();
            return [
              ...[document.querySelector('.brand')].filter(place => rows(place).some(box =>
                box.right > button.left && box.top < button.bottom && box.bottom > button.top)),
              ...[...document.querySelectorAll('caption')].filter(place => rows(place).some(box => box.right > 390)),
              ...[...document.querySelectorAll('.command .engine')].filter(place => rows(place).length > 1),
            ].map(place => place.textContent);""";

    /** Whether a matrix of all engines' names needs no scrolling in a column of the page. */
    private static final String SIX_FIT = """
            const names = ['java', 'pytorch', 'tensorflow', 'deeplearning4j', 'djl', 'onnxruntime'];
            const cells = names.map(() => names.map(() => ({ text: '98.70', shade: 0.5, strong: false })));
            const made = matrix({ title: 'Same answer', rows: names, columns: names, cells, rowTitle: '', columnTitle: '', engine: null });
            document.querySelector('.matrix.named').after(made);
            const fits = made.scrollWidth <= made.clientWidth;
            made.remove();
            return fits;""";

    @TempDir
    static Path folder;

    private static ChromeDriver browser;

    @BeforeAll
    static void startBrowser() {
        browser = Chromium.start(folder.resolve("profile"));
    }

    @AfterAll
    static void endBrowser() {
        if (browser != null) {
            browser.quit();
        }
    }

    @Test
    void aComparisonShowsWhatItsFilesHold() throws Exception {
        shown("comparison", Runs.twoEngines());
        open("comparison");
        // Loss, distance, accuracy and loss by epoch, learning rate, accuracy against time.
        List<List<List<List<Number>>>> charts = charts(6);
        JsonNode first = JSON.readTree(Files.readAllLines(folder.resolve("comparison/java/events.jsonl"))
                .getFirst());
        assertEquals(
                Math.log10(first.get("loss").doubleValue()),
                charts.getFirst().getFirst().getFirst().get(1).doubleValue(),
                1e-3,
                "the first point of the first curve is java's loss of step 0");

        JsonNode engines = JSON.readTree(
                        folder.resolve("comparison/comparison.json").toFile())
                .get("engines");
        List<Long> wrong = new ArrayList<>();
        for (JsonNode engine : engines) {
            wrong.add(Math.round(500 * (1 - engine.get("testAccuracy").doubleValue())));
        }
        assertEquals(
                4L,
                script("return document.querySelectorAll('.matrix').length"),
                "a confusion matrix of each engine, how alike their answers are, and their parameters");
        assertEquals(
                wrong,
                script("return REPORT.sections.flatMap(s => s.blocks).find(b => b.kind === 'images').wrong"),
                "the digits that are wrong are those that the comparison counted");
        assertTrue((Long) script("return document.querySelectorAll('.tile canvas').length") > 0);
        script("document.querySelector('.tile').click(); return 0");
        assertEquals(true, script("return document.getElementById('dialog').open"));
        assertEquals(
                20L,
                script("return document.querySelectorAll('#dialog td').length"),
                "ten probabilities of each engine");
        script("document.getElementById('dialog').close(); return 0");
        assertTrue(((String) script("return document.querySelector('h1').textContent")).endsWith("more accurate"));
        assertEquals(true, script(SIX_FIT));
        oneScale();
        sources();
        printed();
        assertTrue(
                ((String) script("return document.querySelector('.code').textContent")).contains("class JavaNetwork"));
        assertEquals(64L, script("return document.querySelectorAll('.filters svg g').length"));
        assertTrue(((String) script("return document.querySelector('.command code').textContent"))
                .startsWith("./tandem compare --engines java,pytorch --epochs 2"));
        themes();
        reachable();
        phone("comparison");

        List<String> steps = Files.readAllLines(folder.resolve("comparison/steps.csv"));
        assertEquals(1 + 2 * 2 * 47, steps.size(), "47 batches in each epoch of each engine");
        assertEquals("engine,epoch,step,loss,learningRate,millis", steps.getFirst());
        assertEquals(
                List.of("java", "1", "0", first.get("loss").asString()),
                List.of(steps.get(1).split(",")).subList(0, 4));
        List<String> epochs = Files.readAllLines(folder.resolve("comparison/epochs.csv"));
        assertEquals(
                engines.at("/1/epochs/1/testAccuracy").asString(),
                epochs.getLast().split(",")[4],
                "the last line is pytorch's second epoch");
    }

    @Test
    void aStudyShowsEverySeed() throws Exception {
        shown("study", Runs.study());
        open("study");
        JsonNode study = JSON.readTree(folder.resolve("study/study.json").toFile());
        boolean reached = study.get("engines")
                .valueStream()
                .flatMap(engine -> engine.get("trials").valueStream())
                .anyMatch(trial -> trial.get("secondsToTarget").isNumber());
        // Accuracies, differences, and the seconds to 99% of those that got there.
        List<List<List<List<Number>>>> charts = charts(reached ? 3 : 2);
        List<List<Number>> dots = charts.getFirst().getFirst();
        List<Double> accuracies = new ArrayList<>();
        study.at("/engines/0/trials")
                .forEach(trial -> accuracies.add(100 * trial.get("testAccuracy").doubleValue()));
        assertArrayEquals(
                accuracies.stream().mapToDouble(Double::doubleValue).toArray(),
                dots.stream().mapToDouble(dot -> dot.get(0).doubleValue()).toArray(),
                1e-9);
        List<List<Number>> differences = charts.get(1).getFirst();
        for (int i = 0; i < differences.size(); i++) {
            double second = study.at("/engines/1/trials/" + i + "/testAccuracy").doubleValue();
            assertEquals(
                    accuracies.get(i) - 100 * second, differences.get(i).get(0).doubleValue(), 1e-9);
        }
        assertEquals(
                study.at("/pairs/0/difference/points/mean").doubleValue(),
                ((Number) script("return REPORT.sections.find(s => s.id === 'pairs').blocks[1].rows[0].mean"))
                        .doubleValue(),
                1e-9);
        reachable();
        phone("study");
    }

    @Test
    void differencesShowEverySwap() throws Exception {
        shown("differences", Runs.differences());
        open("differences");
        charts(3);
        assertEquals(
                12L,
                script("return document.querySelectorAll('#published-pytorch tbody tr').length"
                        + " + document.querySelectorAll('#published-tensorflow tbody tr').length"));
        reachable();
        phone("differences");
    }

    @Test
    void aProofShowsEveryTensor() throws Exception {
        shown("parity", Runs.parity());
        open("parity");
        charts(1);
        // Of both: three of the forward pass, and eight tensors in each of four quantities.
        assertEquals(2 * 35L, script("return document.querySelectorAll('.matrix td').length"));
        assertEquals("passed", script("""
                        const table = document.querySelector('table');
                        const titles = [...table.querySelectorAll('thead th')].map(title => title.textContent);
                        return table.querySelector('tbody tr').children[titles.indexOf('Verdict')].textContent"""));
        assertEquals("Yes, both pass", script("return document.querySelector('h1').textContent"));
        band();
        reachable();
        phone("parity");
    }

    /**
     * The band of one rounding is an area as wide as the axis, which ends at the last step of three: step 2. Two
     * stacked series once doubled the axis, and drew nothing.
     */
    @SuppressWarnings("unchecked")
    private static void band() {
        List<Object> drawn = (List<Object>) script("""
                const svg = document.querySelector('.chart svg');
                const lines = [...svg.querySelectorAll('path')];
                const area = lines.find(path => path.getAttribute('fill-opacity') === '0.2').getBBox();
                const line = lines.filter(path => path.getAttribute('stroke-width') === '2').at(-1).getBBox();
                const steps = [...svg.querySelectorAll('text')].map(text => text.textContent).filter(text => /^\\d$/.test(text));
                return [area.width / line.width, area.height, Math.max(...steps.map(Number))];""");
        assertEquals(1, ((Number) drawn.get(0)).doubleValue(), 0.02, "as wide as the engines' lines");
        assertTrue(((Number) drawn.get(1)).doubleValue() > 10, drawn::toString);
        assertEquals(2L, drawn.get(2));
    }

    /** Bars of one chart begin at one place, and are as long as their values say. */
    @SuppressWarnings("unchecked")
    private static void oneScale() {
        List<List<List<Number>>> charts = (List<List<List<Number>>>) script("""
                return [...document.querySelectorAll('.bars')].map(bars => [...bars.querySelectorAll('.bar')].map(bar => {
                  const track = bar.querySelector('.track').getBoundingClientRect();
                  const fill = bar.querySelector('.fill').getBoundingClientRect();
                  return [track.left, track.width, fill.width, Number(bar.querySelector('.value').textContent.replace(',', ''))];
                }));""");
        assertEquals(5, charts.size());
        for (List<List<Number>> bars : charts) {
            for (List<Number> bar : bars) {
                assertEquals(bars.getFirst().get(0).doubleValue(), bar.get(0).doubleValue(), 0.01);
                assertEquals(bars.getFirst().get(1).doubleValue(), bar.get(1).doubleValue(), 0.01);
            }
            double[] lengths =
                    bars.stream().mapToDouble(bar -> bar.get(2).doubleValue()).toArray();
            double[] values =
                    bars.stream().mapToDouble(bar -> bar.get(3).doubleValue()).toArray();
            // Values are rounded as they are written; the shortest bar is still seen.
            assertEquals(values[0] / values[1], lengths[0] / lengths[1], 0.06 * values[0] / values[1] + 0.03);
        }
    }

    /** Two sources, each chosen from a list, and opened where the forward pass begins. */
    @SuppressWarnings("unchecked")
    private static void sources() {
        List<Object> shown = (List<Object>) browser.executeAsyncScript("""
                const done = arguments[0];
                const articles = [...document.querySelectorAll('.code article')];
                const first = articles[0].querySelector('select');
                first.value = '1';
                first.dispatchEvent(new Event('change'));
                requestAnimationFrame(() => requestAnimationFrame(() => done([articles.length,
                  articles[0].querySelector('small').textContent, articles[0].querySelector('pre').scrollTop,
                  [...first.options].map(option => option.textContent).join()])));""");
        assertEquals(2L, shown.get(0));
        assertEquals("PyTorchNetwork.java", shown.get(1));
        assertTrue(((Number) shown.get(2)).doubleValue() > 100, shown::toString);
        assertEquals("java,pytorch", shown.get(3));
        script("const list = document.querySelector('.code select'); list.value = '0';"
                + " list.dispatchEvent(new Event('change')); return 0");
    }

    /**
     * On paper, from the dark theme too: charts reach to their last step, and the wrong digits are dark; the sources
     * are not printed.
     */
    private static void printed() throws IOException {
        script("document.documentElement.dataset.theme = 'light'; themeChanged(); return 0");
        PrintedPages light = PrintedPages.of(browser);
        script("document.documentElement.dataset.theme = 'dark'; themeChanged(); return 0");
        PrintedPages dark = PrintedPages.of(browser);
        script("delete document.documentElement.dataset.theme; themeChanged(); return 0");
        // 94 steps in all: the axis of the loss is labelled to its end.
        assertTrue(light.text().lines().anyMatch(line -> line.matches("(.* )?9[03]( .*)?")), light::text);
        assertFalse(light.text().contains("class JavaNetwork"), "sources fill most of the paper");
        assertEquals(light.text(), dark.text());
        // The lines of the second engine, in its colour of the light theme, end near the right margin.
        assertTrue(light.rightmost(0x0a67a8) > 0.85, () -> "blue until " + light.rightmost(0x0a67a8));
        assertEquals(light.rightmost(0x0a67a8), dark.rightmost(0x0a67a8), 0.02);
        assertEquals(1, (double) dark.darkPixels() / light.darkPixels(), 0.02, "digits are ink on paper");
    }

    /** Nothing serious for who uses keys or a screen reader, in both themes; charts have names, headings a scope. */
    private static void reachable() throws IOException {
        for (String theme : List.of("light", "dark")) {
            script("document.documentElement.dataset.theme = '%s'; themeChanged(); return 0".formatted(theme));
            assertEquals(List.of(), Chromium.barriers(browser), theme);
        }
        script("delete document.documentElement.dataset.theme; themeChanged(); return 0");
        assertEquals(0L, script("return document.querySelectorAll('.chart:not([aria-label])').length"));
        assertEquals(0L, script("return document.querySelectorAll('thead th:not([scope])').length"));
    }

    /** The command said where its page is; {@code report} writes it again, from a copy of the run. */
    private static void shown(String name, Runs.Run run) throws Exception {
        assertTrue(run.out().contains("Report: " + run.path().getFileName() + "/report.html"), run.out());
        Path copy = Runs.copy(run.path(), folder.resolve(name));
        Files.delete(copy.resolve("report.html"));
        Tandem again = Tandem.run(folder, "report", name);
        assertEquals(0, again.exitCode(), again.err());
    }

    /** Opens a report and checks that it says nothing on the console and asks nothing of any network. */
    private static void open(String run) throws Exception {
        Path page = folder.resolve(run).resolve("report.html");
        browser.manage().logs().get(LogType.PERFORMANCE);
        browser.get(page.toUri().toString());
        silent(page);
        List<String> requests = new ArrayList<>();
        browser.manage().logs().get(LogType.PERFORMANCE).forEach(entry -> {
            JsonNode message = JSON.readTree(entry.getMessage()).get("message");
            if (message.get("method").asString().equals("Network.requestWillBeSent")) {
                requests.add(message.at("/params/request/url").asString());
            }
        });
        assertEquals(List.of(page.toUri().toString()), requests);
        assertEquals(0L, script("return document.querySelectorAll('noscript').length"));
    }

    /** Nothing was said on the console since it was last looked at. */
    private static void silent(Path page) {
        assertEquals(List.of(), browser.manage().logs().get(LogType.BROWSER).getAll(), () -> "console of " + page);
    }

    private static Object script(String script) {
        return browser.executeScript(script);
    }

    /** So many charts, each with points, all of them numbers. */
    @SuppressWarnings("unchecked")
    private static List<List<List<List<Number>>>> charts(int count) {
        List<List<List<List<Number>>>> charts = (List<List<List<List<Number>>>>) script(SERIES);
        assertEquals(count, charts.size());
        for (List<List<List<Number>>> chart : charts) {
            assertFalse(chart.isEmpty());
            for (List<List<Number>> series : chart) {
                assertFalse(series.isEmpty(), chart::toString);
                for (List<Number> point : series) {
                    assertTrue(Double.isFinite(point.get(1).doubleValue()), series::toString);
                }
            }
        }
        return charts;
    }

    /** The colours of report.css, and pictures that differ. */
    private static void themes() {
        script("document.documentElement.dataset.theme = 'dark'; document.getElementById('theme').click(); return 0");
        assertEquals("rgb(251, 251, 249)", script("return getComputedStyle(document.body).backgroundColor"));
        byte[] light = browser.getScreenshotAs(OutputType.BYTES);
        script("document.getElementById('theme').click(); return 0");
        assertEquals("rgb(19, 21, 25)", script("return getComputedStyle(document.body).backgroundColor"));
        byte[] dark = browser.getScreenshotAs(OutputType.BYTES);
        assertTrue(light.length > 20_000 && dark.length > 20_000, light.length + ", " + dark.length);
        assertFalse(Arrays.equals(light, dark));
        browser.navigate().refresh();
        assertEquals("dark", script("return document.documentElement.dataset.theme"), "the choice is kept");
        script("document.getElementById('theme').click(); return 0");
    }

    /** No part is wider than a phone once the charts are drawn again, and nobody complained until then. */
    private static void phone(String run) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 390, "height", 800, "deviceScaleFactor", 1, "mobile", true));
        browser.executeAsyncScript(
                "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))");
        assertEquals(390L, script("return document.documentElement.scrollWidth"));
        assertEquals(List.of(), script(BROKEN), "no word and no number stands on two lines");
        assertEquals(List.of(), script(OVERLAPPING), "no labels are printed over each other");
        assertEquals(List.of(), script(CUT));
        assertEquals(true, script("return charts.every(c => c.instance.getWidth() <= 390)"));
        browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        silent(folder.resolve(run));
    }
}
