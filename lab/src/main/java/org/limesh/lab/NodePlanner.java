package org.limesh.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.limesh.lab.scenario.Scenario;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.ConfigSource;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.Diagnostic;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;

/** Plans the nodes of a scenario by auto-configuration: community, cloud, node, in this order. */
final class NodePlanner {
    /** Name of the device that a provider's line is plugged into. */
    static final String UPLINK = "wan";

    private final Scenario scenario;
    private final List<ConfigSource> community;
    private final Map<String, List<String>> cables;
    private final Map<String, LimeConfig> configByCloud = new LinkedHashMap<>();
    private final List<String> diagnostics = new ArrayList<>();

    NodePlanner(Scenario scenario) throws Laboratory.Unbuildable {
        this.scenario = scenario;
        this.community = readCommunity();
        this.cables = cableDevices();
    }

    /** What is wrong, a sentence each. */
    List<String> diagnostics() {
        return diagnostics;
    }

    /** The plan, or null after a diagnostic. */
    NodePlan plan(Scenario.NodeSpec spec) {
        List<String> devices = devices(spec, cables.get(spec.name()));
        if (devices.isEmpty()) {
            diagnostics.add("error: " + scenario.file() + ":" + spec.position() + ": node '" + spec.name()
                    + "' has neither a radio nor a cable; give it 'radios: 1' or a link of kind ethernet");
            return null;
        }
        DeviceSet set = new DeviceSet(spec.mac(), devices.stream().map(DeviceSet.MeshDevice::named).toList(),
                List.of(), spec.internet() == null ? null : UPLINK);
        AutoConfig.Result result = AutoConfig.plan(config(spec), set);
        if (result.plan() == null) {
            result.diagnostics().stream().filter(Diagnostic::isError).map(Diagnostic::render)
                    .filter(text -> !diagnostics.contains(text)).forEach(diagnostics::add);
        }
        return result.plan();
    }

    private LimeConfig config(Scenario.NodeSpec spec) {
        boolean own = community.stream().anyMatch(source -> source.baseName().equals("lime-"
                + spec.mac().digits()));
        LimeConfig config = own ? cloudConfig(spec)
                : configByCloud.computeIfAbsent(spec.cloud(), unused -> cloudConfig(spec));
        if (!own && isHostName(spec.name())) {
            // People know the nodes of a scenario by these names; so shall their tables.
            config = config.with("system", "hostname", List.of(spec.name()));
        }
        if (spec.internet() != null) {
            // What its owner would say of it; the node's own 'uci' may say something else.
            config = config.with("network", "limesh_share_bandwidth",
                    List.of(Math.max(1, spec.internet().downBps() / 1000) + "k"));
        }
        return with(config, spec.uci());
    }

    private static boolean isHostName(String name) {
        return name.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?");
    }

    private LimeConfig cloudConfig(Scenario.NodeSpec spec) {
        Scenario.Cloud cloud = scenario.clouds().get(spec.cloud());
        return with(LimeConfig.of(community, spec.mac()), cloud.uci())
                .with("wifi", "ap_ssid", List.of(cloud.ssid()));
    }

    private static LimeConfig with(LimeConfig config, Map<String, List<String>> settings) {
        LimeConfig laid = config;
        for (Map.Entry<String, List<String>> setting : settings.entrySet()) {
            String[] path = setting.getKey().split("\\.");
            laid = laid.with(path[0], path[1], setting.getValue());
        }
        return laid;
    }

    private List<ConfigSource> readCommunity() throws Laboratory.Unbuildable {
        Path path = scenario.community();
        if (path == null) {
            return List.of();
        }
        try {
            if (!Files.isDirectory(path)) {
                return List.of(new ConfigSource("lime-community", Files.readString(path)));
            }
            List<ConfigSource> sources = new ArrayList<>();
            try (Stream<Path> files = Files.list(path)) {
                for (Path file : files.filter(file -> file.getFileName().toString().startsWith("lime-"))
                        .sorted().toList()) {
                    sources.add(new ConfigSource(file.toString(), Files.readString(file)));
                }
            }
            return sources;
        } catch (IOException unreadable) {
            throw new Laboratory.Unbuildable(List.of("error: cannot read " + path + ": " + unreadable.getMessage()));
        }
    }

    private static List<String> devices(Scenario.NodeSpec spec, List<String> cables) {
        List<String> devices = new ArrayList<>();
        for (int i = 0; i < spec.radios(); i++) {
            devices.add("wlan" + i + "-mesh");
        }
        devices.addAll(cables == null ? List.of() : cables);
        return devices;
    }

    /** Cable devices of each node: those that links name, then as many as links without name need. */
    private Map<String, List<String>> cableDevices() {
        Map<String, List<String>> devices = new LinkedHashMap<>();
        for (Scenario.LinkSpec link : scenario.links()) {
            for (Scenario.EndpointSpec end : List.of(link.a(), link.b())) {
                List<String> own = devices.computeIfAbsent(end.node(), unused -> new ArrayList<>());
                if (end.device().startsWith("eth") && !own.contains(end.device())) {
                    own.add(end.device());
                }
            }
        }
        for (Scenario.LinkSpec link : scenario.links()) {
            if (link.kind() == Scenario.LinkKind.ETHERNET) {
                for (Scenario.EndpointSpec end : List.of(link.a(), link.b())) {
                    if (end.device().isEmpty()) {
                        List<String> own = devices.get(end.node());
                        own.add(freeCable(own));
                    }
                }
            }
        }
        return devices;
    }

    /** The lowest cable device that is not among these. */
    static String freeCable(List<String> taken) {
        int index = 0;
        while (taken.contains("eth" + index)) {
            index++;
        }
        return "eth" + index;
    }
}
