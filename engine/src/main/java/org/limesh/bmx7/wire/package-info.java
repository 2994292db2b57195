/**
 * Octets of BMX7, compatibility version 21: packets, frames, descriptions, metrics. Big endian; bit fields
 * are counted from the most significant bit.
 *
 * <pre>
 *  packet       version 1 | reserved 1 | node id of the sender 28 | frames ...
 *  frame        type 5 bits, length 11 bits (the two header octets included) | body
 *  description  frames of the same form, strictly ascending by type
 * </pre>
 *
 * <p>{@code parse} checks structure only. Whether a signature is good or a node is known is the engine's
 * business.
 */
package org.limesh.bmx7.wire;
