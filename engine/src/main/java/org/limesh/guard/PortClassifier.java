package org.limesh.guard;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.guard.PortView.Consequence;
import org.limesh.packet.Arp;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Udp;

/**
 * Finds out what is at the other end of one client port, by listening and by asking.
 *
 * <pre>
 *  evidence                                                  kind            what is done
 *  hello of a node of another cloud, or an answer to our     FOREIGN_CLOUD   cut off; of two that greet each other
 *    DHCP question from another anycast MAC, twice                           the one with the lower MAC stays
 *  answer to our DHCP question from any other server, twice  UPLINK          cut off
 *  hello from another port of our own                        NODE_LAN        the port with the higher number cut off
 *  hello of our cloud, or an answer from our anycast MAC     NODE_LAN        lowest MAC serves; the others do not, and
 *    while nobody greets (LibreMesh itself), twice                           are cut off if the mesh is a way round
 *  batman-adv or BMX7, twice                                 MESH            served; BMX7 let in
 *  any other question or ARP                                 CLIENTS         served
 * </pre>
 *
 * <p>A stray or forged answer is no evidence: only an answer to a question of our own, with its number, counts,
 * and only the second one. What is heard unasked makes the port ask at once.
 *
 * <p>A cable that closes a ring would let frames go round for ever until the nodes at its ends have found each
 * other. So they greet each other every five seconds and at once when a stranger's frame comes in; and a node that
 * hears its own frames come back cuts the port off for {@value #OWN_FRAMES_S} s, or until it knows better.
 *
 * <p>Bounds: {@value #MAX_PEERS} nodes on a wire, {@value #MAX_KNOWN} stations remembered, one hello a second, one
 * question each {@value #PROBE_GAP_MS} ms.
 */
final class PortClassifier {
    static final int MAX_PEERS = 32;
    static final int MAX_KNOWN = 64;
    private static final int OWN_FRAMES_S = 10;
    private static final long OWN_FRAMES_NS = seconds(OWN_FRAMES_S);
    static final long HELLO_NS = seconds(5);
    static final long PEER_LIVES_NS = seconds(16);
    private static final long HELLO_FIRST_NS = 50_000_000L;
    private static final long HELLO_GAP_NS = seconds(1);
    private static final int PROBE_GAP_MS = 2000;
    private static final long PROBE_GAP_NS = PROBE_GAP_MS * 1_000_000L;
    private static final long PROBE_FIRST_NS = seconds(1);
    private static final long PROBE_SOON_NS = 200_000_000L;
    /** What is overheard all the time is worth one question in a while. */
    private static final long SUSPICION_GAP_NS = seconds(30);
    private static final long PROBE_REFRESH_NS = seconds(20);
    private static final long PROBE_IDLE_NS = seconds(300);
    /** After the port came up: the other end may need a moment, a switch that looks for rings half a minute. */
    private static final long[] FIRST_GAPS_NS = {PROBE_GAP_NS, seconds(5), seconds(12), seconds(20)};
    private static final int ANSWERS_BELIEVED = 2;
    private static final int UNANSWERED_BELIEVED = 3;
    private static final int MESH_FRAMES_BELIEVED = 2;
    /** A burst of forged frames counts once; those who mean it go on. */
    private static final long MESH_GAP_NS = seconds(1);
    /** Questions that may still be answered: some servers first look whether an address is free. */
    private static final int OPEN_QUESTIONS = 4;
    private static final long MESH_LIVES_NS = seconds(60);
    private static final long CLIENTS_LIVE_NS = seconds(600);
    /** A way round through the mesh counts so long after it was seen last, or a port would open and close. */
    private static final long LOOP_LIVES_NS = seconds(30);
    private static final int BMX7 = 6270;
    private static final int BATADV_OGM = 0;
    private static final int ANYCAST_PREFIX_SHIFT = 24;
    private static final long ANYCAST_PREFIX = 0xaaaaaaL;
    /** Beginning of the destination of a claim of batman-adv's bridge loop avoidance. */
    private static final long CLAIM_PREFIX = 0xff4305L;

