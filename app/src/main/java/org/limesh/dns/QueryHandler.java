package org.limesh.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.access.NameTable;
import org.limesh.access.NameTable.Meaning;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Decides what becomes of a datagram that claims to be a question. Does no input or output itself; called by
 * one thread.
 */
public final class QueryHandler {
    /** An address of a lease may be another's in an hour, and the anycast ones never change; so not for long. */
    static final int OWN_TTL_SECONDS = 60;
    /** A phone that is not here may come any moment. */
    static final int OWN_NEGATIVE_TTL_SECONDS = 10;
    private static final int REFRESH_SECONDS = 3600;
    private static final int RETRY_SECONDS = 600;
    private static final int EXPIRE_SECONDS = 86_400;
    private static final int MAX_TCP_OCTETS = 65_535;

    /** What becomes of it. */
    public sealed interface Verdict {
        record Reply(byte[] octets) implements Verdict {}

        /** Counted; nobody is told. */
        record Drop() implements Verdict {}

        /**
         * Somebody else has to be asked.
         *
         * @param servers addresses as text, the first to ask first; not empty
         * @param guarded answers may not name private addresses
         */
        record Ask(Query query, AnswerCache.Key key, List<String> servers, boolean guarded) implements Verdict {}
    }

    private static final Verdict DROP = new Verdict.Drop();

