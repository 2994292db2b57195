package org.limesh.lab.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.lab.capture.PcapngWriter;
import org.limesh.lime.NodePlan;

/**
 * Captured frames as pcapng: each interface is announced at its first frame, and all known hosts are named.
 */
final class PcapngFrames {
    private final PcapngWriter writer;
    private final World world;
    private final long epochNs;
    private final Map<String, Iface> ifaces = new LinkedHashMap<>();
    private long lastNs;

    private static final class Iface {
        private final int number;
        private long frames;

        private Iface(int number) {
            this.number = number;
        }
    }

    PcapngFrames(OutputStream out, World world) throws IOException {
        this.world = world;
        this.epochNs = world.epochMs() * 1_000_000;
        this.lastNs = epochNs;
        writer = new PcapngWriter(out, "limesh " + world.version(), false);
        List<PcapngWriter.Name> names = new ArrayList<>();
        for (World.NodeView node : world.nodes()) {
            addNames(names, node);
        }
        for (World.ClientView client : world.clients()) {
            names.add(new PcapngWriter.Name.Mac(client.mac(), client.name()));
            if (client.address() != null) {
                names.add(new PcapngWriter.Name.Ip4(client.address(), client.name()));
            }
        }
        if (!names.isEmpty()) {
            writer.names(names);
        }
    }

    private static void addNames(List<PcapngWriter.Name> names, World.NodeView node) {
        if (node.plan() == null) {
            return;
        }
        names.add(new PcapngWriter.Name.Mac(node.mac(), node.name()));
        names.add(new PcapngWriter.Name.Ip4(node.plan().address4().address(), node.name()));
        names.add(new PcapngWriter.Name.Ip6(node.plan().address6().address(), node.name()));
        if (node.plan().batadv() != null) {
            for (NodePlan.Hardif hardif : node.plan().batadv().hardifs()) {
                names.add(new PcapngWriter.Name.Mac(hardif.mac(), node.name() + "_" + hardif.name()));
            }
        }
    }

    void write(CapturedFrame frame) throws IOException {
        String name = frame.node() + "/" + frame.iface();
        Iface iface = ifaces.get(name);
        if (iface == null) {
            iface = new Iface(writer.addInterface(name, description(frame.node())));
            ifaces.put(name, iface);
        }
        iface.frames++;
        lastNs = epochNs + frame.timeNs();
        PcapngWriter.Direction direction = frame.direction() == CapturedFrame.Direction.IN
                ? PcapngWriter.Direction.IN : PcapngWriter.Direction.OUT;
        writer.packet(iface.number, lastNs, direction, Frame.wrap(frame.octets()), frame.comment());
    }

    private String description(String node) {
        String letter = world.findNode(node).map(World.NodeView::cloud).orElse("");
        return world.clouds().stream().filter(cloud -> cloud.letter().equals(letter))
                .map(cloud -> "cloud " + cloud.ssid()).findFirst().orElse("");
    }

    /** @param dropped frames that a slow reader did not get, of all interfaces together */
    void end(long dropped) throws IOException {
        long missing = dropped;
        for (Iface iface : ifaces.values()) {
            writer.statistics(iface.number, lastNs, iface.frames + missing, missing);
            // Which interface they were of is not known; the first one tells all of them.
            missing = 0;
        }
    }
}
