package org.limesh.lime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Rng;

/** The grammar of libuci, and what is said about texts that do not follow it. */
class UciReaderTest {
    private static UciFile read(String text) {
        return UciReader.read(new ConfigSource("lime-node", text));
    }

    private static UciSection only(String text) {
        UciFile file = read(text);
        assertThat(file.diagnostics()).isEmpty();
        assertThat(file.sections()).hasSize(1);
        return file.sections().getFirst();
    }

    private static List<String> values(UciSection section, String option) {
        return section.options().get(option).values().stream().map(UciValue::text).toList();
    }

    private static List<String> problems(String text) {
        return read(text).diagnostics().stream().map(Diagnostic::render).toList();
    }

    @Test
    void readsTypesNamesOptionsAndLists() {
        UciSection section = only("config lime 'network'\n\toption anygw_mac 'aa'\n\tlist protocols lan\n\tlist protocols anygw\n");
        assertThat(section.type()).isEqualTo("lime");
        assertThat(section.name()).isEqualTo("network");
        assertThat(section.options().get("anygw_mac").list()).isFalse();
        assertThat(section.options().get("protocols").list()).isTrue();
        assertThat(values(section, "protocols")).containsExactly("lan", "anygw");
    }

    @Test
    void acceptsShortCommandsAndSeveralOnALine() {
        UciSection section = only("p x;c lime system;o hostname a; l b 1;l b 2");
        assertThat(section.options().get("hostname").text()).isEqualTo("a");
        assertThat(values(section, "b")).containsExactly("1", "2");
    }

    @Test
    void readsFilesWithCrLfAndWithoutFinalLineFeed() {
        UciSection section = only("config lime 'wifi'\r\n\toption ap_ssid 'Two words'\r\n\r\n\toption x y\r\n\toption z q");
        assertThat(values(section, "ap_ssid")).containsExactly("Two words");
        assertThat(values(section, "x")).containsExactly("y");
        assertThat(values(section, "z")).containsExactly("q");
    }

    @Test
    void joinsAdjacentPiecesToOneWord() {
        UciSection section = only("config lime wifi\n option a 'it'\\''s'\n option b pre\"mid \"'post'\n option c a\\ b\n");
        assertThat(values(section, "a")).containsExactly("it's");
        assertThat(values(section, "b")).containsExactly("premid post");
        assertThat(values(section, "c")).containsExactly("a b");
    }

    @Test
    void takesEscapesOnlyOutsideSingleQuotes() {
        UciSection section = only("config lime wifi\n option a \"q\\\"b\\\\c\\\nd\"\n option b 'q\\b'\n");
        assertThat(values(section, "a")).containsExactly("q\"b\\cd");
        assertThat(values(section, "b")).containsExactly("q\\b");
    }

    @Test
    void letsQuotedValuesSpanLines() {
        UciSection section = only("config lime wifi\n option a 'one\ntwo'\n option b \"one\r\ntwo\"\n");
        assertThat(values(section, "a")).containsExactly("one\ntwo");
        assertThat(values(section, "b")).containsExactly("one\ntwo");
    }

    @Test
    void ignoresCommentsButNotHashesInQuotes() {
        UciSection section = only("# top\n  # indented 'open\nconfig lime wifi # 'open\n option a '#1' # x ; option b 2\n");
        assertThat(values(section, "a")).containsExactly("#1");
        assertThat(section.options()).hasSize(1);
    }

    @Test
    void warnsThatAHashWithinAWordCutsIt() {
        UciFile file = read("config lime wifi\n option ap_ssid Casa#3\n");
        assertThat(file.sections().getFirst().options().get("ap_ssid").text()).isEqualTo("Casa");
        assertThat(file.diagnostics()).singleElement().extracting(Diagnostic::render).isEqualTo(
                "warning: lime-node:2: the # within a word starts a comment; the value ends before it\n"
                        + "  Put the value in quotes.");
    }

    @Test
    void lastOptionWinsAndListAfterOptionKeepsItsValue() {
        UciSection section = only("""
                config lime network
                    option a 1
                    option a 2
                    option b 1
                    list b 2
                    list c 1
                    option c 2
                """);
        assertThat(values(section, "a")).containsExactly("2");
        assertThat(values(section, "b")).containsExactly("1", "2");
        assertThat(section.options().get("b").list()).isTrue();
        assertThat(values(section, "c")).containsExactly("2");
        assertThat(section.options().get("c").list()).isFalse();
    }

    @Test
    void anEmptyOptionRemovesAndAnEmptyListElementStays() {
        UciSection section = only("config lime network\n option a 1\n option a ''\n option b\n list c ''\n list d\n");
        assertThat(section.options()).doesNotContainKeys("a", "b");
        assertThat(values(section, "c")).containsExactly("");
        assertThat(values(section, "d")).containsExactly("");
    }

    @Test
    void aSecondSectionOfTheNameContinuesTheFirst() {
        UciSection section = only("config lime wifi\n option a 1\nconfig other wifi\n option b 2\n");
        assertThat(section.type()).isEqualTo("other");
        assertThat(section.options()).containsOnlyKeys("a", "b");
    }

    @Test
    void anonymousSectionsStaySeparate() {
        UciFile file = read("config run_asset\n option asset a\nconfig run_asset ''\n option asset b\n");
        assertThat(file.sections()).hasSize(2).allMatch(section -> section.name() == null);
    }

