package org.limesh.bmx7;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Decoded;
import org.limesh.base.FMetric;
import org.limesh.base.Invariant;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.Bytes;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.Description;
import org.limesh.bmx7.wire.DhGroup;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.Hna6;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.bmx7.wire.NodeInfo;
import org.limesh.bmx7.wire.RsaPrivateKey;
import org.limesh.bmx7.wire.TrustEntry;
import org.limesh.bmx7.wire.TunnelTlv;

/**
 * Makes and signs descriptions of this node.
 *
 * <p>Keys are always references, as the genuine program makes them. Everything else stands in the description
 * itself as long as it fits: the genuine program accepts that, and nobody has to ask for it. When it does not
 * fit, the longest entries become references until it does.
 */
final class OwnDescription {
    /** Little-endian builds of the genuine program say so; nobody looks at it. */
    private static final int CAPABILITIES = 2;
    /**
     * Revision of the code: the genuine program puts a commit here, we the same number always, so that nodes
     * of ours know one another.
     */
    static final int CODE_REVISION = 0x11e50001;

    /** Link keys with their secret halves. */
    record LinkKeys(RsaPrivateKey rsa, DhGroup dhGroup, BigInteger dhExponent, byte[] dhPublicKey) {
        static LinkKeys draw(Bmx7Config config, KeySource keys) {
            RsaPrivateKey rsa = config.rsaLinkType() == 0 ? null : keys.newRsaKey(config.rsaLinkType());
            DhGroup group = DhGroup.ofType(config.dhLinkType());
            if (group == null) {
                return new LinkKeys(rsa, null, null, null);
            }
            // The genuine program refuses a public key that begins with a zero octet, together with the whole
            // description, and never looks at it again: one key in 256 would be heard by nobody.
            BigInteger exponent;
            byte[] publicKey;
            do {
                exponent = keys.newDhExponent(group);
                publicKey = group.publicKey(exponent);
            } while (publicKey[0] == 0);
            return new LinkKeys(rsa, group, exponent, publicKey);
        }
    }

    private OwnDescription() {}

    static NodeFacts make(Bmx7Config config, Announcement announcement, List<Ip6Address> linkLocals,
            LinkKeys linkKeys, int bootSqn, int descSqn, ChainLink anchor, ChainLink chainSeed) {
        Hash id = config.nodeKey().publicKey().nodeId();
        Map<Integer, byte[]> data = data(config, announcement, linkLocals, linkKeys, id);
        List<Integer> referenced = new ArrayList<>(List.of(Description.RSA_LINK_PUBKEY,
                Description.DHM_LINK_PUBKEY));
        while (true) {
            List<Content> contents = new ArrayList<>();
            byte[] octets = assemble(config, data, referenced, contents, bootSqn, descSqn, anchor, chainSeed);
            if (octets.length <= Description.MAX_OCTETS) {
                return checked(octets, contents);
            }
            referenced.add(longestInline(data, referenced));
        }
    }

    private static NodeFacts checked(byte[] octets, List<Content> contents) {
        Map<Hash, Content> known = new LinkedHashMap<>();
        contents.forEach(content -> known.put(content.hash(), content));
        Invariant.check(Description.parse(octets) instanceof Decoded.Valid<Description>,
                "a description of ours is well formed");
        Description description = ((Decoded.Valid<Description>) Description.parse(octets)).message();
        NodeFacts.Reading reading = NodeFacts.read(description, known::get);
        if (reading instanceof NodeFacts.Reading.Complete(NodeFacts facts)) {
            return facts;
        }
        throw new Invariant.Broken("a description of ours is accepted by ourselves, not " + reading);
    }

    private static int longestInline(Map<Integer, byte[]> data, List<Integer> referenced) {
        int longest = -1;
        for (Map.Entry<Integer, byte[]> entry : data.entrySet()) {
            if (!referenced.contains(entry.getKey()) && entry.getKey() != Description.METRIC
                    && (longest < 0 || entry.getValue().length > data.get(longest).length)) {
                longest = entry.getKey();
            }
        }
        Invariant.check(longest >= 0, "a description of references alone fits into a packet");
        return longest;
    }

