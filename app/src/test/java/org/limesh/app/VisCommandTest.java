package org.limesh.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.alfred.wire.VisRecord;
import org.limesh.base.MacAddress;

/** The expected texts were printed by batadv-vis 2023.0 for these records. */
class VisCommandTest {
    private static final List<VisRecord> CLOUD = List.of(
            new VisRecord(mac(0x0b), List.of(mac(0x101)),
                    List.of(new VisRecord.Entry(mac(1), 0, 200), new VisRecord.Entry(mac(7), 0, 1))),
            new VisRecord(mac(0x0a), List.of(mac(1), mac(2), mac(3)), List.of(new VisRecord.Entry(mac(0x101), 0, 255),
                    new VisRecord.Entry(mac(0x102), 1, 128), VisRecord.Entry.client(mac(0xff01)))));

    private static MacAddress mac(int number) {
        return new MacAddress(0x0200_0000_0000L | number);
    }

    @Test
    void printsLinesOfJson() {
        assertThat(VisCommand.text(CLOUD, VisCommand.Format.json)).isEqualTo("""
                { "primary" : "02:00:00:00:01:01" }
                { "router" : "02:00:00:00:01:01", "neighbor" : "02:00:00:00:00:01", "label" : "1.275" }
                { "router" : "02:00:00:00:01:01", "neighbor" : "02:00:00:00:00:07", "label" : "255.000" }
                { "primary" : "02:00:00:00:00:01" }
                { "secondary" : "02:00:00:00:00:02", "of" : "02:00:00:00:00:01" }
                { "secondary" : "02:00:00:00:00:03", "of" : "02:00:00:00:00:01" }
                { "router" : "02:00:00:00:00:01", "neighbor" : "02:00:00:00:01:01", "label" : "1.000" }
                { "router" : "02:00:00:00:00:02", "neighbor" : "02:00:00:00:01:02", "label" : "1.992" }
                { "router" : "02:00:00:00:00:01", "gateway" : "02:00:00:00:ff:01", "label" : "TT" }
                """);
    }

    @Test
    void printsOneJsonDocument() {
        assertThat(VisCommand.text(CLOUD, VisCommand.Format.jsondoc).replaceFirst("limesh-[^\"]+", "V")).isEqualTo("""
                {
                  "source_version" : "V",
                  "algorithm" : 4,
                  "vis" : [
                    { "primary" : "02:00:00:00:01:01",
                      "neighbors" : [
                         { "router" : "02:00:00:00:01:01",
                           "neighbor" : "02:00:00:00:00:01",
                           "metric" : "1.275" },
                         { "router" : "02:00:00:00:01:01",
                           "neighbor" : "02:00:00:00:00:07",
                           "metric" : "255.000" }
                      ],
                      "clients" : [

                      ]
                    },
                    { "primary" : "02:00:00:00:00:01",
                      "secondary" : [ "02:00:00:00:00:02","02:00:00:00:00:03"
                       ],
                      "neighbors" : [
                         { "router" : "02:00:00:00:00:01",
                           "neighbor" : "02:00:00:00:01:01",
                           "metric" : "1.000" },
                         { "router" : "02:00:00:00:00:02",
                           "neighbor" : "02:00:00:00:01:02",
                           "metric" : "1.992" }
                      ],
                      "clients" : [
                        "02:00:00:00:ff:01"
                      ]
                    }
                  ]
                }
                """);
    }

    @Test
    void printsAGraph() {
        assertThat(VisCommand.text(CLOUD, VisCommand.Format.dot).replace("\t", "  ")).isEqualTo("""
                digraph {
                  subgraph "cluster_02:00:00:00:01:01" {
                    "02:00:00:00:01:01"
                  }
                  "02:00:00:00:01:01" -> "02:00:00:00:00:01" [label="1.275"]
                  "02:00:00:00:01:01" -> "02:00:00:00:00:07" [label="255.000"]
                  subgraph "cluster_02:00:00:00:00:01" {
                    "02:00:00:00:00:01"
                    "02:00:00:00:00:02" [peripheries=2]
                    "02:00:00:00:00:03" [peripheries=2]
                  }
                  "02:00:00:00:00:01" -> "02:00:00:00:01:01" [label="1.000"]
                  "02:00:00:00:00:02" -> "02:00:00:00:01:02" [label="1.992"]
                  "02:00:00:00:00:01" -> "02:00:00:00:ff:01" [label="TT"]
                }
                """);
    }
}
