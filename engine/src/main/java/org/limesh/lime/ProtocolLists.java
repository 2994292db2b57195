package org.limesh.lime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Which device speaks which protocols: its {@code config net} section, else the general list. */
final class ProtocolLists {
    private final List<ProtocolEntry> general;
    private final Map<String, List<ProtocolEntry>> own = new LinkedHashMap<>();

    ProtocolLists(LimeConfig config, Consumer<Diagnostic> problems) {
        this.general = ProtocolEntry.all(config.list("network", "protocols"));
        check(general, problems);
        for (UciSection section : config.sections().values()) {
            UciOption device = section.options().get("linux_name");
            if (section.type().equals("net") && device != null) {
                // A section without protocols means: touch nothing.
                List<ProtocolEntry> list = ProtocolEntry.all(LimeConfig.list(section, "protocols"));
                check(list, problems);
                own.put(device.text(), list);
            }
        }
    }

    private static void check(List<ProtocolEntry> entries, Consumer<Diagnostic> problems) {
        for (ProtocolEntry entry : entries) {
            Diagnostic problem = ProtocolCheck.of(entry);
            if (problem != null) {
                problems.accept(problem);
            }
        }
    }

    boolean inGeneral(String proto) {
        return speaks(general, proto);
    }

    boolean hasOwnSection(String device) {
        return own.containsKey(device);
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
}