    private static byte[] assemble(Bmx7Config config, Map<Integer, byte[]> data, List<Integer> referenced,
            List<Content> contents, int bootSqn, int descSqn, ChainLink anchor, ChainLink seed) {
        List<Description.Tlv> rest = new ArrayList<>();
        Description.Reference nodeKey = References.make(Description.NODE_PUBKEY, config.nodeKey().publicKey()
                .emit(), false, contents);
        int sumOctets = nodeKey.lengthOctets();
        int count = 1;
        for (Map.Entry<Integer, byte[]> entry : data.entrySet()) {
            int type = entry.getKey();
            if (referenced.contains(type)) {
                boolean key = type == Description.RSA_LINK_PUBKEY || type == Description.DHM_LINK_PUBKEY;
                int before = contents.size();
                Description.Reference reference = References.make(type, entry.getValue(), !key, contents);
                rest.add(reference);
                sumOctets += reference.lengthOctets();
                count += reference.trailing().length == 0 ? 1 : 1 + contents.size() - before;
            } else {
                rest.add(new Description.Inline(type, entry.getValue()));
            }
        }
        Description.Version version = new Description.Version(Bmx7Packet.VERSION, CAPABILITIES, bootSqn,
                descSqn, config.ogmSqnRange(), anchor, seed, sumOctets << 11 | count);
        rest.addFirst(Description.versionTlv(version));
        byte[] signed = Description.emit(rest);
        byte[] signature = Bytes.join(new byte[] {(byte) config.nodeKey().publicKey().type()},
                config.nodeKey().sign(Hash.of(signed)));
        return Bytes.join(
                Description.emit(List.of(nodeKey, new Description.Inline(Description.DSC_SIGNATURE,
                signature))), signed);
    }

    /** Entries by type, ascending. */
    private static Map<Integer, byte[]> data(Bmx7Config config, Announcement announcement,
            List<Ip6Address> linkLocals, LinkKeys linkKeys, Hash id) {
        Map<Integer, byte[]> data = new LinkedHashMap<>();
        if (linkKeys.rsa != null) {
            data.put(Description.RSA_LINK_PUBKEY, linkKeys.rsa.publicKey().emit());
        }
        if (linkKeys.dhGroup != null) {
            data.put(Description.DHM_LINK_PUBKEY,
                    Bytes.join(new byte[] {(byte) linkKeys.dhGroup.type}, linkKeys.dhPublicKey));
        }
        put(data, Description.SUPPORTS, TrustEntry.emit(config.supports()));
        put(data, Description.TRUSTS, config.trusts() == null ? new byte[0]
                : TrustEntry.emit(config.trusts()));
        data.put(Description.METRIC, config.metric().octets());
        put(data, Description.LLIP, TunnelTlv.emitAddresses(linkLocals));
        data.put(Description.HNA6, Hna6.emit(hnas(announcement, id)));
        tunnels(data, announcement, id);
        data.put(Description.INFO, new NodeInfo(CODE_REVISION, config.hostname()).emit());
        return data;
    }

    private static List<Hna6> hnas(Announcement announcement, Hash id) {
        List<Hna6> hnas = new ArrayList<>();
        hnas.add(new Hna6(new Ip6Prefix(id.cryptoAddress(0), 128), true));
        for (int i = 0; i < announcement.tunDevs().size(); i++) {
            hnas.add(new Hna6(new Ip6Prefix(id.cryptoAddress(1 + i), 128), false));
        }
        announcement.networks().forEach(network -> hnas.add(new Hna6(network, true)));
        return hnas;
    }

    private static void tunnels(Map<Integer, byte[]> data, Announcement announcement, Hash id) {
        List<Ip6Address> endpoints = new ArrayList<>();
        List<TunnelTlv.Ingress> ingress4 = new ArrayList<>();
        List<TunnelTlv.Ingress> ingress6 = new ArrayList<>();
        List<TunnelTlv.Net> nets = new ArrayList<>();
        for (int i = 0; i < announcement.tunDevs().size(); i++) {
            Announcement.TunDev device = announcement.tunDevs().get(i);
            endpoints.add(id.cryptoAddress(1 + i));
            if (device.ingress4() != null) {
                ingress4.add(new TunnelTlv.Ingress(i, IpNet.of(device.ingress4())));
            }
            if (device.ingress6() != null) {
                ingress6.add(new TunnelTlv.Ingress(i, IpNet.of(device.ingress6())));
            }
            for (IpNet network : device.networks()) {
                nets.add(new TunnelTlv.Net(i, 0, 0xff, network));
            }
        }
        for (Announcement.TunIn offer : announcement.tunIns()) {
            int bandwidth = FMetric.encode8(offer.bandwidthBps());
            if (!endpoints.isEmpty() && bandwidth != 0) {
                nets.add(new TunnelTlv.Net(0, 0, bandwidth, offer.network()));
            }
        }
        put(data, Description.TUN6, TunnelTlv.emitAddresses(endpoints));
        put(data, Description.TUN4_INGRESS, TunnelTlv.emitIngress(4, ingress4));
        put(data, Description.TUN6_INGRESS, TunnelTlv.emitIngress(6, ingress6));
        put(data, Description.TUN4_NET, TunnelTlv.emitNets(4, ofFamily(nets, 4)));
        put(data, Description.TUN6_NET, TunnelTlv.emitNets(6, ofFamily(nets, 6)));
    }

    private static List<TunnelTlv.Net> ofFamily(List<TunnelTlv.Net> nets, int family) {
        return nets.stream().filter(net -> net.network().family() == family).toList();
    }

    private static void put(Map<Integer, byte[]> data, int type, byte[] octets) {
        if (octets.length > 0) {
            data.put(type, octets);
        }
    }
}
