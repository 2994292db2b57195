/**
 * Proof on the real thing: tools that put genuine peers and real clients next to our node.
 *
 * <pre>
 *   Guest        a kernel with the genuine batman-adv, in QEMU (no root with datagrams, root with a TAP device)
 *   Netns        network namespaces, cables between them, captures; everything made is removed again
 *   NodeProcess  one "limesh node", as a person starts it
 *   Client       genuine DHCP clients
 * </pre>
 *
 * <p>Refuses: to hide that something could not run. A test that lacks root, QEMU or a program says
 * "skipped: ..." and why. Waits for conditions ({@link org.limesh.interop.Wait}), never for fixed times.
 */
package org.limesh.interop;
