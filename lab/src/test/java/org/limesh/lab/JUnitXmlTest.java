package org.limesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.limesh.sim.Violation;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class JUnitXmlTest {
    private static final ScenarioResult.Judged PASSED =
            new ScenarioResult.Judged(0, 20_000_000_000L, "converged all", true, "everybody", "", "", "");
    private static final ScenarioResult.Judged FAILED = new ScenarioResult.Judged(1, 30_500_000_000L,
            "ping from a<b> & \u0007", false, "no loss", "lost 3 of 3", "link a-b down",
            "limesh lab x --seed 1");

    private static Element parse(ScenarioResult... results) throws Exception {
        String xml = JUnitXml.of(List.of(results));
        return DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml))).getDocumentElement();
    }

    @Test
    void aParserReadsTheSameCountsBack() throws Exception {
        Violation violation = new Violation("I7", 1, 5, "a frame left", List.of("before"), "replay");
        Element root = parse(
                new ScenarioResult("a", "good", 1, 60, 1_500_000_000L, 1, List.of(PASSED), List.of(), ""),
                new ScenarioResult("b", "bad", 2, 60, 1, 1, List.of(PASSED, FAILED), List.of(violation),
                "stopped"));
        NodeList suites = root.getElementsByTagName("testsuite");
        assertThat(suites.getLength()).isEqualTo(2);
        Element good = (Element) suites.item(0);
        assertThat(good.getAttribute("name")).isEqualTo("good seed 1");
        assertThat(good.getAttribute("tests")).isEqualTo("1");
        assertThat(good.getAttribute("failures")).isEqualTo("0");
        assertThat(good.getAttribute("time")).isEqualTo("1.500");
        Element bad = (Element) suites.item(1);
        assertThat(bad.getAttribute("tests")).isEqualTo("4");
        assertThat(bad.getAttribute("failures")).isEqualTo("3");
        assertThat(bad.getElementsByTagName("testcase").getLength()).isEqualTo(4);
        assertThat(bad.getElementsByTagName("failure").getLength()).isEqualTo(3);
        Element failure = (Element) bad.getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message")).isEqualTo("lost 3 of 3");
        assertThat(failure.getTextContent()).contains("replay limesh lab x --seed 1");
        assertThat(((Element) failure.getParentNode()).getAttribute("name"))
                .isEqualTo("timeline[1] t=30500ms ping from a<b> & ?");
    }

    @Test
    void aScenarioWithoutAssertionsIsOneCase() throws Exception {
        Element root = parse(new ScenarioResult("a", "quiet", 1, 60, 1, 1, List.of(), List.of(), ""));
        assertThat(((Element) root.getElementsByTagName("testsuite").item(0)).getAttribute("tests"))
                .isEqualTo("1");
        assertThat(root.getElementsByTagName("testcase").getLength()).isEqualTo(1);
    }
}
