package org.limesh.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema that editors use and the documentation say what the reader does. */
class SchemaTest {
    private static JsonNode schema() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(Path.of("..", "lab.schema.json")));
    }

    private static List<String> keys(JsonNode properties) {
        return new ArrayList<>(properties.propertyNames());
    }

    @Test
    void theSchemaKnowsTheSameKeys() throws IOException {
        JsonNode top = schema().get("properties");
        assertThat(keys(top)).containsExactlyInAnyOrderElementsOf(ScenarioReader.KEYS);
        JsonNode step = top.get("timeline").get("items").get("properties");
        List<String> stepKeys = new ArrayList<>(TimelineReader.EVENTS);
        stepKeys.addAll(List.of("at", "every", "from", "until", "assert"));
        assertThat(keys(step)).containsExactlyInAnyOrderElementsOf(stepKeys);
        List<String> claims = new ArrayList<>(AssertionReader.CLAIMS);
        claims.addAll(List.of("within", "for"));
        assertThat(keys(step.get("assert").get("items").get("properties")))
                .containsExactlyInAnyOrderElementsOf(claims);
    }

    @Test
    void theSmallestScenarioOfTheDocumentationIsRight() throws IOException {
        String text = Files.readString(Path.of("..", "docs", "scenarios.md"));
        int begin = text.indexOf("```yaml\n") + "```yaml\n".length();
        ScenarioReader.Result result = ScenarioReader.read("docs.lab.yaml", Path.of("."),
                text.substring(begin, text.indexOf("```", begin)));
        assertThat(result.problems()).isEmpty();
        assertThat(result.scenario().timeline()).hasSize(1);
        for (String word : ScenarioReader.KEYS) {
            assertThat(text).contains("| `" + word + "` |");
        }
        for (String word : AssertionReader.CLAIMS) {
            assertThat(text).contains("| `" + word + ":");
        }
        for (String word : TimelineReader.EVENTS) {
            assertThat(text).contains("| `" + word + ":");
        }
    }
}
