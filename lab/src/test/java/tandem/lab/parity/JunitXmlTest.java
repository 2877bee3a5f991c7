package tandem.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import tandem.core.Json;
import tools.jackson.databind.node.ObjectNode;

/** What continuous integration is told of the example proof: two engines, 35 tensors at each state. */
final class JunitXmlTest {
    private static ObjectNode example() throws Exception {
        try (InputStream in = JunitXmlTest.class.getResourceAsStream("/tandem/lab/report/examples/parity.json")) {
            return (ObjectNode) Json.MAPPER.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Document document(ObjectNode parity) throws Exception {
        String xml = JunitXml.of(Json.parse(parity.toString(), Parity.class));
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aSuiteForEachEngineAndATestForEachTensor() throws Exception {
        ObjectNode parity = example();
        int checks = parity.at("/engines/0/states")
                .valueStream()
                .mapToInt(state -> state.get("checks").size())
                .sum();
        Document document = document(parity);
        assertEquals(2, document.getElementsByTagName("testsuite").getLength());
        Element first = (Element) document.getElementsByTagName("testsuite").item(0);
        assertEquals("tandem parity java", first.getAttribute("name"));
        assertEquals(String.valueOf(checks + 1), first.getAttribute("tests"));
        assertEquals(checks + 1, first.getElementsByTagName("testcase").getLength());
        assertEquals(0, document.getElementsByTagName("failure").getLength());
    }

    @Test
    void whatFailsSaysItsErrorAndItsLimit() throws Exception {
        ObjectNode parity = example();
        ((ObjectNode) parity.at("/engines/1")).put("passed", false);
        ((ObjectNode) parity.at("/engines/1/states/0/checks/0")).put("error", 3e-4);
        double limit = parity.at("/engines/1/states/0/checks/0/limit").doubleValue();
        Document document = document(parity);
        Element failure = (Element) document.getElementsByTagName("failure").item(0);
        assertEquals(1, document.getElementsByTagName("failure").getLength());
        assertEquals(
                "error 3.0e-04, limit %s".formatted(String.format(java.util.Locale.ROOT, "%.1e", limit)),
                failure.getAttribute("message"));
        assertEquals("1", ((Element) failure.getParentNode().getParentNode()).getAttribute("failures"));
        assertEquals(
                "tandem.parity.java (direct convolution)",
                ((Element) failure.getParentNode()).getAttribute("classname"));
    }

    /** A crash of native code may leave bytes that no XML can hold. */
    @Test
    void anEngineThatFailedIsAnError() throws Exception {
        ObjectNode parity = example();
        ((ObjectNode) parity.at("/engines/0"))
                .put("passed", false)
                .put("status", "failed")
                .put("failure", "its worker died: \u0001<&>");
        Document document = document(parity);
        assertEquals(
                "its worker died: ?<&>",
                ((Element) document.getElementsByTagName("error").item(0)).getAttribute("message"));
    }
}
