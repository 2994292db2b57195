/**
 * Octets of the A.L.F.R.E.D. protocol, version 0: one message per UDP datagram (port 16962, IPv6
 * link-local) or per message on the local stream socket. Big endian throughout.
 *
 * <pre>
 *  octet  0     1        2..3     4..
 *         type  version  length   body (length octets)
 * </pre>
 */
package org.limesh.alfred.wire;
