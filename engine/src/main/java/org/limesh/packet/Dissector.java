package org.limesh.packet;

import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;

/** Says any frame in one line, for traces and people. Never fails, whatever the octets. */
public final class Dissector {
    private Dissector() {}

    /**
     * One line without line break, e.g.
     * {@code 02:aa:00:00:00:01 > ff:ff:ff:ff:ff:ff ARP who has 10.13.0.1 tell 10.13.175.27}.
     */
    public static String oneLine(Frame frame) {
        if (frame.length() < Ethernet.HEADER_OCTETS) {
            return "short frame of " + frame.length() + " octets";
        }
        String ends = MacAddress.toString(Ethernet.source(frame)) + " > "
                + MacAddress.toString(Ethernet.destination(frame)) + " ";
        return ends + switch (Ethernet.type(frame)) {
            case Ethernet.TYPE_ARP -> arp(frame);
            case Ethernet.TYPE_IPV4 -> ipv4(frame);
            case Ethernet.TYPE_IPV6 -> ipv6(frame);
            case Ethernet.TYPE_BATADV -> batadv(frame);
            case Ethernet.TYPE_8021Q -> tagged("802.1q", frame);
            case Ethernet.TYPE_8021AD -> tagged("802.1ad", frame);
            default -> "ethertype " + hex16(Ethernet.type(frame)) + ", " + frame.length() + " octets";
        };
    }

    private static String hex16(int value) {
        return "0x" + Integer.toHexString(0x10000 | value).substring(1);
    }

    private static String tagged(String protocol, Frame frame) {
        int tag = Ethernet.HEADER_OCTETS;
        if (frame.length() < tag + 4) {
            return protocol + " truncated";
        }
        return protocol + " VLAN " + (frame.u16(tag) & 0xfff) + ", ethertype " + hex16(frame.u16(tag + 2)) + ", "
                + frame.length() + " octets";
    }

    // Only what every version of the protocol has in the same place; the batadv package knows the rest.
    private static String batadv(Frame frame) {
        int type = Ethernet.HEADER_OCTETS;
        return frame.length() < type + 3
                ? "batman-adv truncated"
                : "batman-adv type " + hex8(frame.u8(type)) + " version " + frame.u8(type + 1) + " ttl "
                        + frame.u8(type + 2) + ", " + frame.length() + " octets";
    }

    private static String hex8(int value) {
        return "0x" + Integer.toHexString(0x100 | value).substring(1);
    }

    private static String arp(Frame frame) {
        return switch (Arp.parse(frame)) {
            case Decoded.Malformed<Arp>(var fault, var offset) -> "ARP malformed: " + fault + " at " + offset;
            case Decoded.Valid<Arp>(var arp) when arp.operation() == Arp.REPLY ->
                    "ARP " + arp.senderIp() + " is at " + arp.senderMac();
            case Decoded.Valid<Arp>(var arp) when arp.senderIp().equals(arp.targetIp()) ->
                    "ARP announcement " + arp.senderIp() + " is at " + arp.senderMac();
            case Decoded.Valid<Arp>(var arp) when arp.senderIp().equals(Ip4Address.ANY) ->
                    "ARP probe who has " + arp.targetIp();
            case Decoded.Valid<Arp>(var arp) -> "ARP who has " + arp.targetIp() + " tell " + arp.senderIp();
        };
    }

    private static String ipv4(Frame frame) {
        if (!Ipv4.is(frame)) {
            return "IPv4 malformed, " + frame.length() + " octets";
        }
        String source = new Ip4Address(Ipv4.source(frame)).toString();
        String destination = new Ip4Address(Ipv4.destination(frame)).toString();
        if (Ipv4.fragmentOffset(frame) != 0) {
            return "IPv4 " + source + " > " + destination + " fragment at " + Ipv4.fragmentOffset(frame);
        }
        int icmp = Icmpv4.type(frame);
        if (icmp >= 0) {
            return "ICMP " + source + " > " + destination + " " + icmpName(frame, icmp);
        }
        return upper("IPv4", source, destination, Ipv4.protocol(frame), Ipv4.payloadOctets(frame), frame);
    }

    private static String icmpName(Frame frame, int type) {
        String echo = " id " + Icmpv4.echoId(frame) + " seq " + Icmpv4.echoSequence(frame);
        return switch (type) {
            case Icmpv4.ECHO_REQUEST -> "echo request" + echo;
            case Icmpv4.ECHO_REPLY -> "echo reply" + echo;
            case Icmpv4.DESTINATION_UNREACHABLE -> "destination unreachable";
            case Icmpv4.TIME_EXCEEDED -> "time exceeded";
            default -> "type " + type;
        };
    }

    private static String ipv6(Frame frame) {
        if (!Ipv6.is(frame)) {
            return "IPv6 malformed, " + frame.length() + " octets";
        }
        String source = Ipv6.source(frame).toString();
        String destination = Ipv6.destination(frame).toString();
        int icmp = Icmpv6.type(frame);
        if (icmp >= 0) {
            return "ICMPv6 " + source + " > " + destination + " " + icmp6Name(frame, icmp);
        }
        return upper("IPv6", source, destination, Ipv6.nextHeader(frame), Ipv6.payloadOctets(frame), frame);
    }

