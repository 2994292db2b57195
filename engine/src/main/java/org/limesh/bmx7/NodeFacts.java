package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.limesh.base.Decoded;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.Octets;
import org.limesh.bmx7.wire.Bytes;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.Description;
import org.limesh.bmx7.wire.DhGroup;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.Hna6;
import org.limesh.bmx7.wire.MetricParameters;
import org.limesh.bmx7.wire.NodeInfo;
import org.limesh.bmx7.wire.RsaKey;
import org.limesh.bmx7.wire.TrustEntry;
import org.limesh.bmx7.wire.TunnelTlv;

/**
 * Everything that a complete description says, in types. It depends on the description alone (contents are
 * named by their hash), so all nodes of a process that know the same description may share one object.
 *
 * @param contents     contents behind the references, the node key first
 * @param rsaLinkKey   key of RSA link signatures, or null
 * @param dhGroup      group of {@code dhPublicKey}, or null
 * @param metric       null: the receiver's own parameters hold
 * @param trusts       nodes that may forward; null: all
 * @param chainSuffix  constant part of what is hashed in the chain of originator messages
 * @param chainMask    what masks chain links on their way
 */
record NodeFacts(
        Description description, Hash hash, Hash id, RsaKey nodeKey, List<Content> contents,
        RsaKey rsaLinkKey, DhGroup dhGroup, byte[] dhPublicKey, MetricParameters metric,
        List<Ip6Address> linkLocals, List<Hna6> hnas, NodeInfo info, Tunnels tunnels, List<TrustEntry> trusts,
        List<TrustEntry> supports, byte[] chainSuffix, ChainLink chainMask) {

    /** A description lists at most so many networks; more is refused as an attack on everybody's tables. */
    static final int MAX_HNAS = 2048;
    /** Networks behind tunnels, and sources, likewise: ten thousand zeros compress to nothing. */
    static final int MAX_TUNNEL_NETS = 2048;
    /** A node has at most 255 devices. */
    static final int MAX_LINK_LOCALS = 255;

    /** One-way tunnels of a node. */
    record Tunnels(List<Ip6Address> endpoints, List<TunnelTlv.Ingress> ingress, List<TunnelTlv.Net> nets) {
        static final Tunnels NONE = new Tunnels(List.of(), List.of(), List.of());
    }

    String hostname() {
        return info.hostname();
    }

    int descSqn() {
        return description.version().descSqn();
    }

    int bootSqn() {
        return description.version().bootSqn();
    }

    int ogmSqnRange() {
        return description.version().ogmSqnRange();
    }

    /** True when this node lets {@code neighbour} forward what leads to it. */
    boolean trusts(Hash neighbour) {
        if (trusts == null) {
            return true;
        }
        for (TrustEntry entry : trusts) {
            if (entry.nodeId().equals(neighbour)) {
                return true;
            }
        }
        return false;
    }

    Content content(Hash wanted) {
        for (Content content : contents) {
            if (content.hash().equals(wanted)) {
                return content;
            }
        }
        return null;
    }

    /** Reading of a description. */
    sealed interface Reading {
        record Complete(NodeFacts facts) implements Reading {}

        record Missing(List<Hash> contents) implements Reading {}

        record Refused(String fault) implements Reading {}
    }

    /** Reads a description whose signature has been checked. */
    static Reading read(Description description, Function<Hash, Content> known) {
        List<Hash> missing = new ArrayList<>();
        List<Content> used = new ArrayList<>();
        byte[][] data = new byte[32][];
        for (Description.Tlv tlv : description.tlvs()) {
            switch (References.resolve(tlv, known)) {
                case References.Resolution.Data(byte[] octets, List<Content> contents) -> {
                    data[tlv.realType()] = octets;
                    used.addAll(contents);
                }
                case References.Resolution.Missing(List<Hash> hashes) -> missing.addAll(hashes);
                case References.Resolution.Broken(String fault) -> {
                    return new Reading.Refused(fault);
                }
            }
        }
        if (used.size() + missing.size() > References.MAX_CONTENTS) {
            return new Reading.Refused("reference_limits");
        }
        return missing.isEmpty() ? typed(description, data, used) : new Reading.Missing(missing);
    }

    private static Reading typed(Description description, byte[][] data, List<Content> used) {
        Fields fields = new Fields(data);
        RsaKey nodeKey = RsaKey.parse(data[Description.NODE_PUBKEY]);
        Hash id = description.nodeId();
        if (nodeKey == null) {
            return new Reading.Refused("node_key");
        }
        byte[] rsa = data[Description.RSA_LINK_PUBKEY];
        RsaKey rsaLinkKey = rsa == null ? null : RsaKey.parse(rsa);
        byte[] dh = data[Description.DHM_LINK_PUBKEY];
        DhGroup group = dh == null || dh.length < 2 ? null : DhGroup.ofType(Octets.u8(dh, 0));
        byte[] dhPublic = group == null ? null : Bytes.part(dh, 1, dh.length);
        if (group != null && !group.isSound(dhPublic)) {
            return new Reading.Refused("dh_link_key");
        }
        MetricParameters metric = fields.take(Description.METRIC, MetricParameters::parse, null);
        List<Ip6Address> linkLocals = fields.take(Description.LLIP, TunnelTlv::parseAddresses, List.of());
        List<Hna6> hnas = fields.take(Description.HNA6, Hna6::parse, List.of());
        NodeInfo info = fields.take(Description.INFO, NodeInfo::parse, new NodeInfo(0, ""));
        List<TrustEntry> trusts = fields.take(Description.TRUSTS, TrustEntry::parse, null);
        List<TrustEntry> supports = fields.take(Description.SUPPORTS, TrustEntry::parse, List.of());
        Tunnels tunnels = fields.tunnels();
        String fault = fields.fault != null ? fields.fault : hnaFault(id, hnas, tunnels);
        fault = fault == null && linkLocals.size() > MAX_LINK_LOCALS ? "link_local_count" : fault;
        if (fault != null) {
            return new Reading.Refused(fault);
        }
        byte[] suffix = chainSuffix(description.version().anchorSeed(), id, description.version().descSqn());
        ChainLink mask = ChainLink.ofHash(description.hash().toBytes(), description.version().anchorLink()
                .toBytes(), suffix);
        return new Reading.Complete(new NodeFacts(description, description.hash(), id, nodeKey,
                List.copyOf(used), rsaLinkKey, group, dhPublic, metric, linkLocals, hnas, info, tunnels,
                trusts, supports, suffix, mask));
    }

    static byte[] chainSuffix(ChainLink seed, Hash id, int descSqn) {
        byte[] number = new byte[4];
        Octets.put32(number, 0, descSqn);
        return Bytes.join(seed.toBytes(), id.toBytes(), number);
    }

    /** Takes entries apart and remembers the first fault. */
    private static final class Fields {
        private final byte[][] data;
        private String fault;

        Fields(byte[][] data) {
            this.data = data;
        }

        <T> T take(int realType, Function<byte[], Decoded<T>> parser, T absent) {
            if (data[realType] == null) {
                return absent;
            }
            return switch (parser.apply(data[realType])) {
                case Decoded.Valid<T>(T value) -> value;
                case Decoded.Malformed<T>(String what, int unused) -> {
                    fault = fault == null ? what : fault;
                    yield absent;
                }
            };
        }

        Tunnels tunnels() {
            List<Ip6Address> endpoints = take(Description.TUN6, TunnelTlv::parseAddresses, List.of());
            List<TunnelTlv.Ingress> ingress = new ArrayList<>(
                    take(Description.TUN4_INGRESS, octets -> TunnelTlv.parseIngress(4, octets), List.of()));
            ingress.addAll(take(Description.TUN6_INGRESS, octets -> TunnelTlv.parseIngress(6, octets),
                    List.of()));
            List<TunnelTlv.Net> nets = new ArrayList<>(
                    take(Description.TUN4_NET, octets -> TunnelTlv.parseNets(4, octets), List.of()));
            nets.addAll(take(Description.TUN6_NET, octets -> TunnelTlv.parseNets(6, octets), List.of()));
            return endpoints.isEmpty() && ingress.isEmpty() && nets.isEmpty() ? Tunnels.NONE
                    : new Tunnels(endpoints, List.copyOf(ingress), List.copyOf(nets));
        }
    }

    private static String hnaFault(Hash id, List<Hna6> hnas, Tunnels tunnels) {
        if (hnas.size() > MAX_HNAS) {
            return "hna_count";
        }
        for (int i = 0; i < hnas.size(); i++) {
            Ip6Prefix network = hnas.get(i).network();
            if (HnaRegistry.isCrypto(network) && !HnaRegistry.isCryptoOf(network, id)) {
                return "hna_foreign_crypto_address";
            }
            if (network.address().isLinkLocal() || network.address().isMulticast()) {
                return "hna_link_local";
            }
            // Plain networks are compared with all others by the registry; doubles of crypto addresses only
            // here.
            for (int j = 0; j < i && HnaRegistry.isCrypto(network); j++) {
                if (hnas.get(j).network().equals(network)) {
                    return "hna_duplicate";
                }
            }
        }
        if (tunnels.endpoints().size() > TunnelTlv.MAX_ENDPOINTS) {
            return "tunnel_endpoints";
        }
        if (tunnels.nets().size() > MAX_TUNNEL_NETS || tunnels.ingress().size() > MAX_TUNNEL_NETS) {
            return "tunnel_networks";
        }
        for (Ip6Address endpoint : tunnels.endpoints()) {
            if (!HnaRegistry.isCryptoOf(new Ip6Prefix(endpoint, 128), id)) {
                return "tunnel_endpoint_address";
            }
        }
        return null;
    }
}
