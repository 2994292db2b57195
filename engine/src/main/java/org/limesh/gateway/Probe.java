package org.limesh.gateway;

import org.limesh.base.Ip4Address;

/**
 * A question that the host asks the Internet, bound to one device so that it can not leave through the mesh.
 * Its answer, or its silence after {@link #timeoutMs}, comes back as a {@link ProbeResult} of the same number.
 */
public sealed interface Probe {
    /** Number of the question, never used twice in the life of a node. */
    int id();

    /** Device that the question leaves through. */
    String device();

    int timeoutMs();

    /** ICMP echo. */
    record Ping(int id, String device, Ip4Address target, int timeoutMs) implements Probe {}

    /** Question for the IPv4 address of a name. */
    record Dns(int id, String device, Ip4Address server, String name, int timeoutMs) implements Probe {}

    /**
     * HTTP GET. The answer is good with status 200 and exactly this body, blanks around it aside: everything
     * else is a portal's. Where {@code measureOctets} is positive any body is good, and it is measured how fast it
     * comes, over at most so many octets or until the time is over: {@link ProbeResult#bandwidthBps}.
     *
     * @param server        address of {@code host}, or null: then the name is asked of {@code resolver}
     * @param measureOctets 0 to compare the body
     */
    record Http(int id, String device, Ip4Address server, Ip4Address resolver, String host, int port, String path,
            String body, long measureOctets, int timeoutMs) implements Probe {
        /** A page to compare. */
        public Http(int id, String device, Ip4Address server, Ip4Address resolver, String host, int port, String path,
                String body, int timeoutMs) {
            this(id, device, server, resolver, host, port, path, body, 0, timeoutMs);
        }
    }
}