    @Test
    void reportsEveryProblemOfAFileInOneRun() {
        assertThat(problems("""
                option early 1
                config lime net-work
                    option lost 1
                config lime 'network'
                    opton anygw_mac 'x'
                    option ba-d 'x'
                    option ssid two words
                    option
                config
                config lime a b
                """)).containsExactly("""
                error: lime-node:1:1: 'early' stands before any section
                   1 | option early 1
                     | ^^^^^^ write a line before it such as: config lime 'network'""", """
                error: lime-node:2:13: 'net-work' cannot be the name of a section
                   2 | config lime net-work
                     |             ^^^^^^^^ use letters, digits and _ only""", """
                error: lime-node:5:5: 'opton' is not a command (did you mean 'option'?)
                   5 |     opton anygw_mac 'x'
                     |     ^^^^^ write config, option or list""", """
                error: lime-node:6:12: 'ba-d' cannot be the name of an option
                   6 |     option ba-d 'x'
                     |            ^^^^ use letters, digits and _ only""", """
                error: lime-node:7:21: 'words' is one word too many
                   7 |     option ssid two words
                     |                     ^^^^^ put a value with blanks in quotes: option NAME 'VALUE'""", """
                error: lime-node:8:5: the line is not complete
                   8 |     option
                     |     ^^^^^^ write option NAME 'VALUE'""", """
                error: lime-node:9:1: the line is not complete
                   9 | config
                     | ^^^^^^ write config TYPE 'NAME'""", """
                error: lime-node:10:15: 'b' is one word too many
                  10 | config lime a b
                     |               ^ put a value with blanks in quotes: config TYPE 'NAME'""");
    }

    @Test
    void goesOnBehindAQuoteThatIsNeverClosed() {
        assertThat(problems("config lime wifi\n\toption ap_ssid 'Plaza\n\toption ap_key 1\n\tfoo\n")).containsExactly("""
                error: lime-node:2:17: the quote ' is never closed
                   2 |     option ap_ssid 'Plaza
                     |                    ^ close it, or write \\' for the character itself""", """
                error: lime-node:4:2: 'foo' is not a command
                   4 |     foo
                     |     ^^^ write config, option or list""");
    }

    @Test
    void suspectsAMissingQuoteWhereOptionsAreSwallowed() {
        assertThat(problems("config lime wifi\n\toption a 'x\n\toption b 'y'\n\toption c ''z'\n").getFirst()).isEqualTo(
                "warning: lime-node:2: the value that begins here with ' goes on to line 3 and contains whole options\n"
                        + "  Is its closing quote missing?");
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        assertThat(problems("config lime wifi\n option ap_ssid 'Caf\ufffd'\n")).singleElement().asString()
                .startsWith("error: lime-node:2:17: this is not UTF-8 text");
    }

    @Test
    void doesNotLetAFileSteerTheTerminal() {
        assertThat(problems("\u001b[2Jx\n")).singleElement().asString().doesNotContain("\u001b");
    }

    @Test
    void limitsWhatAFileCanCost() {
        assertThat(problems("x".repeat(UciReader.MAX_TEXT_CHARS
                + 1))).singleElement().asString().contains("at most 1048576");
        assertThat(problems("foo\n".repeat(1000))).hasSize(UciReader.MAX_DIAGNOSTICS + 1)
                .last().asString().isEqualTo("error: lime-node: more than 100 problems; the rest is not shown");
        assertThat(read("config a\n".repeat(5000)).sections()).hasSize(UciReader.MAX_SECTIONS);
        StringBuilder options = new StringBuilder("config a b\n");
        for (int i = 0; i < 2000; i++) {
            options.append("option o").append(i).append(" 1\n");
        }
        UciFile many = read(options + "list l 1\n".repeat(10));
        assertThat(many.sections().getFirst().options()).hasSize(UciReader.MAX_OPTIONS_PER_SECTION);
        assertThat(read("config a b\n" + "list l 1\n".repeat(5000)).sections().getFirst().options().get("l").values())
                .hasSize(UciReader.MAX_VALUES_PER_LIST);
        assertThat(read("config a b\noption c " + "d ".repeat(100_000)).diagnostics()).hasSize(1);
        assertThat(problems("config a b\noption c 1 " + "d".repeat(100_000)).getFirst().length()).isLessThan(1000);
    }

    @Test
    void whatIsWrittenReadsBackTheSame() {
        Rng rng = new Rng(20);
        String alphabet = "ab'\"\\ \t\n#;%\u00e1\ud83d\ude00";
        for (int round = 0; round < 500; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = rng.nextInt(12); i >= 0; i--) {
                int at = alphabet.offsetByCodePoints(0, rng.nextInt(alphabet.codePointCount(0,
                        alphabet.length())));
                text.appendCodePoint(alphabet.codePointAt(at));
            }
            UciFile first = read("config lime 'x'\n\toption a " + UciWriter.quote(text.toString())
                    + "\n\tlist b "
                    + UciWriter.quote(text.toString()) + "\n\nconfig anonymous\n");
            assertThat(values(first.sections().getFirst(), "a")).as("round "
                    + round).containsExactly(text.toString());
            String written = UciWriter.write(first.sections());
            assertThat(UciWriter.write(read(written).sections())).isEqualTo(written);
        }
    }
}
