package tandem.lab.parity;

import java.io.StringWriter;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import tandem.lab.progress.Status;

/**
 * A proof as the XML of JUnit's reports, which continuous integration shows: a suite for each engine, a test for each
 * tensor at each state, and a failure that says which error is over which limit.
 */
public final class JunitXml {
    private JunitXml() {}

    /** The document. */
    public static String of(Parity parity) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            xml.writeStartElement("testsuites");
            for (ProvedEngine engine : parity.engines()) {
                suite(xml, engine);
            }
            xml.writeCharacters("\n");
            xml.writeEndElement();
            xml.writeCharacters("\n");
            xml.writeEndDocument();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a string can be written", e);
        }
        return text.toString();
    }

    private static void suite(XMLStreamWriter xml, ProvedEngine engine) throws XMLStreamException {
        boolean done = engine.status() == Status.DONE;
        boolean inputs = !Boolean.FALSE.equals(engine.sameInputs());
        long failed = engine.states().stream()
                .flatMap(state -> state.checks().stream())
                .filter(check -> !check.passed())
                .count();
        int tests = engine.states().stream()
                .mapToInt(state -> state.checks().size())
                .sum();
        xml.writeCharacters("\n  ");
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", "tandem parity " + engine.engine());
        xml.writeAttribute("tests", String.valueOf(tests + 1));
        xml.writeAttribute("failures", String.valueOf(failed + (done && !inputs ? 1 : 0)));
        xml.writeAttribute("errors", engine.status() == Status.FAILED ? "1" : "0");
        xml.writeAttribute("skipped", done || engine.status() == Status.FAILED ? "0" : "1");
        test(xml, engine, "takes all steps from the lab's inputs");
        String reason = words(engine.failure() == null ? "" : engine.failure());
        if (engine.status() == Status.FAILED) {
            message(xml, "error", reason);
        } else if (!done) {
            message(xml, "skipped", reason);
        } else if (!inputs) {
            message(xml, "failure", "parameters, accumulators, images or masks were not those of the lab");
        }
        xml.writeEndElement();
        for (ProvedEngine.AtState state : engine.states()) {
            for (Check check : state.checks()) {
                test(
                        xml,
                        engine,
                        "%s of %s after %s steps".formatted(check.quantity(), check.tensor(), state.afterSteps()));
                if (!check.passed()) {
                    message(
                            xml,
                            "failure",
                            String.format(Locale.ROOT, "error %.1e, limit %.1e", check.error(), check.limit()));
                }
                xml.writeEndElement();
            }
        }
        xml.writeCharacters("\n  ");
        xml.writeEndElement();
    }

    private static void test(XMLStreamWriter xml, ProvedEngine engine, String name) throws XMLStreamException {
        xml.writeCharacters("\n    ");
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", "tandem.parity." + engine.engine());
        xml.writeAttribute("name", name);
    }

    private static void message(XMLStreamWriter xml, String kind, String message) throws XMLStreamException {
        xml.writeStartElement(kind);
        xml.writeAttribute("message", message);
        xml.writeEndElement();
    }

    /** Without what no XML can hold. */
    private static String words(String text) {
        return text.replaceAll("[^\\t\\n\\x20-\\uD7FF\\uE000-\\uFFFD]", "?");
    }
}