    private static String icmp6Name(Frame frame, int type) {
        Ip6Address target = Icmpv6.target(frame);
        return switch (type) {
            case Icmpv6.ECHO_REQUEST ->
                    "echo request id " + Icmpv6.echoId(frame) + " seq " + Icmpv6.echoSequence(frame);
            case Icmpv6.ECHO_REPLY -> "echo reply id " + Icmpv6.echoId(frame) + " seq " + Icmpv6.echoSequence(frame);
            case Icmpv6.ROUTER_SOLICITATION -> "router solicitation";
            case Icmpv6.ROUTER_ADVERTISEMENT -> routerAdvertisement(frame);
            case Icmpv6.NEIGHBOUR_SOLICITATION -> "neighbour solicitation, who has " + target;
            case Icmpv6.NEIGHBOUR_ADVERTISEMENT -> "neighbour advertisement, " + target
                    + (Icmpv6.macOption(frame, Icmpv6.OPTION_TARGET_MAC) < 0
                            ? ""
                            : " is at " + MacAddress.toString(Icmpv6.macOption(frame, Icmpv6.OPTION_TARGET_MAC)));
            default -> "type " + type;
        };
    }

    private static String routerAdvertisement(Frame frame) {
        return switch (RouterAdvertisement.parse(frame)) {
            case Decoded.Malformed<RouterAdvertisement>(var fault, var offset) ->
                    "router advertisement malformed: " + fault + " at " + offset;
            case Decoded.Valid<RouterAdvertisement>(var message) -> {
                StringBuilder text = new StringBuilder("router advertisement, lifetime ")
                        .append(message.routerLifetimeSeconds()).append(" s");
                message.prefixes().forEach(prefix -> text.append(", prefix ").append(prefix.prefix()));
                message.dnsServers().forEach(servers -> text.append(", DNS ").append(servers.addresses()));
                yield text.toString();
            }
        };
    }

    private static String dhcp6(Frame frame) {
        return switch (DhcpV6Message.parse(frame)) {
            case Decoded.Malformed<DhcpV6Message>(var fault, var offset) ->
                    "malformed: " + fault + " at " + offset;
            case Decoded.Valid<DhcpV6Message>(var message) -> DhcpV6Message.typeName(message.type())
                    + (message.clientId() == null ? "" : " client " + message.clientId())
                    + (message.serverId() == null ? "" : " server " + message.serverId())
                    + (message.dnsServers().isEmpty() ? "" : " DNS " + message.dnsServers());
        };
    }

    private static String upper(
            String network, String source, String destination, int protocol, int octets, Frame frame) {
        int tcp = Tcp.offset(frame);
        if (tcp >= 0) {
            return "TCP " + source + "." + Tcp.sourcePort(frame, tcp) + " > " + destination + "."
                    + Tcp.destinationPort(frame, tcp) + " " + tcpFlags(Tcp.flags(frame, tcp)) + " seq "
                    + (Tcp.sequence(frame, tcp) & 0xffff_ffffL) + ", " + Tcp.payloadOctets(frame, tcp) + " octets";
        }
        int from = Udp.sourcePort(frame);
        int to = Udp.destinationPort(frame);
        if (to == Udp.PORT_DHCP_SERVER || to == Udp.PORT_DHCP_CLIENT && from == Udp.PORT_DHCP_SERVER) {
            return "DHCP " + source + " > " + destination + " " + dhcp(frame);
        }
        if (to == DhcpV6Message.PORT_SERVER || to == DhcpV6Message.PORT_CLIENT
                && from == DhcpV6Message.PORT_SERVER) {
            return "DHCPv6 " + source + " > " + destination + " " + dhcp6(frame);
        }
        if (to >= 0) {
            return "UDP " + source + "." + from + " > " + destination + "." + to + ", " + Udp.payloadOctets(frame)
                    + " octets";
        }
        return network + " " + source + " > " + destination + " protocol " + protocol + ", " + octets + " octets";
    }

    private static String tcpFlags(int flags) {
        StringBuilder text = new StringBuilder();
        String names = "FSRPAU";
        for (int bit = 0; bit < names.length(); bit++) {
            if ((flags & 1 << bit) != 0) {
                text.append(names.charAt(bit));
            }
        }
        return text.isEmpty() ? "-" : text.toString();
    }

    private static String dhcp(Frame frame) {
        return switch (DhcpMessage.parse(frame)) {
            case Decoded.Malformed<DhcpMessage>(var fault, var offset) -> "malformed: " + fault + " at " + offset;
            case Decoded.Valid<DhcpMessage>(var message) -> {
                StringBuilder text = new StringBuilder(DhcpMessage.typeName(message.type()));
                text.append(" client ").append(message.chaddr());
                append(text, " asks for ", message.options().address(DhcpOptions.REQUESTED_ADDRESS));
                append(text, " holds ", message.ciaddr());
                append(text, " gets ", message.yiaddr());
                append(text, " server ", message.options().address(DhcpOptions.SERVER_ID));
                yield text.toString();
            }
        };
    }

    private static void append(StringBuilder text, String label, Ip4Address address) {
        if (address != null && address.bits() != 0) {
            text.append(label).append(address);
        }
    }
}
