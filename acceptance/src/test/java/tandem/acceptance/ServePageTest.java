package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import tools.jackson.databind.JsonNode;

/** The page of {@code tandem serve} in a headless Chromium, as a visitor uses it who comes for the first time. */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ServePageTest {
    /** Corners of strokes on a pad of 100 by 100. */
    private static final int[][] SEVEN = {{25, 20}, {75, 20}, {45, 85}};

    private static final int[][] THREE = {
        {30, 22}, {55, 15}, {68, 28}, {60, 42}, {45, 48}, {64, 56}, {70, 70}, {55, 85}, {30, 80}
    };

    private static final List<String> TABS =
            List.of("draw", "inside", "train", "parity", "differences", "runs", "code");

    @TempDir
    static Path folder;

    private static Served server;
    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws Exception {
        browser = Chromium.start(folder.resolve("profile"));
        server = Served.start(folder);
        browser.get(server.address());
    }

    @AfterAll
    static void end() {
        if (browser != null) {
            browser.quit();
        }
        if (server != null) {
            server.close();
        }
    }

    /** Whatever a visitor does, the console stays silent and nobody else is asked. */
    @AfterEach
    void nothingWasSaidAndNobodyElseAsked() {
        List<String> said = browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
        assertEquals(List.of(), said);
        browser.manage().logs().get(LogType.PERFORMANCE).forEach(entry -> {
            JsonNode message = Served.JSON.readTree(entry.getMessage()).get("message");
            if (message.get("method").asString().equals("Network.requestWillBeSent")) {
                String url = message.at("/params/request/url").asString();
                assertTrue(
                        url.startsWith(server.address())
                                || url.startsWith("chrome:")
                                || url.startsWith("data:")
                                || url.startsWith("blob:"),
                        url);
            }
        });
    }

    private static Object script(String script) {
        return browser.executeScript(script);
    }

    private static String text(String selector) {
        return (String) script("return document.querySelector('%s')?.textContent ?? ''".formatted(selector));
    }

    /** What is a sign that something has happened. */
    @FunctionalInterface
    private interface Sign {
        boolean seen();
    }

    private static void await(String what, int seconds, Sign sign) throws InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (!sign.seen()) {
            assertTrue(System.nanoTime() < end, () -> "never: %s; the page says: %s".formatted(what, text("main")));
            Thread.sleep(50);
        }
    }

    private static void open(String tab) throws InterruptedException {
        script("location.hash = '#%s'; return 0".formatted(tab));
        await(
                tab,
                10,
                () -> Boolean.TRUE.equals(
                        script("return !document.querySelector('[data-tab=%s]').hidden".formatted(tab))));
    }

    /** Draws with the mouse. */
    private static void draw(int[][] corners) {
        browser.findElement(By.id("clear")).click();
        WebElement pad = browser.findElement(By.cssSelector("#draw-pad canvas"));
        int size = pad.getSize().getWidth();
        Actions hand = new Actions(browser);
        for (int i = 0; i < corners.length; i++) {
            // Counted from the middle.
            hand.moveToElement(pad, (corners[i][0] - 50) * size / 100, (corners[i][1] - 50) * size / 100);
            if (i == 0) {
                hand.clickAndHold();
            }
        }
        hand.release().perform();
    }

    /** The digit that each engine says, as the page shows it. */
    @SuppressWarnings("unchecked")
    private static List<String> digits() {
        return (List<String>) script("return [...document.querySelectorAll('#answers tbody tr')]"
                + ".filter(row => !row.classList.contains('silent') && !row.classList.contains('stale'))"
                + ".map(row => row.querySelector('td.says b')?.textContent ?? '')");
    }

    @Test
    @Order(1)
    void aFirstVisitorWatchesANetworkLearnAndDraws() throws Exception {
        await("a curve", 60, () -> (Long) script("return document.querySelectorAll('#first .chart path').length") > 3);
        await("a model", 120, () -> text("#model").contains("of the test images right"));
        Matcher accuracy =
                Pattern.compile("([0-9.]+)% of the test images right").matcher(text("#model"));
        assertTrue(accuracy.find(), text("#model"));
        assertTrue(Double.parseDouble(accuracy.group(1)) > 97, accuracy.group());
        draw(SEVEN);
        await("java reads it", 60, () -> digits().contains("7"));
        await("a verdict", 60, () -> text("#verdict").matches("(All \\d engines say 7\\.|java says 7, .*)"));
    }

    /** Every engine that is here, as each engine's worker may have to start first. */
    @Test
    @Order(2)
    void everyEngineReadsWhatIsDrawn() throws Exception {
        await(
                "all engines are known",
                300,
                () -> (Long) script("return document.querySelectorAll('#answers tbody tr').length") == 6);
        int[][][] drawings = {THREE, SEVEN};
        int[] digits = {3, 7};
        for (int i = 0; i < drawings.length; i++) {
            String digit = String.valueOf(digits[i]);
            draw(drawings[i]);
            await("all read a " + digit, 120, () -> {
                List<String> said = digits();
                return said.size() == 6 && said.stream().allMatch(digit::equals);
            });
            assertEquals("All 6 engines say %s.".formatted(digit), text("#verdict"));
        }
        script("document.getElementById('why').click(); return 0");
        await("why", 30, () -> (Long) script("return document.querySelectorAll('#why-panel canvas').length") > 0);
        script("document.getElementById('fool').click(); return 0");
        await("a change", 60, () -> (Long) script("return document.querySelectorAll('#fool-panel canvas').length") > 2);
        open("inside");
        await("maps", 30, () -> (Long) script("return document.querySelectorAll('#layers canvas').length") > 128);
    }

    @Test
    @Order(3)
    void aWorkerThatIsKilledComesBack() throws Exception {
        open("draw");
        for (ProcessHandle worker : server.workers()) {
            if (worker.info().arguments().map(Arrays::asList).orElse(List.of()).contains("java")) {
                worker.destroyForcibly();
            }
        }
        await("it is said", 30, () -> text("#said").contains("java died and is started again"));
        await("it is back", 60, () -> text("#said").contains("java is back"));
        draw(THREE);
        await("java reads again", 60, () -> digits().contains("3"));
    }

    @Test
    @Order(4)
    void aTrainingIsWatchedThroughAReloadAndStopped() throws Exception {
        open("train");
        await("the form", 10, () -> (Long) script("return document.querySelectorAll('#train-form input').length") > 6);
        browser.findElement(By.id("train-start")).click();
        String state = "#train-now article";
        await(
                "it learns",
                60,
                () -> "running"
                        .equals(script("return document.querySelector('%s')?.dataset.state ?? ''".formatted(state))));
        await(
                "a first test",
                60,
                () -> (Long) script("return document.querySelectorAll('#train-now .chart path').length") > 3);
        browser.navigate().refresh();
        await(
                "it goes on",
                120,
                () -> "done"
                        .equals(script("return document.querySelector('%s')?.dataset.state ?? ''".formatted(state))));
        await("its end", 10, () -> text("#train-now").contains("Test images read right: java 98"));

        script("document.querySelector('#train-form input[name=epochs]').value = '50'; return 0");
        browser.findElement(By.id("train-start")).click();
        await(
                "the next one",
                60,
                () -> "running"
                        .equals(script("return document.querySelector('%s')?.dataset.state ?? ''".formatted(state))));
        script(
                "[...document.querySelectorAll('#train-now button')].find(b => b.textContent === 'Stop').click(); return 0");
        await(
                "it stops",
                60,
                () -> "stopped"
                        .equals(script("return document.querySelector('%s')?.dataset.state ?? ''".formatted(state))));
    }

    /** Two copies side by side, the runs with their reports, and the engines' sources. */
    @Test
    @Order(5)
    void theOtherPartsShowWhatThereIs() throws Exception {
        open("runs");
        await("three runs", 30, () -> (Long) script("return document.querySelectorAll('#runs tbody tr').length") >= 3);
        open("code");
        await("sources", 30, () -> (Long) script("return document.querySelectorAll('#code article').length") == 2);
        assertEquals(6L, script("return document.querySelector('#code select').options.length"));
        assertTrue(text("#code").contains("class JavaNetwork"));
        open("differences");
        await(
                "switches",
                10,
                () -> (Long) script("return document.querySelectorAll('#differences-form input[type=checkbox]').length")
                        >= 6);
        open("parity");
        await("a form", 10, () -> (Long) script("return document.querySelectorAll('#parity-form input').length") > 0);
    }

    /** Whoever uses keys or a screen reader finds nothing that axe-core calls serious. */
    @Test
    @Order(6)
    void bothThemesAndAPhone() throws Exception {
        for (String tab : TABS) {
            open(tab);
            script(
                    "document.documentElement.dataset.theme = 'dark'; document.getElementById('theme').click(); return 0");
            assertEquals("rgb(251, 251, 249)", script("return getComputedStyle(document.body).backgroundColor"));
            assertEquals(List.of(), Chromium.barriers(browser), tab + ", light");
            byte[] light = browser.getScreenshotAs(OutputType.BYTES);
            script("document.getElementById('theme').click(); return 0");
            assertEquals("rgb(19, 21, 25)", script("return getComputedStyle(document.body).backgroundColor"));
            assertEquals(List.of(), Chromium.barriers(browser), tab + ", dark");
            byte[] dark = browser.getScreenshotAs(OutputType.BYTES);
            assertFalse(Arrays.equals(light, dark), tab);
        }
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 390, "height", 800, "deviceScaleFactor", 1, "mobile", true));
        List<String> wide = new ArrayList<>();
        for (String tab : TABS) {
            open(tab);
            browser.executeAsyncScript(
                    "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))");
            if ((Long) script("return document.documentElement.scrollWidth") != 390) {
                wide.add(tab);
            }
        }
        browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        assertEquals(List.of(), wide, "wider than a phone");
    }
}
