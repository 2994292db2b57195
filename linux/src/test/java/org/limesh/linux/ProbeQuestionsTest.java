package org.limesh.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.limesh.base.Octets;

/** What answers of DNS and HTTP servers are taken for. */
class ProbeQuestionsTest {
    private static final int FLAGS = 2;

    /** An alias, then the address. */
    private static byte[] answer(byte[] question, int... address) {
        byte[] alias = {(byte) 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 2, (byte) 0xc0, 12};
        byte[] record = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 0, 0, 0, 0};
        byte[] whole = Arrays.copyOf(question, question.length + alias.length + record.length);
        System.arraycopy(alias, 0, whole, question.length, alias.length);
        for (int i = 0; i < 4; i++) {
            record[12 + i] = (byte) address[i];
        }
        System.arraycopy(record, 0, whole, question.length + alias.length, record.length);
        Octets.put16(whole, FLAGS, 0x8180);
        Octets.put16(whole, 6, 2);
        return whole;
    }

    @Test
    void findsTheAddressBehindAnAlias() {
        byte[] question = DnsQuestion.question("detectportal.firefox.com", 0x1234);
        byte[] answer = answer(question, 34, 107, 221, 82);
        assertThat(DnsQuestion.isAnswer(answer, answer.length, question)).isTrue();
        assertThat(DnsQuestion.read(answer, answer.length, question.length).address())
                .hasToString("34.107.221.82");
    }

    @Test
    void anAnswerToSomethingElseIsNone() {
        byte[] question = DnsQuestion.question("a.example", 0x1234);
        byte[] other = answer(DnsQuestion.question("b.example", 0x1234), 1, 2, 3, 4);
        byte[] otherNumber = answer(DnsQuestion.question("a.example", 0x1235), 1, 2, 3, 4);
        byte[] loud = answer(DnsQuestion.question("A.EXAMPLE", 0x1234), 1, 2, 3, 4);
        assertThat(DnsQuestion.isAnswer(other, other.length, question)).isFalse();
        assertThat(DnsQuestion.isAnswer(otherNumber, otherNumber.length, question)).isFalse();
        assertThat(DnsQuestion.isAnswer(question, question.length, question)).isFalse();
        assertThat(DnsQuestion.isAnswer(loud, loud.length, question)).isTrue();
    }

    @Test
    void brokenAnswersAreNoAddressAndNoHarm() {
        byte[] question = DnsQuestion.question("a.example", 1);
        byte[] good = answer(question, 1, 2, 3, 4);
        for (int length = question.length; length < good.length; length++) {
            assertThat(DnsQuestion.read(good, length, question.length).address()).isNull();
        }
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] hurt = good.clone();
            for (int j = 0; j < 4; j++) {
                hurt[random.nextInt(hurt.length)] = (byte) random.nextInt();
            }
            if (DnsQuestion.isAnswer(hurt, hurt.length, question)) {
                assertThat(DnsQuestion.read(hurt, hurt.length, question.length).answer()).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "HTTP/1.0 200 OK~~success~ | OK answers",
        "HTTP/1.1 200 OK~Content-Length: 7~~success | OK answers",
        "HTTP/1.1 200 OK~~success, but first log in | WRONG a portal answered: another page",
        "HTTP/1.1 204 No Content~~ | WRONG answered with status 204",
        "HTTP/1.1 302 Found~Location: http://x/~~ | WRONG a portal answered: 302 to http://x/",
        "HTTP/1.1 307 T~LOCATION:https://y/z~~success | WRONG a portal answered: 307 to https://y/z",
        "HTTP/1.1 511 Log in~~ | WRONG a portal answered: 511",
        "HTTP/1.1 200 OK~ | WRONG answered with something that is not HTTP",
        "SSH-2.0-OpenSSH_9.2~ | WRONG answered with something that is not HTTP",
        "'' | WRONG closed without an answer"})
    void comparesThePage(String text, String expected) {
        ProbeAnswer answer = HttpQuestion.judge(text.replace("~", "\r\n"), "success");
        assertThat(answer.outcome() + " " + answer.detail()).isEqualTo(expected);
    }

    @Test
    void whatAPortalSaysIsShownWithoutTricks() {
        ProbeAnswer answer = HttpQuestion.judge("HTTP/1.1 302 F\r\nLocation: http://\u001b[31mx"
                + "y".repeat(500) + "\r\n\r\n", "a");
        assertThat(answer.detail()).hasSizeLessThan(110).doesNotContain("\u001b").endsWith("...");
    }
}
