package org.limesh.guard;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.guard.PortView.Consequence;
import org.limesh.host.FilterReport;

/**
 * Keeps an eye on a node's client ports and on the rules that keep its gateway apart. Needs an anycast gateway.
 */
public final class Guard implements Engine {
    private static final int WARNED_OFFENDERS = 16;

    /** Effects of the guard. */
    public interface Outbox {
        /** Sends a frame out of a client port's interface, past the bridge. {@code port} as in the configuration. */
        void transmit(int port, Frame frame);

        /** Puts a frame into the bridge as if it came from the cloud. */
        void fromCloud(Frame frame);

        /** Sends a frame from the gateway identity. */
        void fromGateway(Frame frame);

        /** Asks the host for {@link Guard#onFilters}. */
        void readFilters();

        /** What shall be done about the ports changed. */
        void onPolicy(PortPolicy policy);

        /** True when layer 2 has a way to this originator. */
        boolean reaches(MacAddress originator);

        /** True when layer 2 has any neighbour. */
        boolean hasNeighbours();

        void report(GuardEvent event);
    }

    private final GuardConfig config;
    private final Counters counters;
    private final Outbox out;
    private final PortClassifier[] ports;
    private final PortView[] views;
    private final DropAlarms alarms;
    private final SelfTest selfTest;
    private final Warnings warnings;
    private final ClockWatch clock;
    private final DuplicateWatch duplicates;
    private PortPolicy policy = PortPolicy.CLIENTS_ONLY;
    private List<String> faults = List.of();
    private long tests;
    private long failed;
    private long testedNs;

    /** @param hasCloud whether there is a mesh interface */
    public Guard(GuardConfig config, boolean hasCloud, Counters counters, Outbox out, long nowNs) {
        this.config = config;
        this.counters = counters;
        this.out = out;
        this.ports = new PortClassifier[config.ports().size()];
        this.views = new PortView[ports.length];
        Set<String> meshPorts = new LinkedHashSet<>();
        PortClassifier.Outbox forPorts = new ToPorts();
        for (int i = 0; i < ports.length; i++) {
            ports[i] = new PortClassifier(config, i, forPorts, nowNs);
            views[i] = ports[i].view(nowNs);
            if (config.ports().get(i).meshToo()) {
                meshPorts.add(config.ports().get(i).name());
            }
        }
        this.warnings = new Warnings(counters, out::report);
        this.clock = new ClockWatch(counters, warnings);
        this.duplicates = new DuplicateWatch(config, warnings);
        this.alarms = new DropAlarms(meshPorts, this::alarm, nowNs);
        this.selfTest = new SelfTest(config, hasCloud, new ToTest(), nowNs);
    }

    private void alarm(GuardEvent event) {
        counters.of("guard.alarms").increment();
        out.report(event);
    }

    /** Whether a frame heard on a client port is worth handing to {@link #onHeard}. */
    public static boolean wants(Frame frame) {
        return PortClassifier.wants(frame);
    }

    /** A frame was heard on a client port. */
    public void onHeard(int port, Frame frame, long nowNs) {
        if (PortClassifier.wants(frame)) {
            ports[port].onFrame(frame, nowNs);
            onArp(frame, nowNs);
            judge(port, nowNs);
        }
    }

    /** The interface of a client port came, or its cable was plugged in. */
    public void onPlugged(int port, long nowNs) {
        ports[port].onPlugged(nowNs);
        judge(port, nowNs);
    }

    /** A frame passes between bridge and cloud: its ARP may show that the node's address is used twice. */
    public void onArp(Frame frame, long nowNs) {
        duplicates.onFrame(frame, nowNs);
    }

    /** True for a frame that answers a probe of the self-test; it shall go no further. */
    public boolean takesAnswer(Frame frame) {
        return selfTest.takesAnswer(frame);
    }

    /** The host tells what its rules have done, asked or not. */
    public void onFilters(FilterReport report, long nowNs) {
        List<FilterReport.Offender> clients = new ArrayList<>();
        for (FilterReport.Offender offender : report.offenders()) {
            if (isNode(offender)) {
                alarms.excuse(offender);
            } else {
                clients.add(offender);
            }
        }
        alarms.onReport(clients, nowNs);
        selfTest.onReport(report, nowNs);
    }

    /** Until the end of a cable is known, what another node rightly says there is dropped like a client's. */
    private boolean isNode(FilterReport.Offender offender) {
        for (int i = 0; i < ports.length; i++) {
            boolean cabled = views[i].kind() == PortKind.NODE_LAN && offender.source().equals(config.anycastMac());
            if (views[i].name().equals(offender.port()) && (cabled || ports[i].isNode(offender.source()))) {
                return true;
            }
        }
        return false;
    }

    /** Another node told that it has this node's address. */
    public void onSameAddress(MacAddress other, long nowNs) {
        duplicates.onSign(other, "it shares that with the cloud", nowNs);
    }

    /** What the wall clock says now. */
    public void onWallClock(long wallMs, long nowNs) {
        clock.onClock(wallMs, nowNs);
    }

    /** Conditions that others watch and the guard shows. */
    public Warnings warnings() {
        return warnings;
    }

    @Override
    public void onTimer(long nowNs) {
        for (int i = 0; i < ports.length; i++) {
            if (Engine.isDue(ports[i].nextDeadlineNs(), nowNs)) {
                ports[i].onTimer(nowNs);
                judge(i, nowNs);
            }
        }
        alarms.onTimer(nowNs);
        duplicates.onTimer(nowNs);
        selfTest.onTimer(nowNs);
    }

    @Override
    public long nextDeadlineNs() {
        long nextNs = selfTest.nextDeadlineNs();
        for (PortClassifier port : ports) {
            nextNs = Engine.earlier(nextNs, port.nextDeadlineNs());
        }
        return nextNs;
    }