    /** What a classifier needs of its node. */
    interface Outbox {
        /** Sends a frame out of the interface, past the bridge. */
        void transmit(int port, Frame frame);

        /** True when layer 2 has a way to this originator. */
        boolean reaches(MacAddress originator);

        /** True when layer 2 has any neighbour. */
        boolean hasNeighbours();
    }

    /** Who answered our question for an address. */
    private enum Server { NONE, OWN_CLOUD, OTHER_CLOUD, STRANGER }

    private record Peer(Hello hello, long heardNs) {}

    private final GuardConfig config;
    private final int port;
    private final Outbox out;
    private final Map<MacAddress, Peer> peers = new LinkedHashMap<>();
    /** Stations heard here, those that came last. */
    private final Set<Long> known = new LinkedHashSet<>();
    private boolean ownFrames;
    private long ownFramesNs;
    private boolean suspected;
    private long suspectedNs;
    private long nextHelloNs;
    private long lastHelloNs;
    private long nextProbeNs;
    private long lastProbeNs;
    /** Numbers of questions that nobody has answered, the last ones. */
    private final ArrayDeque<Integer> open = new ArrayDeque<>();
    private boolean answered = true;
    private int probesSent;
    private Server server = Server.NONE;
    private String serverName = "";
    private int answers;
    private int unanswered;
    private int meshFrames;
    private long meshNs;
    private boolean speaksBatadv;
    private long bmx7Ns;
    private boolean speaksBmx7;
    private boolean heardClients;
    private long clientsNs;
    private int ownOtherPort = -1;
    private long ownOtherPortNs;
    private boolean loop;
    private long loopNs;

    PortClassifier(GuardConfig config, int port, Outbox out, long nowNs) {
        this.config = config;
        this.port = port;
        this.out = out;
        this.lastHelloNs = nowNs - HELLO_GAP_NS;
        this.lastProbeNs = nowNs - PROBE_GAP_NS;
        begin(nowNs);
    }

    private static long seconds(int count) {
        return count * 1_000_000_000L;
    }

    private void begin(long nowNs) {
        nextHelloNs = nowNs + HELLO_FIRST_NS;
        nextProbeNs = nowNs + PROBE_FIRST_NS;
        probesSent = 0;
    }

    /** The cable was plugged in, or pulled and plugged in: what was known is void. */
    void onPlugged(long nowNs) {
        peers.clear();
        server = Server.NONE;
        answers = 0;
        unanswered = 0;
        answered = true;
        open.clear();
        meshFrames = 0;
        speaksBatadv = false;
        speaksBmx7 = false;
        heardClients = false;
        ownOtherPort = -1;
        ownFrames = false;
        suspected = false;
        known.clear();
        loop = false;
        begin(nowNs);
    }

    /**
     * Whether a frame can tell anything here. The Linux host's packet filter lets the same ones through.
     */
    static boolean wants(Frame frame) {
        if (frame.length() < Ethernet.HEADER_OCTETS) {
            return false;
        }
        return switch (Ethernet.type(frame)) {
            case Hello.ETHER_TYPE, Ethernet.TYPE_ARP -> true;
            // Of the mesh only originator messages: where it runs on the same port everything else is traffic.
            case Ethernet.TYPE_BATADV -> frame.length() > Ethernet.HEADER_OCTETS
                    && frame.u8(Ethernet.HEADER_OCTETS) == BATADV_OGM;
            case Ethernet.TYPE_IPV4 -> Udp.destinationPort(frame) == Udp.PORT_DHCP_CLIENT
                    || Udp.destinationPort(frame) == Udp.PORT_DHCP_SERVER;
            case Ethernet.TYPE_IPV6 -> Udp.destinationPort(frame) == BMX7
                    || Icmpv6.type(frame) == Icmpv6.ROUTER_ADVERTISEMENT
                    || Icmpv6.type(frame) == Icmpv6.ROUTER_SOLICITATION;
            default -> false;
        };
    }

