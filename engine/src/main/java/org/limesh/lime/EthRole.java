package org.limesh.lime;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What a person says a cable port is: option {@code eth_role} of a {@code config net} section, as LibreMesh's page
 * writes it ({@code lime_app_eth_cfg_<dev>}). That page writes the protocols of the role along with it; where they
 * are missing, the role brings them.
 */
enum EthRole {
    /** As without the section. */
    DEFAULT(List.of()),
    /** Clients, whatever is heard there. */
    LAN(List.of("lan")),
    /** The way to the Internet. */
    WAN(List.of("wan")),
    /** Other nodes. */
    MESH(List.of("batadv:%N1", "bmx7:18"));

    private final List<String> protocols;

    EthRole(List<String> protocols) {
        this.protocols = protocols;
    }

    /** The role of a section, or null when it has none. A role that does not exist is a problem. */
    static EthRole of(UciSection section, Consumer<Diagnostic> problems) {
        UciOption option = section.options().get("eth_role");
        if (option == null) {
            return null;
        }
        for (EthRole role : values()) {
            if (role.name().toLowerCase(Locale.ROOT).equals(option.text().strip())) {
                return role;
            }
        }
        problems.accept(Diagnostic.error(option.origin(), "'eth_role' is '" + Words.shorten(option.text())
                + "': no such role", "write 'lan', 'wan', 'mesh' or 'default'"));
        return null;
    }

    /** The section's own list of protocols, or that of the role. */
    List<UciValue> protocols(UciSection section) {
        Origin origin = section.options().get("eth_role").origin();
        return section.options().containsKey("protocols") ? LimeConfig.list(section, "protocols")
                : protocols.stream().map(text -> new UciValue(text, origin)).toList();
    }
}
