package org.limesh.lime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which device speaks which protocols: its {@code config net} section, else the general list. The profile
 * takes whole layers out of both.
 */
final class ProtocolLists {
    static final String PROFILE = "limesh_profile";
    private static final List<String> LAYER_3 = List.of("bmx7", "bmx6", "babeld", "olsr", "olsr6", "olsr2",
            "bgp");

    private final List<ProtocolEntry> general;
    private final Map<String, List<ProtocolEntry>> own = new LinkedHashMap<>();
    private final Map<String, UciSection> sections = new LinkedHashMap<>();
    private final Map<String, EthRole> roles = new LinkedHashMap<>();

    ProtocolLists(LimeConfig config, Consumer<Diagnostic> problems) {
        Profile profile = profile(config.option("network", PROFILE), problems);
        this.general = profile.filter(checked(config.list("network", "protocols"), problems));
        for (UciSection section : config.sections().values()) {
            UciOption device = section.options().get("linux_name");
            EthRole role = section.type().equals("net") && device != null ? EthRole.of(section, problems) : null;
            if (role == EthRole.DEFAULT) {
                continue;
            }
            if (role != null) {
                roles.put(device.text(), role);
                own.put(device.text(), profile.filter(checked(role.protocols(section), problems)));
                sections.put(device.text(), section);
            } else if (section.type().equals("net") && device != null) {
                // A section without protocols means: touch nothing.
                own.put(device.text(), profile.filter(checked(LimeConfig.list(section, "protocols"),
                        problems)));
                sections.put(device.text(), section);
            }
        }
    }

    /** Which layers a node takes part in. */
    private enum Profile {
        FULL, LAYER2, LAYER3;

        List<ProtocolEntry> filter(List<ProtocolEntry> entries) {
            return entries.stream().filter(entry -> switch (this) {
                case FULL -> true;
                case LAYER2 -> !LAYER_3.contains(entry.proto());
                case LAYER3 -> !entry.proto().equals("batadv");
            }).toList();
        }
    }

    private static Profile profile(UciOption option, Consumer<Diagnostic> problems) {
        String text = option == null ? "full" : option.text().strip();
        return switch (text) {
            case "", "full" -> Profile.FULL;
            case "layer2" -> Profile.LAYER2;
            case "layer3" -> Profile.LAYER3;
            default -> {
                problems.accept(Diagnostic.error(option.origin(), "'" + PROFILE + "' is '"
                        + Words.shorten(text) + "': no such profile", "write 'full', 'layer2' or 'layer3'"));
                yield Profile.FULL;
            }
        };
    }

    private static List<ProtocolEntry> checked(List<UciValue> values, Consumer<Diagnostic> problems) {
        List<ProtocolEntry> entries = ProtocolEntry.all(values);
        for (ProtocolEntry entry : entries) {
            Diagnostic problem = ProtocolCheck.of(entry);
            if (problem != null) {
                problems.accept(problem);
            }
        }
        // Configurations of the classic era name bmx6; its successor takes its place.
        return speaks(entries, "bmx7") ? entries : entries.stream().map(entry -> entry.proto().equals("bmx6")
                ? new ProtocolEntry("bmx7", "" + Cloud.BMX7_VLAN, ProtocolEntry.SERVICE_TAG, entry.value())
                : entry).toList();
    }

    /** What a person says that a device is; null when nobody does. */
    EthRole role(String device) {
        return roles.get(device);
    }

    boolean inGeneral(String proto) {
        return speaks(general, proto);
    }

    boolean hasOwnSection(String device) {
        return own.containsKey(device);
    }

    /** The {@code config net} section of a device, or null. */
    UciSection ownSection(String device) {
        return sections.get(device);
    }

    /** Nothing at all when {@code manual} is among them. */
    List<ProtocolEntry> of(String device) {
        List<ProtocolEntry> list = own.getOrDefault(device, general);
        return speaks(list, "manual") ? List.of() : list;
    }

    boolean speaks(String device, String proto) {
        return speaks(of(device), proto);
    }

    private static boolean speaks(List<ProtocolEntry> list, String proto) {
        return list.stream().anyMatch(entry -> entry.proto().equals(proto));
    }

    /**
     * The device to the Internet: the one named as such, else the first whose section has {@code wan}, or
     * {@code static} with a gateway; or null.
     */
    String uplink(DeviceSet devices) {
        if (devices.wanDevice() != null) {
            return devices.wanDevice();
        }
        return own.keySet().stream().filter(device -> speaks(device, "wan") || speaks(device, "static")
                && sections.get(device).options().containsKey("static_gateway_ipv4")).findFirst()
                .orElse(null);
    }
}
