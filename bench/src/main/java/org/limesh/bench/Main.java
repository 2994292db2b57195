package org.limesh.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Runs the named benchmarks, or all, and prints one Markdown table. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        Map<String, Callable<List<Row>>> all = new LinkedHashMap<>();
        all.put("queue", QueueSpeed::rows);
        all.put("ogm", OgmSpeed::rows);
        all.put("bmx7", Bmx7Speed::rows);
        all.put("sim", SimulatorSpeed::rows);
        all.put("routed", RoutedSpeed::rows);
        all.put("data", DataPlane::rows);
        all.put("tunnel", TunnelSpeed::rows);
        all.put("dhcp", DhcpLoad::rows);
        all.put("dns", DnsSpeed::rows);
        List<String> chosen = args.length == 0 ? List.copyOf(all.keySet()) : List.of(args);
        for (String name : chosen) {
            if (!all.containsKey(name)) {
                System.err.println("bench: there is no benchmark '" + name + "'; there are: "
                        + String.join(", ", all.keySet()));
                System.exit(2);
            }
        }
        List<Row> rows = new ArrayList<>();
        for (String name : chosen) {
            System.err.println(name + " ...");
            rows.addAll(all.get(name).call());
        }
        System.out.println("| What | Figure | Compared with, in the same run | Ratio |");
        System.out.println("| --- | --- | --- | --- |");
        rows.forEach(System.out::println);
        System.out.println();
        System.out.printf("Java %s, %d processors. Absolute figures depend on the machine and on what else it does;"
                + " compare ratios only.%n", Runtime.version(), Runtime.getRuntime().availableProcessors());
    }
}
