/**
 * Captures that Wireshark opens: pcapng with every interface of every node by name, losses as comments.
 *
 * <p>Refuses: to know where frames come from, and to look into them.
 *
 * <pre>
 *   PcapngWriter writer = new PcapngWriter(out, "limesh 0.1.0", false);
 *   int wlan = writer.addInterface("plaza/wlan0-mesh_29", "radio of plaza, batman-adv");
 *   writer.packet(wlan, epochNs, PcapngWriter.Direction.OUT, frame, "lost: radio");
 *   writer.statistics(wlan, epochNs, 1, 0);
 * </pre>
 */
package org.limesh.lab.capture;