    private final DnsConfig config;
    private final DnsCounters counters;
    private final AnswerCache cache = new AnswerCache();
    /** Answers about own names, as octets, as long as the table is the same. */
    private final Map<AnswerCache.Key, KnownAnswer> ownAnswers = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AnswerCache.Key, KnownAnswer> eldest) {
            return size() > AnswerCache.MAX_ENTRIES;
        }
    };
    private NameTable ownAnswersOf;
    private final ClientLimits limits = new ClientLimits();
    private volatile NameTable names;
    private volatile List<String> upstreams = List.of();

    public QueryHandler(DnsConfig config, DnsCounters counters, NameTable names) {
        this.config = config;
        this.counters = counters;
        this.names = names;
    }

    /** Any thread. */
    void setNames(NameTable table) {
        names = table;
    }

    /** Any thread. */
    public void setUpstreams(List<String> servers) {
        upstreams = List.copyOf(servers);
    }

    /**
     * @param tcp      came over TCP: its answer may be long
     * @param overload more questions come than can be answered
     */
    public Verdict handle(byte[] octets, int length, InetAddress client, boolean tcp, boolean overload, long nowNs) {
        counters.queries.increment();
        boolean ofCloud = isOfCloud(client);
        if (!ofCloud && !Addresses.isOfMesh(client)) {
            return drop("foreign_client");
        }
        if (overload && !limits.mayAskUnderLoad(client, nowNs)) {
            return drop("client_rate");
        }
        return switch (Query.parse(octets, length)) {
            case Decoded.Malformed<Query>(String fault, int unused) -> drop(fault);
            case Decoded.Valid<Query>(Query query) -> answer(query, client, ofCloud, limit(query, tcp), nowNs);
        };
    }

    static int limit(Query query, boolean tcp) {
        return tcp ? MAX_TCP_OCTETS : query.answerOctets();
    }

    private boolean isOfCloud(InetAddress client) {
        return client instanceof Inet4Address ? config.anycast4().contains(Addresses.ip4(client))
                : config.anycast6().contains(Addresses.ip6(client)) || client.isLinkLocalAddress();
    }

    private Verdict drop(String reason) {
        counters.drop(reason).increment();
        return DROP;
    }

    private Verdict answer(Query query, InetAddress client, boolean ofCloud, int maxOctets, long nowNs) {
        int type = query.question().getType();
        if (query.opcode() != Opcode.QUERY) {
            return refusal(query, Rcode.NOTIMP, maxOctets);
        }
        if (query.edns() != null && query.edns().getVersion() != 0) {
            return refusal(query, Rcode.BADVERS, maxOctets);
        }
        // Transfers, and questions about the message itself, are no names.
        if (!query.isInternet() || type == Type.AXFR || type == Type.IXFR || type == Type.OPT || type == Type.TSIG
                || type == Type.MAILA || type == Type.MAILB) {
            return refusal(query, Rcode.REFUSED, maxOctets);
        }
        NameTable table = names;
        if (table != ownAnswersOf) {
            ownAnswersOf = table;
            ownAnswers.clear();
        }
        Meaning meaning = table.lookup(query.question().getName().toString(true));
        if (!ofCloud && !table.isPublic(meaning)) {
            return refusal(query, Rcode.REFUSED, maxOctets);
        }
        return switch (meaning) {
            case Meaning.Host host -> own(query, host, maxOctets);
            case Meaning.Pointer pointer -> own(query, pointer, maxOctets);
            case Meaning.Nothing nothing -> own(query, nothing, maxOctets);
            case Meaning.Plain plain when asksForHost(type) -> own(query, new Meaning.Nothing(""), maxOctets);
            case Meaning.Plain plain -> others(query, client, upstreams, true, maxOctets, nowNs);
            case Meaning.OtherCloud other -> others(query, client, other.servers(), false, maxOctets, nowNs);
            case Meaning.Foreign foreign -> others(query, client, upstreams, true, maxOctets, nowNs);
        };
    }

    private static boolean asksForHost(int type) {
        return type == Type.A || type == Type.AAAA || type == Type.ANY || type == Type.HTTPS || type == Type.SVCB
                || type == Type.MX;
    }

    private Verdict refusal(Query query, int rcode, int maxOctets) {
        counters.refused.increment();
        return new Verdict.Reply(query.answer(rcode).toWire(maxOctets));
    }

    // ---- names of others ----------------------------------------------------------------------------

    private Verdict others(Query query, InetAddress client, List<String> servers, boolean guarded, int maxOctets,
            long nowNs) {
        AnswerCache.Key key = AnswerCache.Key.of(query);
        KnownAnswer known = cache.get(key, nowNs);
        if (known != null) {
            counters.cached.increment();
            return new Verdict.Reply(known.answerTo(query, maxOctets, nowNs));
        }
        if (servers.isEmpty() || !query.has(Query.FLAG_RECURSION_DESIRED)) {
            return refusal(query, Rcode.REFUSED, maxOctets);
        }
        if (!limits.mayForward(client, nowNs)) {
            return drop("client_rate");
        }
        return new Verdict.Ask(query, key, servers, guarded);
    }

    /** An answer came for what {@link Verdict.Ask} asked. */
    void learn(AnswerCache.Key key, KnownAnswer answer) {
        cache.put(key, answer);
    }

    int cachedAnswers() {
        return cache.size();
    }

    // ---- own names ----------------------------------------------------------------------------------

    private Verdict own(Query query, Meaning meaning, int maxOctets) {
        counters.local.increment();
        AnswerCache.Key key = AnswerCache.Key.of(query);
        KnownAnswer answer = ownAnswers.get(key);
        if (answer == null) {
            try {
                answer = KnownAnswer.own(ownMessage(query, meaning));
            } catch (IOException unwritable) {
                // A configured domain that DNS cannot carry.
                return refusal(query, Rcode.SERVFAIL, maxOctets);
            }
            ownAnswers.put(key, answer);
        }
        return new Verdict.Reply(answer.answerTo(query, maxOctets, 0));
    }

    private static Message ownMessage(Query query, Meaning meaning) throws IOException {
        Message answer = new Message(0);
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.AA);
        answer.getHeader().setFlag(Flags.RA);
        answer.getHeader().setRcode(meaning instanceof Meaning.Nothing ? Rcode.NXDOMAIN : Rcode.NOERROR);
        answer.addRecord(query.question(), Section.QUESTION);
        switch (meaning) {
            case Meaning.Host host -> addHost(answer, query, host);
            case Meaning.Pointer pointer -> addPointer(answer, query, pointer);
            case Meaning.Nothing nothing -> addSoa(answer, nothing.zone(), Section.AUTHORITY);
            case Meaning.Plain plain -> { }
            case Meaning.OtherCloud other -> { }
            case Meaning.Foreign foreign -> { }
        }
        return answer;
    }

    private static void addHost(Message answer, Query query, Meaning.Host host) throws IOException {
        Name name = query.question().getName();
        int type = query.question().getType();
        if (type == Type.A || type == Type.ANY) {
            for (Ip4Address address : host.addresses4()) {
                answer.addRecord(new ARecord(name, DClass.IN, OWN_TTL_SECONDS, Addresses.of(address)), Section.ANSWER);
            }
        }
        if (type == Type.AAAA || type == Type.ANY) {
            for (Ip6Address address : host.addresses6()) {
                answer.addRecord(new AAAARecord(name, DClass.IN, OWN_TTL_SECONDS, Addresses.of(address)), Section.ANSWER);
            }
        }
        if (host.apex() && (type == Type.NS || type == Type.ANY)) {
            answer.addRecord(new NSRecord(name, DClass.IN, OWN_TTL_SECONDS, server(host.zone())), Section.ANSWER);
        }
        if (host.apex() && (type == Type.SOA || type == Type.ANY)) {
            addSoa(answer, host.zone(), Section.ANSWER);
        }
        if (answer.getSection(Section.ANSWER).isEmpty()) {
            addSoa(answer, host.zone(), Section.AUTHORITY);
        }
    }

    private static void addPointer(Message answer, Query query, Meaning.Pointer pointer) throws IOException {
        int type = query.question().getType();
        if (type == Type.PTR || type == Type.ANY) {
            answer.addRecord(new PTRRecord(query.question().getName(), DClass.IN, OWN_TTL_SECONDS,
                    absolute(pointer.name())), Section.ANSWER);
        } else {
            addSoa(answer, pointer.zone(), Section.AUTHORITY);
        }
    }

    /** Tells the client how long it may believe that there is nothing. */
    private static void addSoa(Message answer, String zone, int section) throws IOException {
        if (!zone.isEmpty()) {
            answer.addRecord(new SOARecord(absolute(zone), DClass.IN, OWN_NEGATIVE_TTL_SECONDS, server(zone),
                    absolute("hostmaster." + zone), 1, REFRESH_SECONDS, RETRY_SECONDS, EXPIRE_SECONDS,
                    OWN_NEGATIVE_TTL_SECONDS), section);
        }
    }

    private static Name server(String zone) throws TextParseException {
        return absolute("anygw." + zone);
    }

    private static Name absolute(String name) throws TextParseException {
        return Name.fromString(name, Name.root);
    }
}
