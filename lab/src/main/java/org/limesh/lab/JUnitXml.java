package org.limesh.lab;

import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.limesh.sim.Violation;

/** Results as the XML that CI servers read: one suite per scenario and seed, one case per assertion. */
public final class JUnitXml {
    private JUnitXml() {}

    /** The whole document. */
    public static String of(List<ScenarioResult> results) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            for (ScenarioResult result : results) {
                suite(xml, result);
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException("writing XML to memory failed", impossible);
        }
        return text.toString();
    }

    private static void suite(XMLStreamWriter xml, ScenarioResult result) throws XMLStreamException {
        boolean stopped = !result.failure().isEmpty();
        int extra = result.violations().size() + (stopped ? 1 : 0);
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", result.name() + " seed " + result.seed());
        xml.writeAttribute("tests", Integer.toString(Math.max(1, result.assertions().size() + extra)));
        xml.writeAttribute("failures", Long.toString(result.failedAssertions() + extra));
        xml.writeAttribute("errors", "0");
        xml.writeAttribute("skipped", "0");
        xml.writeAttribute("time", String.format(Locale.ROOT, "%.3f", result.elapsedNs() / 1e9));
        for (ScenarioResult.Judged judged : result.assertions()) {
            String name = "timeline[" + judged.step() + "] t=" + judged.atNs() / 1_000_000 + "ms "
                    + judged.claim();
            testCase(xml, result, name, judged.passed() ? null : judged.got(), "expected " + judged.expected()
                    + "\ngot " + judged.got() + "\nreason " + judged.reason() + "\nreplay "
                    + judged.replay());
        }
        for (Violation violation : result.violations()) {
            testCase(xml, result, "invariant " + violation.invariant(), violation.what(),
                    violation.describe());
        }
        if (stopped || result.assertions().isEmpty() && extra == 0) {
            testCase(xml, result, "runs", stopped ? result.failure() : null, result.failure());
        }
        xml.writeEndElement();
    }

    private static void testCase(XMLStreamWriter xml, ScenarioResult result, String name, String failure,
            String detail)
            throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", clean(result.name()));
        xml.writeAttribute("name", clean(name));
        if (failure != null) {
            xml.writeStartElement("failure");
            xml.writeAttribute("message", clean(failure));
            xml.writeCharacters(clean(detail));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /** XML 1.0 has no control characters other than tab and line end. */
    private static String clean(String text) {
        return text.replaceAll("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD]", "?");
    }
}