    private void judge(int port, long nowNs) {
        PortView before = views[port];
        PortView now = ports[port].view(nowNs);
        if (!now.equals(before)) {
            views[port] = now;
            if (now.kind() != before.kind() || now.consequence() != before.consequence()) {
                out.report(new GuardEvent.PortChanged(before.kind(), now));
            }
            warnings.set("port " + now.name(), warning(now));
        }
        PortPolicy wanted = wantedPolicy(nowNs);
        if (!wanted.equals(policy)) {
            policy = wanted;
            out.onPolicy(wanted);
        }
    }

    private String warning(PortView view) {
        boolean meshToo = config.ports().stream()
                .anyMatch(port -> port.name().equals(view.name()) && port.meshToo());
        String fixed = "Or tell this node that it is right: config net with linux_name '" + view.name()
                + "' and eth_role 'lan'.";
        return switch (view.kind()) {
            case SILENT, CLIENTS -> null;
            case MESH -> meshToo || view.detail().equals("BMX7") ? null : "a mesh neighbour speaks "
                    + view.detail() + " on " + view.name() + ", which is a port for clients only. Name it with --dev, "
                    + "or give it the role 'mesh', to mesh over it; or plug the cable elsewhere.";
            case NODE_LAN -> view.consequence() == Consequence.BLOCKED ? view.name() + " leads to "
                    + view.kind().words() + " (" + view.detail() + "), which the mesh reaches as well: the port is cut "
                    + "off, else frames would go round for ever. Pull the cable, or mesh over it instead (role 'mesh')."
                    : null;
            case UPLINK -> view.name() + " leads to " + view.kind().words() + ", " + view.detail()
                    + (view.consequence() == Consequence.BLOCKED ? ": the port is cut off. " : ". ")
                    + "If it is the way to the Internet, name it with --wan or give it the role 'wan'. " + fixed;
            case FOREIGN_CLOUD -> view.name() + " leads to " + view.kind().words() + " (" + view.detail() + ")"
                    + (view.consequence() == Consequence.BLOCKED ? ": the port is cut off" : "; its node keeps away")
                    + ", since the two would leak into each other. Clouds are connected by routing: give the port the role "
                    + "'mesh'.";
        };
    }

    private PortPolicy wantedPolicy(long nowNs) {
        List<String> blocked = new ArrayList<>();
        List<String> unserved = new ArrayList<>();
        List<String> cables = new ArrayList<>();
        List<String> routers = new ArrayList<>();
        for (int i = 0; i < views.length; i++) {
            PortView view = views[i];
            switch (view.consequence()) {
                case BLOCKED -> blocked.add(view.name());
                case UNSERVED -> unserved.add(view.name());
                case SERVED -> {
                    if (view.kind() == PortKind.NODE_LAN) {
                        cables.add(view.name());
                    }
                }
            }
            if (view.consequence() != Consequence.BLOCKED && ports[i].isRouted(nowNs)) {
                routers.add(view.name());
            }
        }
        return new PortPolicy(blocked, unserved, cables, routers);
    }

    /** What shall be done about the ports now. */
    public PortPolicy policy() {
        return policy;
    }

    public GuardSnapshot snapshot(long nowNs) {
        List<String> all = new ArrayList<>();
        if (!faults.isEmpty()) {
            all.add("the gateway is not kept apart: " + String.join("; ", faults)
                    + ". The node loads its rules again by itself; if this stays: limesh doctor");
        }
        List<GuardSnapshot.Offender> offenders = alarms.offenders(nowNs);
        for (GuardSnapshot.Offender offender : offenders.subList(0, Math.min(offenders.size(), WARNED_OFFENDERS))) {
            all.add("client " + offender.client() + " on " + offender.port() + " " + offender.deed() + "; "
                    + offender.frames() + (offender.frames() == 1 ? " frame" : " frames") + " dropped. Find the device, or "
                    + "leave it: it reaches nobody.");
        }
        if (offenders.size() > WARNED_OFFENDERS) {
            all.add(offenders.size() - WARNED_OFFENDERS + " more things that clients may not do were stopped");
        }
        all.addAll(warnings.sentences());
        return new GuardSnapshot(List.of(views), offenders,
                new GuardSnapshot.Isolation(tests, failed, testedNs, faults), all);
    }

    private void onVerdict(List<String> found, long nowNs) {
        tests++;
        testedNs = nowNs;
        counters.of("guard.self_tests").increment();
        boolean were = !faults.isEmpty();
        boolean same = found.equals(faults);
        faults = found;
        if (!found.isEmpty()) {
            failed++;
            counters.of("isolation.broken").increment();
            if (!same) {
                out.report(new GuardEvent.IsolationBroken(found));
            }
        } else if (were) {
            out.report(new GuardEvent.IsolationRestored());
        }
    }

    private final class ToPorts implements PortClassifier.Outbox {
        @Override
        public void transmit(int port, Frame frame) {
            out.transmit(port, frame);
        }

        @Override
        public boolean reaches(MacAddress originator) {
            return out.reaches(originator);
        }

        @Override
        public boolean hasNeighbours() {
            return out.hasNeighbours();
        }
    }

    private final class ToTest implements SelfTest.Outbox {
        @Override
        public void readFilters() {
            out.readFilters();
        }

        @Override
        public void fromCloud(Frame frame) {
            out.fromCloud(frame);
        }

        @Override
        public void fromGateway(Frame frame) {
            out.fromGateway(frame);
        }

        @Override
        public void onVerdict(List<String> faults, long nowNs) {
            Guard.this.onVerdict(faults, nowNs);
        }
    }
}
