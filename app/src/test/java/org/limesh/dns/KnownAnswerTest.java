package org.limesh.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.limesh.base.Decoded;
import org.limesh.base.Rng;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class KnownAnswerTest {
    private static final int ID = 4711;
    private static final long NOW_NS = Long.MAX_VALUE - 5;

    /** @param records "name ttl IN type data"; an SOA goes to the authority section */
    static Message answer(int id, String name, int type, String... records) throws IOException {
        Message message = QueryHandlerTest.question(name, type);
        message.getHeader().setID(id);
        message.getHeader().setFlag(Flags.QR);
        message.getHeader().setFlag(Flags.AD);
        for (String text : records) {
            String[] words = text.split(" ", 5);
            Record record = Record.fromString(Name.fromString(words[0]), Type.value(words[3]), DClass.IN,
                    Long.parseLong(words[1]), words[4], Name.root);
            message.addRecord(record, record.getType() == Type.SOA ? Section.AUTHORITY : Section.ANSWER);
        }
        message.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
        return message;
    }

    private static Decoded<KnownAnswer> parse(Message message) {
        byte[] octets = message.toWire();
        return KnownAnswer.parse(octets, octets.length, ID, QueryHandlerTest.question("www.example.org", Type.A).getQuestion(),
                NOW_NS);
    }

    private static KnownAnswer valid(Message message) {
        return ((Decoded.Valid<KnownAnswer>) parse(message)).message();
    }

    private static Query query(int payloadOctets) {
        Message question = QueryHandlerTest.question("www.EXAMPLE.org", Type.A);
        byte[] octets = (payloadOctets == 0 ? question : QueryHandlerTest.withEdns(question, payloadOctets, 0)).toWire();
        return ((Decoded.Valid<Query>) Query.parse(octets, octets.length)).message();
    }

    @Test
    void takesOnlyTheAnswerToTheQuestionThatWasAsked() throws IOException {
        Message good = answer(ID, "www.example.org", Type.A, "www.example.org. 100 IN A 192.0.2.1");
        assertThat(parse(good)).isInstanceOf(Decoded.Valid.class);
        Message otherId = answer(ID + 1, "www.example.org", Type.A);
        Message otherName = answer(ID, "ww.example.org", Type.A);
        Message otherType = answer(ID, "www.example.org", Type.AAAA);
        Message noQuestion = answer(ID, "www.example.org", Type.A);
        noQuestion.removeAllRecords(Section.QUESTION);
        Message noAnswer = QueryHandlerTest.question("www.example.org", Type.A);
        noAnswer.getHeader().setID(ID);
        for (Message bad : List.of(otherId, otherName, otherType, noQuestion, noAnswer)) {
            assertThat(parse(bad)).isInstanceOfSatisfying(Decoded.Malformed.class,
                    malformed -> assertThat(malformed.fault()).isEqualTo("answer_mismatch"));
        }
    }

    @Test
    void whatTheOtherServerCutOffIsNotPassedOffAsTheWhole() throws IOException {
        Message cut = answer(ID, "www.example.org", Type.A, "www.example.org. 100 IN A 192.0.2.1");
        cut.getHeader().setFlag(Flags.TC);
        KnownAnswer known = valid(cut);
        assertThat(known.ttlSeconds()).as("nor is it kept").isZero();
        Message given = new Message(known.answerTo(query(1232), 1232, NOW_NS));
        assertThat(given.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(given.getSection(Section.ANSWER)).hasSize(1);
    }

    @Test
    void repeatsTheClientsLettersAndDoesNotClaimAuthenticity() throws IOException {
        KnownAnswer known = valid(answer(ID, "www.example.org", Type.A, "www.example.org. 100 IN CNAME a.example.org.",
                "a.example.org. 50 IN A 192.0.2.1"));
        Query query = query(1232);
        Message answer = new Message(known.answerTo(query, 1232, NOW_NS + 20_000_000_000L));
        assertThat(answer.getHeader().getID()).isEqualTo(query.id());
        assertThat(answer.getQuestion().getName().toString()).isEqualTo("www.EXAMPLE.org.");
        assertThat(answer.getHeader().getFlag(Flags.AD)).isFalse();
        assertThat(answer.getHeader().getFlag(Flags.RA)).isTrue();
        assertThat(answer.getSection(Section.ANSWER)).extracting(Record::getTTL).containsExactly(80L, 30L);
        assertThat(answer.getOPT().getPayloadSize()).isEqualTo(1232);
        assertThat(new Message(known.answerTo(query(0), 512, NOW_NS)).getOPT()).isNull();
    }

    @Test
    void cutsDownWhatIsTooLongToAskOverTcp() throws IOException {
        String[] records = new String[60];
        for (int i = 0; i < records.length; i++) {
            records[i] = "www.example.org. 100 IN A 192.0.2." + i;
        }
        KnownAnswer known = valid(answer(ID, "www.example.org", Type.A, records));
        byte[] cut = known.answerTo(query(0), 512, NOW_NS);
        assertThat(cut.length).isLessThanOrEqualTo(512);
        assertThat(new Message(cut).getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(new Message(cut).getSection(Section.ANSWER)).isEmpty();
        Message cutWithEdns = new Message(known.answerTo(query(512), 512, NOW_NS));
        assertThat(cutWithEdns.getOPT().getPayloadSize()).isEqualTo(1232);
        assertThat(cutWithEdns.getHeader().getFlag(Flags.TC)).isTrue();
        Message whole = new Message(known.answerTo(query(1232), 65_535, NOW_NS));
        assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(whole.getSection(Section.ANSWER)).hasSize(60);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "NOERROR  | www.example.org. 100 IN A 192.0.2.1 | 100",
        "NOERROR  | www.example.org. 999999 IN A 192.0.2.1 | 86400",
        "NOERROR  | www.example.org. 0 IN A 192.0.2.1 | 0",
        "NOERROR  | example.org. 300 IN SOA a. b. 1 2 3 4 60 | 60",
        "NXDOMAIN | example.org. 30 IN SOA a. b. 1 2 3 4 60 | 30",
        "NXDOMAIN | example.org. 99999 IN SOA a. b. 1 2 3 4 99999 | 3600",
        "NXDOMAIN | www.example.org. 100 IN CNAME a.example.org. | 0",
        "NOERROR  | www.example.org. 100 IN CNAME a.example.org. | 0",
        "SERVFAIL | www.example.org. 100 IN A 192.0.2.1 | 0",
    })
    void keepsAnAnswerAsLongAsItSays(String rcode, String record, int seconds) throws IOException {
        Message message = answer(ID, "www.example.org", Type.A, record);
        message.getHeader().setRcode(Rcode.value(rcode));
        assertThat(valid(message).ttlSeconds()).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource({
        "A, 10.13.0.1, true", "A, 192.168.1.1, true", "A, 127.0.0.1, true", "A, 0.0.0.0, true", "A, 169.254.1.1, true",
        "A, 172.32.0.1, false", "A, 8.8.8.8, false", "AAAA, fd0d::1, true", "AAAA, fe80::1, true", "AAAA, ::1, true",
        "AAAA, ::ffff:10.1.1.1, true", "AAAA, ::ffff:8.8.8.8, false", "AAAA, 2001:db8::1, false",
    })
    void seesAddressesThatNoForeignNameShouldHave(String type, String address, boolean rebinding) throws IOException {
        assertThat(valid(answer(ID, "www.example.org", Type.A, "www.example.org. 100 IN " + type + " " + address))
                .isRebinding()).isEqualTo(rebinding);
    }

    @Test
    void cacheIsBounded() throws IOException {
        AnswerCache cache = new AnswerCache();
        for (int i = 0; i < AnswerCache.MAX_ENTRIES + 100; i++) {
            Name name = Name.fromString("n" + i + ".example.org.");
            cache.put(new AnswerCache.Key(name, Type.A, false, false),
                    valid(answer(ID, "www.example.org", Type.A, "www.example.org. 100 IN A 192.0.2.1")));
        }
        assertThat(cache.size()).isEqualTo(AnswerCache.MAX_ENTRIES);
        assertThat(cache.get(new AnswerCache.Key(Name.fromString("n5.example.org."), Type.A, false, false), NOW_NS)).isNull();
        assertThat(cache.get(new AnswerCache.Key(Name.fromString("N999.example.org."), Type.A, false, false), NOW_NS))
                .isNotNull();
        assertThat(cache.get(new AnswerCache.Key(Name.fromString("n999.example.org."), Type.A, false, false),
                NOW_NS + 100_000_000_000L)).as("too old").isNull();
        assertThat(cache.octets()).isEqualTo(cache.size() * valid(answer(ID, "www.example.org", Type.A,
                "www.example.org. 100 IN A 192.0.2.1")).octets());
    }

    @Test
    void survivesEveryBrokenAnswer() throws IOException {
        byte[] good = answer(ID, "www.example.org", Type.A, "www.example.org. 100 IN CNAME a.example.org.",
                "a.example.org. 50 IN A 192.0.2.1", "example.org. 300 IN SOA a. b. 1 2 3 4 60").toWire();
        Record question = QueryHandlerTest.question("www.example.org", Type.A).getQuestion();
        Rng rng = new Rng(3);
        int valid = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = java.util.Arrays.copyOf(good, rng.nextInt(4) == 0 ? rng.nextInt(good.length) : good.length);
            for (int change = rng.nextInt(5); change > 0 && bad.length > 0; change--) {
                bad[rng.nextInt(bad.length)] = (byte) rng.nextInt(256);
            }
            if (KnownAnswer.parse(bad, bad.length, ID, question, NOW_NS) instanceof Decoded.Valid<KnownAnswer>(var known)) {
                valid++;
                new Message(known.answerTo(query(1232), 1232, NOW_NS + 1));
            }
        }
        assertThat(valid).isBetween(3000, 18_000);
    }
}
