package org.limesh.interop.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.access.Lease;
import org.limesh.access.NameTable;
import org.limesh.base.Decoded;
import org.limesh.base.Invariant;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.dns.DnsConfig;
import org.limesh.dns.DnsCounters;
import org.limesh.dns.KnownAnswer;
import org.limesh.dns.Query;
import org.limesh.dns.QueryHandler;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The DNS server: what clients send it, and what other servers answer. */
class DnsFuzzTest {
    private static final int UDP_OCTETS = 1232;
    private static final DnsConfig CONFIG = new DnsConfig(53, Ip4Prefix.parse("10.13.0.1/16"),
            Ip6Prefix.parse("fd0d::1/64"), Ip4Address.parse("10.13.0.3"), Ip6Address.parse("fd0d::3"));
    private static final MacAddress NODE = MacAddress.parse("02:ca:fe:00:00:03");
    private static final NameTable NAMES = NameTable.of(new NameTable.Facts("thisnode.info", "LiMe-000003",
            Ip4Prefix.parse("10.13.0.3/16"), Ip6Prefix.parse("fd0d::3/64"), Ip4Address.parse("10.13.0.1"),
            Ip6Address.parse("fd0d::1"), 3600,
            List.of(new Lease(MacAddress.parse("52:54:00:aa:bb:01"), "", Ip4Address.parse("10.13.7.21"), "phone1", 1, 2, "",
                    NODE, NODE)), Map.of(), Map.of("escuela.lan", List.of("fd66::1"))));

    private static Message question(String name, int type) throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
    }

    static Stream<byte[]> questions() throws IOException {
        Message edns = question("phone1.thisnode.info.", Type.AAAA);
        edns.addRecord(new OPTRecord(4096, 0, 0, 0x8000), Section.ADDITIONAL);
        return Stream.of(question("thisnode.info.", Type.A), edns, question("21.7.13.10.in-addr.arpa.", Type.PTR),
                question("nobody.", Type.SOA), question("thisnode.info.", Type.ANY), question("www.example.org.", Type.HTTPS))
                .map(Message::toWire);
    }

    @MethodSource("questions")
    @FuzzTest(maxDuration = "20s")
    void dnsQuestion(byte[] input) throws IOException {
        InetAddress client = InetAddress.getByAddress(new byte[] {10, 13, 7, 21});
        Bounds.PER_FRAME.check(input, () -> {
            QueryHandler handler = new QueryHandler(CONFIG, new DnsCounters(), NAMES);
            handler.setUpstreams(List.of("192.0.2.53"));
            if (handler.handle(input, input.length, client, false, false, 0)
                    instanceof QueryHandler.Verdict.Reply(byte[] octets)) {
                Message answer = read(octets);
                Invariant.check(octets.length <= UDP_OCTETS, "an answer fits a datagram");
                Invariant.check(octets[0] == input[0] && octets[1] == input[1], "an answer has the id of its question");
                Invariant.check(answer.getHeader().getFlag(Flags.QR), "an answer is no question");
            }
        });
    }

    private static Message read(byte[] octets) {
        try {
            return new Message(octets);
        } catch (IOException unreadable) {
            throw new IllegalStateException("an answer is well formed", unreadable);
        }
    }

    static Stream<byte[]> answers() throws IOException {
        Message answer = question("www.example.org.", Type.A);
        answer.getHeader().setFlag(Flags.QR);
        Name name = Name.fromString("www.example.org.");
        answer.addRecord(Record.fromString(name, Type.CNAME, DClass.IN, 100, "a.example.org.", Name.root), Section.ANSWER);
        answer.addRecord(Record.fromString(Name.fromString("a.example.org."), Type.A, DClass.IN, 50, "192.0.2.1", Name.root),
                Section.ANSWER);
        answer.addRecord(Record.fromString(Name.fromString("example.org."), Type.SOA, DClass.IN, 300,
                "ns.example.org. root.example.org. 1 2 3 4 60", Name.root), Section.AUTHORITY);
        answer.addRecord(Record.fromString(Name.fromString("_x._tcp.example.org."), Type.SRV, DClass.IN, 300,
                "1 2 80 www.example.org.", Name.root), Section.ADDITIONAL);
        answer.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        return Stream.of(answer.toWire());
    }

    @MethodSource("answers")
    @FuzzTest(maxDuration = "20s")
    void dnsAnswer(byte[] input) throws IOException {
        Record question = question("www.example.org.", Type.A).getQuestion();
        byte[] asked = questions().skip(1).findFirst().orElseThrow();
        Query client = ((Decoded.Valid<Query>) Query.parse(asked, asked.length)).message();
        Query sameName = new Query(client.id(), client.flags(), question, client.edns());
        Bounds.PER_DNS_ANSWER.check(input, () -> {
            int id = input.length < 2 ? 0 : (input[0] & 0xff) << 8 | input[1] & 0xff;
            if (KnownAnswer.parse(input, input.length, id, question, 0) instanceof Decoded.Valid<KnownAnswer>(var known)) {
                byte[] whole = known.answerTo(sameName, 65_535, 5_000_000_000L);
                Message answer = read(whole);
                Invariant.check(answer.getQuestion().equals(question), "an answer repeats its question");
                byte[] brief = known.answerTo(sameName, 512, 5_000_000_000L);
                Invariant.check(brief.length <= 512 && read(brief).getOPT() != null, "an answer is cut where it has to be");
                Invariant.check(Arrays.equals(whole, known.answerTo(sameName, 65_535, 5_000_000_000L)),
                        "an answer can be given again");
            }
        });
    }
}