    /** A frame came in on the port. The caller has checked {@link #wants}. */
    void onFrame(Frame frame, long nowNs) {
        long source = Ethernet.source(frame);
        if (source == config.node().bits() || source == 0 || MacAddress.isMulticast(source)) {
            onOwn(frame, source, nowNs);
            return;
        }
        if (known.add(source)) {
            helloSoon(nowNs);
            if (known.size() > MAX_KNOWN) {
                known.remove(known.iterator().next());
            }
        }
        switch (Ethernet.type(frame)) {
            case Hello.ETHER_TYPE -> onHello(frame, nowNs);
            case Ethernet.TYPE_BATADV -> {
                speaksBatadv = true;
                onMesh(nowNs);
            }
            case Ethernet.TYPE_ARP -> onArp(frame, source, nowNs);
            case Ethernet.TYPE_IPV4 -> onDhcp(frame, source, nowNs);
            default -> onIpv6(frame, source, nowNs);
        }
    }

    /** Our own greeting comes back: through another port of ours, which it names. */
    private void onOwn(Frame frame, long source, long nowNs) {
        if (Ethernet.type(frame) != Hello.ETHER_TYPE) {
            ownFrames |= source == config.node().bits();
            ownFramesNs = nowNs;
            helloSoon(nowNs);
        } else if (Hello.parse(frame) instanceof Decoded.Valid<Hello>(Hello hello)
                && hello.node().equals(config.node()) && hello.port() != port) {
            ownOtherPort = hello.port();
            ownOtherPortNs = nowNs;
        }
    }

    private void onHello(Frame frame, long nowNs) {
        if (Hello.parse(frame) instanceof Decoded.Valid<Hello>(Hello hello)
                && hello.node().bits() == Ethernet.source(frame)) {
            boolean known = peers.containsKey(hello.node());
            if (known || peers.size() < MAX_PEERS) {
                peers.put(hello.node(), new Peer(hello, nowNs));
            }
            if (!known) {
                helloSoon(nowNs);
            }
        }
    }

    private void helloSoon(long nowNs) {
        long soonNs = lastHelloNs + HELLO_GAP_NS;
        nextHelloNs = Engine.earlier(nextHelloNs, soonNs - nowNs > 0 ? soonNs : nowNs);
    }

    /** Something was overheard that a client would not send. */
    private void suspect(long source, long nowNs) {
        boolean explained = !peers.isEmpty() && isAnycast(source);
        if (explained || suspected && nowNs - suspectedNs < SUSPICION_GAP_NS) {
            return;
        }
        suspected = true;
        suspectedNs = nowNs;
        long soonNs = lastProbeNs + PROBE_GAP_NS;
        nextProbeNs = Engine.earlier(nextProbeNs, soonNs - nowNs > 0 ? soonNs : nowNs + PROBE_SOON_NS);
    }

    private void onMesh(long nowNs) {
        if (meshFrames > 0 && nowNs - meshNs > MESH_LIVES_NS) {
            meshFrames = 0;
        }
        if (meshFrames == 0 || nowNs - meshNs >= MESH_GAP_NS) {
            meshFrames++;
            meshNs = nowNs;
        }
    }

    /** Whether frames with this source come from this node or from another one on the wire. */
    boolean isNode(MacAddress source) {
        return source.equals(config.node()) || peers.containsKey(source);
    }

    /** Whether BMX7 is spoken here. */
    boolean isRouted(long nowNs) {
        return meshFrames >= MESH_FRAMES_BELIEVED && speaksBmx7 && nowNs - bmx7Ns < MESH_LIVES_NS;
    }

    private void onArp(Frame frame, long source, long nowNs) {
        if (isAnycast(source) || Ethernet.destination(frame) >>> ANYCAST_PREFIX_SHIFT == CLAIM_PREFIX) {
            suspect(source, nowNs);
        } else {
            onClient(source, nowNs);
        }
    }

