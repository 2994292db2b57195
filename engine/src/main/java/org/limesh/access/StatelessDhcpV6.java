package org.limesh.access;

import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.packet.DhcpV6Message;
import org.limesh.packet.Duid;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv6;
import org.limesh.packet.Udp;

/**
 * DHCPv6 server without addresses on the anycast identity (RFC 8415, sections 18.3.1, 18.3.6 and 18.3.9).
 *
 * <pre>
 *  INFORMATION-REQUEST   REPLY      DNS servers and search list, as asked for
 *  SOLICIT               ADVERTISE  "no addresses available": clients make their own in the announced prefix
 *  anything else         none       nobody has a binding here that it could be about
 * </pre>
 *
 * <p>The server id follows from the anycast MAC, so all nodes of a cloud are one server. It remembers
 * nothing. At most {@value #ANSWERS_PER_SECOND} answers per second after a burst of {@value #ANSWERS_BURST}.
 */
public final class StatelessDhcpV6 {
    static final int ANSWERS_PER_SECOND = 50;
    static final int ANSWERS_BURST = 250;
    /** Clients ask again after this time (option 32). */
    static final long REFRESH_SECONDS = RouterAdvertiser.VALID_SECONDS;
    private static final DhcpV6Message.Status NO_ADDRESSES =
            new DhcpV6Message.Status(DhcpV6Message.STATUS_NO_ADDRESSES, "no addresses available");

    private Ip6Config config;
    private final Duid serverId;
    private final Counters counters;
    private final FrameSender out;
    private final RateLimit answers = new RateLimit(ANSWERS_PER_SECOND, ANSWERS_BURST);

    public StatelessDhcpV6(Ip6Config config, Counters counters, FrameSender out) {
        this.config = config;
        this.serverId = Duid.ofMac(config.routerMac());
        this.counters = counters;
        this.out = out;
    }

    /** The DNS servers that clients are told, from now on. */
    public void setDnsServers(List<Ip6Address> servers) {
        config = config.withDnsServers(servers);
    }

    /** A whole Ethernet frame with UDP destination port 547 that the anycast device heard. */
    public void onFrame(Frame frame, long nowNs) {
        Ip6Address client = Ipv6.source(frame);
        // Section 16: what is sent to one server only is not for a server that never allowed that.
        if (Udp.destinationPort(frame) != DhcpV6Message.PORT_SERVER
                || !Ipv6.isTo(frame, DhcpV6Message.ALL_SERVERS)
                || !client.isLinkLocal() || !config.isFromClient(Ethernet.source(frame))) {
            counters.of("dhcp6.not_for_us").increment();
            return;
        }
        switch (DhcpV6Message.parse(frame)) {
            case Decoded.Malformed<DhcpV6Message>(var fault, var _) -> drop(fault);
            case Decoded.Valid<DhcpV6Message>(var message) -> {
                DhcpV6Message answer = answer(message);
                if (answer != null && !answers.take(nowNs)) {
                    drop("too_many");
                } else if (answer != null) {
                    out.transmit(Udp.frame6(Ethernet.source(frame), config.routerMac().bits(),
                            config.router(), DhcpV6Message.PORT_SERVER, client, DhcpV6Message.PORT_CLIENT,
                            answer.emit()));
                }
            }
        }
    }

    private void drop(String fault) {
        counters.of("drop.dhcp6." + fault).increment();
    }

    /** The answer, or null when there is none. */
    private DhcpV6Message answer(DhcpV6Message message) {
        return switch (message.type()) {
            case DhcpV6Message.INFORMATION_REQUEST -> information(message);
            case DhcpV6Message.SOLICIT -> advertise(message);
            default -> {
                drop("message_type");
                yield null;
            }
        };
    }

    private DhcpV6Message information(DhcpV6Message request) {
        counters.of("dhcp6.information_request").increment();
        if (request.serverId() != null && !request.serverId().equals(serverId)) {
            drop("other_server");
            return null;
        }
        if (request.wantsAddress()) {
            drop("address_in_information_request");
            return null;
        }
        List<Ip6Address> dnsServers =
                request.asksFor(DhcpV6Message.OPTION_DNS_SERVERS) ? config.dnsServers() : List.of();
        List<String> searchList =
                request.asksFor(DhcpV6Message.OPTION_SEARCH_LIST) ? config.searchList() : List.of();
        return new DhcpV6Message(DhcpV6Message.REPLY, request.transactionId(), request.clientId(), serverId,
                List.of(), false, null, dnsServers, searchList, REFRESH_SECONDS);
    }

    private DhcpV6Message advertise(DhcpV6Message solicit) {
        counters.of("dhcp6.solicit").increment();
        if (solicit.clientId() == null || solicit.serverId() != null) {
            drop("ids_of_solicit");
            return null;
        }
        return new DhcpV6Message(DhcpV6Message.ADVERTISE, solicit.transactionId(), solicit.clientId(),
                serverId, List.of(), false, NO_ADDRESSES, List.of(), List.of(), 0);
    }
}
