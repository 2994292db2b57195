package org.limesh.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.limesh.access.Lease;
import org.limesh.access.NameTable;
import org.limesh.base.Decoded;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class QueryHandlerTest {
    static final DnsConfig CONFIG = new DnsConfig(0, Ip4Prefix.parse("10.13.0.1/16"),
            Ip6Prefix.parse("fd0d:fe46:8ce8::1/64"), Ip4Address.parse("10.13.52.86"),
            Ip6Address.parse("fd0d:fe46:8ce8::5634:12"));
    static final InetAddress CLIENT = Addresses.parse("10.13.7.21");
    private static final long SECOND_NS = 1_000_000_000L;

    private final DnsCounters counters = new DnsCounters();
    private final QueryHandler handler = new QueryHandler(CONFIG, counters, names("thisnode.info"));
    private long nowNs = -5 * SECOND_NS;

    static NameTable names(String domain) {
        MacAddress node = MacAddress.parse("02:ca:fe:12:34:56");
        Lease phone = new Lease(MacAddress.parse("52:54:00:aa:bb:01"), "", Ip4Address.parse("10.13.7.21"), "phone1", 1, 2,
                "", node, node);
        return NameTable.of(new NameTable.Facts(domain, "LiMe-123456", Ip4Prefix.parse("10.13.52.86/16"),
                Ip6Prefix.parse("fd0d:fe46:8ce8::5634:12/64"), Ip4Address.parse("10.13.0.1"),
                Ip6Address.parse("fd0d:fe46:8ce8::1"), 3600, List.of(phone), Map.of(),
                Map.of("escuela.lan", List.of("fd66::1"))));
    }

    static Message question(String name, int type) {
        try {
            return Message.newQuery(Record.newRecord(Name.fromString(name, Name.root), type, DClass.IN));
        } catch (IOException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    static Message withEdns(Message question, int payloadOctets, int flags) {
        question.addRecord(new OPTRecord(payloadOctets, 0, 0, flags), Section.ADDITIONAL);
        return question;
    }

    private QueryHandler.Verdict verdict(byte[] octets, InetAddress client) {
        return handler.handle(octets, octets.length, client, false, false, nowNs);
    }

    private QueryHandler.Verdict verdict(Message question) {
        return verdict(question.toWire(), CLIENT);
    }

    private Message reply(Message question) throws IOException {
        return message(verdict(question));
    }

    private static Message message(QueryHandler.Verdict verdict) throws IOException {
        assertThat(verdict).isInstanceOf(QueryHandler.Verdict.Reply.class);
        return new Message(((QueryHandler.Verdict.Reply) verdict).octets());
    }

    private long counter(String name) {
        return counters.snapshot().getOrDefault(name, 0L);
    }

    @ParameterizedTest
    @CsvSource({
        "thisnode.info, A, 10.13.0.1", "thisnode.info, AAAA, fd0d:fe46:8ce8::1", "ANYGW, A, 10.13.0.1",
        "phone1, A, 10.13.7.21", "phone1.thisnode.info, A, 10.13.7.21", "lime-123456, AAAA, fd0d:fe46:8ce8::5634:12",
        "21.7.13.10.in-addr.arpa, PTR, phone1.thisnode.info.", "thisnode.info, NS, anygw.thisnode.info.",
    })
    void answersOwnNamesItself(String name, String type, String data) throws IOException {
        Message question = question(name, Type.value(type));
        Message answer = reply(question);
        assertThat(answer.getHeader().getID()).isEqualTo(question.getHeader().getID());
        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(List.of(answer.getHeader().getFlag(Flags.QR), answer.getHeader().getFlag(Flags.AA),
                answer.getHeader().getFlag(Flags.RA), answer.getHeader().getFlag(Flags.RD))).doesNotContain(false);
        assertThat(answer.getQuestion()).isEqualTo(question.getQuestion());
        assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
        assertThat(answer.getSection(Section.ANSWER).getFirst().rdataToString().replace("0:0:0:0:0:0:0", ":")
                .replace("fd0d:fe46:8ce8:0:0:0:5634:12", "fd0d:fe46:8ce8::5634:12")
                .replace("fd0d:fe46:8ce8:0:0:0:0:1", "fd0d:fe46:8ce8::1")).isEqualTo(data);
        assertThat(counter("dns.local")).isEqualTo(1);
    }

    @Test
    void unknownNamesOfTheCloudDoNotExistAndTheSoaSaysForHowLong() throws IOException {
        handler.setUpstreams(List.of("192.0.2.53"));
        Message answer = reply(question("nobody.thisnode.info", Type.A));
        assertThat(answer.getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(answer.getSection(Section.AUTHORITY)).hasSize(1);
        assertThat(answer.getSection(Section.AUTHORITY).getFirst().getType()).isEqualTo(Type.SOA);
        assertThat(reply(question("printer", Type.A)).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    @Test
    void knownNameWithoutSuchDataHasNone() throws IOException {
        Message answer = reply(question("phone1.thisnode.info", Type.AAAA));
        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
        assertThat(answer.getSection(Section.AUTHORITY)).hasSize(1);
    }

    @Test
    void foreignNamesAreRefusedWithoutAnUpstreamServerAndAskedWithOne() throws IOException {
        assertThat(reply(question("example.org", Type.A)).getRcode()).isEqualTo(Rcode.REFUSED);
        handler.setUpstreams(List.of("192.0.2.53"));
        assertThat(verdict(question("example.org", Type.A))).isInstanceOfSatisfying(QueryHandler.Verdict.Ask.class,
                ask -> assertThat(ask.servers()).containsExactly("192.0.2.53"));
        assertThat(verdict(question("info", Type.DS))).isInstanceOf(QueryHandler.Verdict.Ask.class);
        assertThat(verdict(question("pc1.escuela.lan", Type.A))).isInstanceOfSatisfying(QueryHandler.Verdict.Ask.class,
                ask -> assertThat(ask.servers()).containsExactly("fd66::1"));
    }

    @Test
    void whatIsNoNameOfTheInternetIsRefused() throws IOException {
        Message chaos = Message.newQuery(Record.newRecord(Name.fromString("version.bind."), Type.TXT, DClass.CH));
        assertThat(reply(chaos).getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(reply(question("thisnode.info", Type.AXFR)).getRcode()).isEqualTo(Rcode.REFUSED);
        Message update = question("thisnode.info", Type.SOA);
        update.getHeader().setOpcode(Opcode.UPDATE);
        assertThat(reply(update).getRcode()).isEqualTo(Rcode.NOTIMP);
    }

    @Test
    void speaksEdnsWithWhoDoes() throws IOException {
        Message answer = reply(withEdns(question("thisnode.info", Type.A), 4096, ExtendedFlags.DO));
        assertThat(answer.getOPT().getPayloadSize()).isEqualTo(1232);
        assertThat(answer.getOPT().getFlags()).isEqualTo(ExtendedFlags.DO);
        assertThat(reply(question("thisnode.info", Type.A)).getOPT()).isNull();
        Message fromFuture = question("thisnode.info", Type.A);
        fromFuture.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);
        assertThat(reply(fromFuture).getRcode()).isEqualTo(Rcode.BADVERS);
    }

    @Test
    void servesItsOwnCloudFullyAndOtherCloudsOnlyWithItsOwnNames() throws IOException {
        handler.setUpstreams(List.of("192.0.2.53"));
        InetAddress otherCloud = Addresses.parse("fd66:6666::7");
        byte[] own = question("phone1.thisnode.info", Type.A).toWire();
        byte[] foreign = question("example.org", Type.A).toWire();
        assertThat(message(verdict(own, otherCloud)).getSection(Section.ANSWER)).hasSize(1);
        assertThat(message(verdict(foreign, otherCloud)).getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(message(verdict(foreign, Addresses.parse("10.66.0.3"))).getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(verdict(own, Addresses.parse("203.0.113.5"))).isInstanceOf(QueryHandler.Verdict.Drop.class);
        assertThat(verdict(own, Addresses.parse("2001:db8::5"))).isInstanceOf(QueryHandler.Verdict.Drop.class);
        assertThat(counter("drop.dns.foreign_client")).isEqualTo(2);
        assertThat(verdict(foreign, Addresses.parse("fe80::1"))).isInstanceOf(QueryHandler.Verdict.Ask.class);
        assertThat(verdict(foreign, Addresses.parse("fd0d:fe46:8ce8::77"))).isInstanceOf(QueryHandler.Verdict.Ask.class);
    }

    @Test
    void oneClientMayLetOthersBeAskedSoOftenOnly() {
        handler.setUpstreams(List.of("192.0.2.53"));
        int asked = 0;
        for (int i = 0; i < 1000; i++) {
            asked += verdict(question("n" + i + ".example.org", Type.A)) instanceof QueryHandler.Verdict.Ask ? 1 : 0;
        }
        assertThat(asked).isEqualTo(ClientLimits.FORWARDED_BURST);
        assertThat(counter("drop.dns.client_rate")).isEqualTo(1000 - asked);
        assertThat(verdict(question("example.org", Type.A).toWire(), Addresses.parse("10.13.7.22")))
                .as("another client").isInstanceOf(QueryHandler.Verdict.Ask.class);
        nowNs += SECOND_NS;
        assertThat(verdict(question("example.org", Type.A))).isInstanceOf(QueryHandler.Verdict.Ask.class);
    }

    @Test
    void underLoadWhoAsksMostGoesShort() {
        byte[] own = question("phone1", Type.A).toWire();
        int answered = 0;
        for (int i = 0; i < 2000; i++) {
            answered += handler.handle(own, own.length, CLIENT, false, true, nowNs) instanceof QueryHandler.Verdict.Reply
                    ? 1 : 0;
        }
        assertThat(answered).isEqualTo(ClientLimits.UNDER_LOAD_PER_SECOND);
        assertThat(handler.handle(own, own.length, Addresses.parse("10.13.7.22"), false, true, nowNs))
                .isInstanceOf(QueryHandler.Verdict.Reply.class);
    }

    @Test
    void countsAndDropsWhatIsNoQuestion() {
        byte[] good = question("thisnode.info", Type.A).toWire();
        byte[] answer = good.clone();
        answer[2] |= (byte) 0x80;
        byte[] twoQuestions = good.clone();
        twoQuestions[5] = 2;
        byte[] cut = java.util.Arrays.copyOf(good, good.length - 3);
        byte[] tooShort = java.util.Arrays.copyOf(good, 11);
        for (byte[] bad : List.of(answer, twoQuestions, cut, tooShort, new byte[Query.MAX_OCTETS + 1])) {
            assertThat(verdict(bad, CLIENT)).isInstanceOf(QueryHandler.Verdict.Drop.class);
        }
        assertThat(counters.snapshot()).containsEntry("drop.dns.not_a_query", 1L).containsEntry("drop.dns.counts", 1L)
                .containsEntry("drop.dns.malformed", 1L).containsEntry("drop.dns.truncated", 1L)
                .containsEntry("drop.dns.too_long", 1L);
    }

    @Test
    void survivesEveryBrokenQuestion() {
        handler.setUpstreams(List.of("192.0.2.53"));
        byte[] good = withEdns(question("phone1.thisnode.info", Type.A), 1232, 0).toWire();
        Rng rng = new Rng(3);
        int replies = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = java.util.Arrays.copyOf(good, rng.nextInt(4) == 0 ? rng.nextInt(good.length) : good.length);
            for (int change = rng.nextInt(5); change > 0 && bad.length > 0; change--) {
                bad[rng.nextInt(bad.length)] = (byte) rng.nextInt(256);
            }
            replies += verdict(bad, CLIENT) instanceof QueryHandler.Verdict.Reply ? 1 : 0;
        }
        assertThat(replies).isBetween(3000, 18_000);
    }

    @Test
    void answersOfOthersAreKeptAsLongAsTheyHold() throws IOException {
        handler.setUpstreams(List.of("192.0.2.53"));
        QueryHandler.Verdict.Ask ask = (QueryHandler.Verdict.Ask) verdict(question("www.example.org", Type.A));
        Message upstream = KnownAnswerTest.answer(7, "www.example.org", Type.A, "www.example.org. 100 IN A 192.0.2.1");
        handler.learn(ask.key(), valid(upstream, ask.query().question()));
        nowNs += 40 * SECOND_NS;
        Message answer = reply(withEdns(question("WWW.example.ORG", Type.A), 1232, 0));
        assertThat(answer.getQuestion().getName().toString()).isEqualTo("WWW.example.ORG.");
        assertThat(answer.getSection(Section.ANSWER).getFirst().getTTL()).isEqualTo(60);
        assertThat(answer.getOPT()).isNotNull();
        assertThat(counter("dns.cached")).isEqualTo(1);
        nowNs += 60 * SECOND_NS;
        assertThat(verdict(question("www.example.org", Type.A))).isInstanceOf(QueryHandler.Verdict.Ask.class);
    }

    private KnownAnswer valid(Message upstream, Record question) {
        byte[] octets = upstream.toWire();
        return ((Decoded.Valid<KnownAnswer>) KnownAnswer.parse(octets, octets.length, 7, question, nowNs)).message();
    }
}