    private static boolean isAnycast(long mac) {
        return mac >>> ANYCAST_PREFIX_SHIFT == ANYCAST_PREFIX;
    }

    private void onClient(long source, long nowNs) {
        if (!peers.containsKey(new MacAddress(source))) {
            heardClients = true;
            clientsNs = nowNs;
        }
    }

    private void onDhcp(Frame frame, long source, long nowNs) {
        if (Udp.destinationPort(frame) == Udp.PORT_DHCP_SERVER) {
            onClient(source, nowNs);
            return;
        }
        if (!(DhcpMessage.parse(frame) instanceof Decoded.Valid<DhcpMessage>(DhcpMessage message))
                || message.op() == DhcpMessage.BOOT_REQUEST) {
            return;
        }
        if (!message.chaddr().equals(config.node()) || !open.remove((Integer) message.xid())) {
            suspect(source, nowNs);
            return;
        }
        answered = true;
        unanswered = 0;
        Server heard = source == (config.anycastMac() == null ? -1 : config.anycastMac().bits()) ? Server.OWN_CLOUD
                : isAnycast(source) ? Server.OTHER_CLOUD : Server.STRANGER;
        if (heard == Server.OWN_CLOUD && !peers.isEmpty()) {
            // One of those that greet: it says by that all there is to say.
            return;
        }
        answers = heard == server ? answers + 1 : 1;
        server = heard;
        Ip4Address id = message.options().address(DhcpOptions.SERVER_ID);
        serverName = (id == null ? "a server" : id) + " (" + new MacAddress(source) + ")";
        nextProbeNs = nowNs + (answers < ANSWERS_BELIEVED ? PROBE_GAP_NS : PROBE_REFRESH_NS);
    }

    private void onIpv6(Frame frame, long source, long nowNs) {
        if (Udp.destinationPort(frame) == BMX7) {
            speaksBmx7 = true;
            bmx7Ns = nowNs;
            onMesh(nowNs);
        } else if (Icmpv6.type(frame) == Icmpv6.ROUTER_ADVERTISEMENT) {
            suspect(source, nowNs);
        } else {
            onClient(source, nowNs);
        }
    }

    void onTimer(long nowNs) {
        peers.values().removeIf(peer -> nowNs - peer.heardNs >= PEER_LIVES_NS);
        if (Engine.isDue(nextHelloNs, nowNs)) {
            lastHelloNs = nowNs;
            nextHelloNs = nowNs + HELLO_NS;
            out.transmit(port, new Hello(config.cloudId(), config.node(), config.originator(), port).emit());
        }
        if (Engine.isDue(nextProbeNs, nowNs)) {
            probe(nowNs);
        }
    }

