package org.limesh.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.ffi.UdpHolder;
import org.limesh.node.NodeEvent;

/** A node in a process of its own: mesh on {@code mesh0}, clients on {@code lan0}. */
final class TestNode implements HostListener {
    static final MacAddress MAC = new MacAddress(0x02cafe123456L);

    private TestNode() {}

    static NodePlan plan() {
        return AutoConfig.plan(LimeConfig.builtIn(), DeviceSet.of(MAC, List.of("mesh0"), List.of("lan0")))
                .orThrow();
    }

    /** {@code limesh node RUNDIR}, {@code limesh clean RUNDIR} or {@code limesh hold67}. */
    public static void main(String[] args) throws Exception {
        switch (args[1]) {
            case "node" -> node(Path.of(args[2]));
            case "clean" -> Machine.clean(Path.of(args[2]))
                    .forEach(cleaned -> System.out.println(cleaned.text()));
            case "hold67" -> {
                UdpHolder.open(org.limesh.base.Ip4Address.ANY, 67);
                System.out.println("ready");
                new CountDownLatch(1).await();
            }
            default -> throw new IllegalArgumentException(args[1]);
        }
    }

    /** A line on standard input names what goes wrong next. */
    private static void node(Path runDirectory) throws InterruptedException, IOException {
        LinuxHost host = start(runDirectory);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String fault = order;
            host.execute(() -> {
                if (fault.equals("memory")) {
                    throw new OutOfMemoryError("as if");
                }
                throw new IllegalStateException("a fault on order");
            });
        }
        new CountDownLatch(1).await();
    }

    private static LinuxHost start(Path runDirectory) {
        LinuxHost host = null;
        try {
            LinuxHost made = new LinuxHost(plan(), runDirectory, null, 1, new TestNode());
            host = made;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                made.stop().forEach(System.out::println);
                Runtime.getRuntime().halt(0);
            }));
            host.start();
        } catch (HostException refused) {
            System.out.println("refused: " + refused.getMessage());
            Runtime.getRuntime().halt(3);
        }
        System.out.println("ready");
        return host;
    }

    @Override
    public void onEvent(NodeEvent event, long nowNs) {
        System.out.println("event: " + event);
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
