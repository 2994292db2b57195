package org.limesh.access;

import java.util.List;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Udp;

/**
 * Answers as frames: content by RFC 2131 table 3, way back by its section 4.1.
 *
 * <pre>
 *   NAK                                 broadcast
 *   the client has an address (ciaddr)  unicast to it
 *   it wants broadcast (flag)           broadcast
 *   otherwise                           unicast to the new address, which the client does not know yet
 * </pre>
 */
final class DhcpReplies {
    private final DhcpConfig config;
    private List<Ip4Address> dnsServers;
    private final Ip4Address server;

    DhcpReplies(DhcpConfig config) {
        this.config = config;
        this.server = config.server().address();
        this.dnsServers = config.dnsServers();
    }

    /** Option 6 from now on. */
    void setDnsServers(List<Ip4Address> servers) {
        dnsServers = List.copyOf(servers);
    }

    Frame offer(DhcpMessage discover, Ip4Address address, int leaseSeconds) {
        DhcpOptions.Builder options = begin(DhcpMessage.OFFER);
        putLease(options, leaseSeconds);
        putNetwork(options, discover.options());
        // A client that has no lease yet cannot answer for an address, whatever it writes into ciaddr.
        return reply(discover, Ip4Address.ANY, address, end(options, discover));
    }

    Frame ack(DhcpMessage request, Ip4Address address, int leaseSeconds) {
        DhcpOptions.Builder options = begin(DhcpMessage.ACK);
        putLease(options, leaseSeconds);
        putNetwork(options, request.options());
        return reply(request, request.ciaddr(), address, end(options, request));
    }

    /** The answer to INFORM: everything but an address. */
    Frame information(DhcpMessage inform) {
        DhcpOptions.Builder options = begin(DhcpMessage.ACK);
        putNetwork(options, inform.options());
        return reply(inform, inform.ciaddr(), Ip4Address.ANY, end(options, inform));
    }

    Frame nak(DhcpMessage request, String reason) {
        DhcpOptions.Builder options = begin(DhcpMessage.NAK).put(DhcpOptions.MESSAGE, reason);
        DhcpMessage nak = message(request, Ip4Address.ANY, Ip4Address.ANY, Ip4Address.ANY, end(options, request));
        return frame(nak, MacAddress.BROADCAST, Ip4Address.BROADCAST);
    }

    private DhcpOptions.Builder begin(int type) {
        return DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, type).put(DhcpOptions.SERVER_ID, server);
    }

    /** RFC 6842: the client's id goes back, so that a client behind a shared MAC knows its answer. */
    private static DhcpOptions end(DhcpOptions.Builder options, DhcpMessage request) {
        byte[] clientId = request.options().value(DhcpOptions.CLIENT_ID);
        if (clientId != null) {
            options.put(DhcpOptions.CLIENT_ID, clientId);
        }
        // RFC 3046: what a switch or access point wrote about the client's port goes back, at the end, so that it
        // finds the port again and takes the option out.
        byte[] port = request.options().value(DhcpOptions.PORT_INFORMATION);
        return (port == null ? options : options.put(DhcpOptions.PORT_INFORMATION, port)).build();
    }

    private static void putLease(DhcpOptions.Builder options, int leaseSeconds) {
        options.put32(DhcpOptions.LEASE_SECONDS, leaseSeconds)
                .put32(DhcpOptions.RENEWAL_SECONDS, leaseSeconds / 2)
                .put32(DhcpOptions.REBINDING_SECONDS, (int) (leaseSeconds * 7L / 8));
    }

    /**
     * As dnsmasq does it: mask and broadcast address always, the rest to clients that ask for it; a client
     * without a parameter list gets everything.
     */
    private void putNetwork(DhcpOptions.Builder options, DhcpOptions request) {
        options.put32(DhcpOptions.SUBNET_MASK, config.server().mask())
                .put(DhcpOptions.BROADCAST_ADDRESS, config.server().broadcast());
        if (wants(request, DhcpOptions.ROUTER)) {
            options.put(DhcpOptions.ROUTER, server);
        }
        if (wants(request, DhcpOptions.DNS_SERVER) && !dnsServers.isEmpty()) {
            options.put(DhcpOptions.DNS_SERVER, dnsServers);
        }
        if (wants(request, DhcpOptions.DOMAIN) && !config.domain().isEmpty()) {
            options.put(DhcpOptions.DOMAIN, config.domain());
        }
        if (wants(request, DhcpOptions.INTERFACE_MTU) && config.mtuOctets() > 0) {
            options.put16(DhcpOptions.INTERFACE_MTU, config.mtuOctets());
        }
    }

    private static boolean wants(DhcpOptions request, int code) {
        return request.asksFor(code) || !request.has(DhcpOptions.PARAMETER_LIST);
    }

    private Frame reply(DhcpMessage request, Ip4Address ciaddr, Ip4Address yiaddr, DhcpOptions options) {
        DhcpMessage reply = message(request, ciaddr, yiaddr, server, options);
        if (!ciaddr.equals(Ip4Address.ANY)) {
            return frame(reply, request.chaddr(), ciaddr);
        }
        return request.wantsBroadcast()
                ? frame(reply, MacAddress.BROADCAST, Ip4Address.BROADCAST)
                : frame(reply, request.chaddr(), yiaddr);
    }

    private static DhcpMessage message(DhcpMessage request, Ip4Address ciaddr, Ip4Address yiaddr, Ip4Address siaddr,
            DhcpOptions options) {
        return new DhcpMessage(DhcpMessage.BOOT_REPLY, 0, request.xid(), 0, request.wantsBroadcast(), ciaddr, yiaddr,
                siaddr, Ip4Address.ANY, request.chaddr(), options);
    }

    private Frame frame(DhcpMessage message, MacAddress destinationMac, Ip4Address destination) {
        return Udp.frame4(destinationMac.bits(), config.serverMac().bits(), server.bits(), Udp.PORT_DHCP_SERVER,
                destination.bits(), Udp.PORT_DHCP_CLIENT, message.emit());
    }
}