    private void probe(long nowNs) {
        if (!answered && server != Server.NONE && ++unanswered >= UNANSWERED_BELIEVED) {
            server = Server.NONE;
            answers = 0;
            unanswered = 0;
        }
        answered = false;
        lastProbeNs = nowNs;
        probesSent++;
        nextProbeNs = nowNs + (server != Server.NONE ? PROBE_REFRESH_NS
                : probesSent <= FIRST_GAPS_NS.length ? FIRST_GAPS_NS[probesSent - 1] : PROBE_IDLE_NS);
        // Not a number that a forger could guess from the one before it, which he may have heard.
        int xid = Long.hashCode((nowNs ^ config.node().bits() << 13) * 0x9e37_79b9_7f4a_7c15L);
        open.add(xid);
        if (open.size() > OPEN_QUESTIONS) {
            open.remove();
        }
        DhcpMessage discover = new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, xid, 0, true, Ip4Address.ANY,
                Ip4Address.ANY, Ip4Address.ANY, Ip4Address.ANY, config.node(),
                DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.DISCOVER).build());
        out.transmit(port, Udp.frame4(MacAddress.BROADCAST.bits(), config.node().bits(), 0, Udp.PORT_DHCP_CLIENT,
                Ip4Address.BROADCAST.bits(), Udp.PORT_DHCP_SERVER, discover.emit()));
    }

    long nextDeadlineNs() {
        return Engine.earlier(nextHelloNs, nextProbeNs);
    }

    /** What follows from all that was heard. */
    PortView view(long nowNs) {
        String name = config.ports().get(port).name();
        PortView seen = seen(name, nowNs);
        return config.ports().get(port).fixed()
                ? new PortView(name, seen.kind(), Consequence.SERVED, seen.detail()) : seen;
    }

    private PortView seen(String name, long nowNs) {
        boolean believed = answers >= ANSWERS_BELIEVED;
        Peer foreign = lowest(false);
        if (foreign != null || believed && server == Server.OTHER_CLOUD) {
            boolean stays = server != Server.OTHER_CLOUD && foreign != null
                    && config.node().compareTo(foreign.hello.node()) < 0;
            return new PortView(name, PortKind.FOREIGN_CLOUD, stays ? Consequence.SERVED : Consequence.BLOCKED,
                    foreign != null ? "node " + foreign.hello.node() : serverName);
        }
        if (believed && server == Server.STRANGER) {
            return new PortView(name, PortKind.UPLINK, Consequence.BLOCKED, serverName);
        }
        if (ownOtherPort >= 0 && nowNs - ownOtherPortNs < PEER_LIVES_NS) {
            String other = ownOtherPort < config.ports().size() ? config.ports().get(ownOtherPort).name()
                    : "another port";
            return new PortView(name, PortKind.NODE_LAN,
                    ownOtherPort < port ? Consequence.BLOCKED : Consequence.SERVED,
                    "cabled to " + other + " of this node");
        }
        Peer first = lowest(true);
        if (first != null || believed && server == Server.OWN_CLOUD) {
            return cable(name, first, nowNs);
        }
        if (ownFrames && nowNs - ownFramesNs < OWN_FRAMES_NS) {
            return new PortView(name, PortKind.NODE_LAN, Consequence.BLOCKED, "own frames come back");
        }
        if (meshFrames >= MESH_FRAMES_BELIEVED && nowNs - meshNs < MESH_LIVES_NS) {
            return new PortView(name, PortKind.MESH, Consequence.SERVED,
                    speaksBatadv ? "batman-adv" : "BMX7");
        }
        boolean clients = heardClients && nowNs - clientsNs < CLIENTS_LIVE_NS;
        return new PortView(name, clients ? PortKind.CLIENTS : PortKind.SILENT, Consequence.SERVED, "");
    }

    private PortView cable(String name, Peer first, long nowNs) {
        // LibreMesh's own nodes do not greet and always serve.
        boolean genuine = first == null;
        boolean lower = !genuine && first.hello.node().compareTo(config.node()) < 0;
        boolean round = genuine && out.hasNeighbours();
        for (Peer peer : peers.values()) {
            round |= peer.hello.node().compareTo(config.node()) < 0 && !peer.hello.originator().isZero()
                    && out.reaches(peer.hello.originator());
        }
        if (round) {
            loop = true;
            loopNs = nowNs;
        }
        boolean looped = loop && nowNs - loopNs < LOOP_LIVES_NS && (genuine || lower);
        String detail = genuine ? serverName + ", LibreMesh" : peers.size() == 1 ? "node " + first.hello.node()
                : peers.size() + " nodes, " + (lower ? first.hello.node() : config.node()) + " serves";
        return new PortView(name, PortKind.NODE_LAN, looped ? Consequence.BLOCKED
                : genuine || lower ? Consequence.UNSERVED : Consequence.SERVED, detail);
    }

    /** The peer with the lowest MAC, of our cloud or of another; null when there is none. */
    private Peer lowest(boolean ours) {
        Peer lowest = null;
        for (Peer peer : peers.values()) {
            if (ours == (peer.hello.cloudId() == config.cloudId())
                    && (lowest == null || peer.hello.node().compareTo(lowest.hello.node()) < 0)) {
                lowest = peer;
            }
        }
        return lowest;
    }
}
