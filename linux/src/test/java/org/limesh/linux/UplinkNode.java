package org.limesh.linux;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeEvent;

/** A node with an uplink and no layer 2 in a process of its own, for {@link UplinkOnLinuxTest}. */
final class UplinkNode implements HostListener {
    private static final long START_NS = System.nanoTime();

    private UplinkNode() {}

    private static NodePlan plan() {
        LimeConfig config = LimeConfig.builtIn().with("network", "protocols", List.of("lan", "bmx7:18"))
                .with("system.hostname=plaza")
                .with("network", "limesh_probe_ping", List.of("203.0.113.8"))
                .with("network", "limesh_probe_dns", List.of(""))
                .with("network.limesh_probe_name=good.example")
                .with("network", "limesh_probe_http", List.of("http://good.example/success.txt success"));
        return AutoConfig.plan(config, new DeviceSet(new MacAddress(0x02cafe123456L), List.of(), List.of(),
                "wan0"))
                .orThrow();
    }

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println("start " + START_NS);
        LinuxHost host = new LinuxHost(plan(), Path.of(arguments[0]), null, System.nanoTime(),
                new UplinkNode());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            host.stop().forEach(System.out::println);
            Runtime.getRuntime().halt(0);
        }));
        host.start();
        System.out.println("ready");
        new CountDownLatch(1).await();
    }

    @Override
    public void onEvent(NodeEvent event, long nowNs) {
        if (event instanceof NodeEvent.Gateway(var inner)) {
            System.out.println((nowNs - START_NS) / 1_000_000 + " ms " + inner);
        }
    }

    @Override
    public void onChange(String sentence) {
        System.out.println("change: " + sentence);
    }

    @Override
    public void onRepair(String sentence) {
        System.out.println("repair: " + sentence);
    }

    @Override
    public void onEnd(String sentence) {
        System.out.println("end: " + sentence);
        Runtime.getRuntime().halt(1);
    }

    @Override
    public void onWarning(String sentence) {
        System.out.println("warning: " + sentence);
    }
}
