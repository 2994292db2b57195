/**
 * Filter rules as data become rules of the kernel's nftables, family bridge; what happens to forwarded
 * packets, family inet.
 *
 * <pre>
 *   FilterRule ── NftCompiler ─→ text ── Nftables ─→ kernel ─→ text ── NftTable (rules, counters)
 * </pre>
 *
 * <p>Refuses: to trust a successful load. What is in force is what was read back from the kernel.
 */
package org.limesh.linux.nft;
