package org.limesh.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.limesh.base.MacAddress;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.Cloud;
import org.limesh.lime.ConfigSource;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.Explanation;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;
import org.limesh.lime.Template;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code limesh explain}: how SSID and MAC become VLAN, networks, addresses and names. */
@Command(name = "explain", mixinStandardHelpOptions = true,
        description = "Show how SSID and MAC become VLAN, networks, addresses and names.",
        footer = {"", "Example:", "  limesh explain --ssid LibreMesh.org --mac 02:ca:fe:12:34:56",
            "  limesh explain --mac 02:ca:fe:12:34:56 --template '10.%%N1.%%N2.0/24'",
            "  limesh explain --compare Plaza Norte LibreMesh.org"})
final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--ssid", paramLabel = "SSID",
            description = "Name of the cloud. Default: ap_ssid of the configuration.")
    private String ssid;

    @Option(names = "--template", paramLabel = "TEMPLATE",
            description = "Show step by step what becomes of such a main_ipv4_address or main_ipv6_address. "
                    + "Repeatable.")
    private List<String> templates = new ArrayList<>();

    @Option(names = "--compare", paramLabel = "SSID", arity = "1..*",
            description = "Show which of these clouds would share VLAN and IPv4 network.")
    private List<String> compared = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private ConfigOptions options;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try {
            List<ConfigSource> sources = options.sources();
            MacAddress mac = options.primaryMac(sources).orElse(null);
            LimeConfig config = options.load(sources, mac);
            if (ssid != null) {
                config = config.with("wifi", "ap_ssid", List.of(ssid));
            }
            boolean onlyCompare = !compared.isEmpty() && templates.isEmpty()
                    && (mac == null || options.mac == null);
            return onlyCompare ? compare(config, out)
                    : mac == null ? noMac(config, err) : explain(config, mac, out, err);
        } catch (IOException | IllegalArgumentException fault) {
            err.println("error: " + fault.getMessage());
            return ConfigOptions.WRONG_USE;
        }
    }

    /** Clouds can be compared without any node. */
    private int compare(LimeConfig config, PrintWriter out) {
        if (json) {
            printJson(out, Map.of("clouds", cloudsJson(config)));
        } else {
            out.println(Explanation.compare(allCompared(config)));
        }
        return ConfigOptions.DONE;
    }

    private static int noMac(LimeConfig config, PrintWriter err) {
        err.println("error: no MAC: this machine has no device '"
                + config.text("network", "primary_interface", "")
                + "'. Say which: --mac 02:ca:fe:12:34:56");
        return ConfigOptions.WRONG_USE;
    }

    private int explain(LimeConfig config, MacAddress mac, PrintWriter out, PrintWriter err) {
        AutoConfig.Result result = AutoConfig.plan(config, new DeviceSet(mac, List.of(), List.of(), null));
        if (ConfigOptions.print(result.diagnostics(), false, err)) {
            return ConfigOptions.WRONG_USE;
        }
        List<String> steps = new ArrayList<>();
        for (String template : templates) {
            try {
                steps.add(Explanation.steps(template, config.apSsid(), mac));
            } catch (IllegalArgumentException fault) {
                err.println("error: --template '" + template + "': " + fault.getMessage());
                return ConfigOptions.WRONG_USE;
            }
        }
        if (json) {
            printJson(out, planJson(config, result.plan(), steps));
            return ConfigOptions.DONE;
        }
        out.println(new Explanation(config, result.plan()).text());
        steps.forEach(out::println);
        if (!compared.isEmpty()) {
            out.println(Explanation.compare(allCompared(config)));
        }
        return ConfigOptions.DONE;
    }

    /** Those named, and before them the cloud of {@code --ssid} or of the files. */
    private List<String> allCompared(LimeConfig config) {
        List<String> all = new ArrayList<>();
        if (config.files().stream().flatMap(file -> file.sections().stream())
                .filter(section -> "wifi".equals(section.name()))
                .anyMatch(section -> section.options().containsKey("ap_ssid"))) {
            all.add(config.apSsid());
        }
        all.addAll(compared);
        return all;
    }

    private Map<String, Object> planJson(LimeConfig config, NodePlan plan, List<String> steps) {
        Cloud cloud = Cloud.of(plan.apSsid());
        Template template = Template.of(plan.apSsid(), plan.primaryMac());
        Map<String, Object> json = new LinkedHashMap<>(cloudJson(cloud));
        json.put("batadv_vlan", new Explanation(config, plan).batadvVlanId());
        json.put("ipv4_network", plan.address4().masked().toString());
        json.put("ipv6_network", plan.address6().masked().toString());
        json.put("mac", plan.primaryMac().toString());
        json.put("hostname", plan.hostname());
        json.put("domain", plan.domain());
        json.put("ipv4", plan.address4().toString());
        json.put("ipv6", plan.address6().toString());
        if (plan.anycast() != null) {
            Map<String, Object> anycast = new LinkedHashMap<>();
            anycast.put("mac", plan.anycast().mac().toString());
            anycast.put("ipv4", plan.anycast().address4().toString());
            anycast.put("ipv6", plan.anycast().address6().toString());
            anycast.put("dhcp_first", plan.anycast().dhcpFirst().toString());
            anycast.put("dhcp_last", plan.anycast().dhcpLast().toString());
            json.put("anycast", anycast);
        }
        json.put("ap_name_ssid", template.ssid(config.text("wifi", "apname_ssid", plan.apSsid()),
                plan.hostname()));
        json.put("mac_config_file", "lime-" + plan.primaryMac().digits());
        if (!steps.isEmpty()) {
            json.put("templates", steps.stream().map(text -> List.of(text.split("\n"))).toList());
        }
        if (!compared.isEmpty()) {
            json.put("clouds", cloudsJson(config));
        }
        return json;
    }

    private List<Map<String, Object>> cloudsJson(LimeConfig config) {
        return allCompared(config).stream().distinct().map(name -> cloudJson(Cloud.of(name))).toList();
    }

    private static Map<String, Object> cloudJson(Cloud cloud) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ap_ssid", cloud.apSsid());
        json.put("md5", cloud.id().digits());
        json.put("n", IntStream.rangeClosed(1, MacAddress.LENGTH_OCTETS).mapToObj(cloud.id()::hex).toList());
        json.put("batadv_vlan", cloud.batadvVlan());
        json.put("ipv4_network", Explanation.network4(cloud).toString());
        json.put("ipv6_network", Explanation.network6(cloud).toString());
        return json;
    }

    private static void printJson(PrintWriter out, Object json) {
        JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        out.println(mapper.writeValueAsString(json));
    }
}
