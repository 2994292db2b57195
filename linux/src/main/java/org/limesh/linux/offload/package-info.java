/**
 * TCP in large pieces between the kernel and us: the kernel hands over up to 64 KiB of a stream at once and
 * takes as much, while the mesh carries frames. Halves the cost of a stream, since a TAP takes one call per
 * frame.
 *
 * <pre>
 *   TAP read  ── header + up to 64 KiB ──→ Segmenter ──→ frames to the engine
 *   TAP write ←── header + up to 64 KiB ── Joiner ←── frames of one round from the engine
 * </pre>
 *
 * <p>Refuses: to join what it has not verified (the kernel trusts the checksum of a joined piece), to reorder
 * frames of one connection, to wait for more than one round.
 */
package org.limesh.linux.offload;
