package org.limesh.lab.api;

import java.util.function.Function;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;

/** Who is meant by a link-local address. */
final class LinkLocal {
    private LinkLocal() {}

    /** The MAC that the address was made of by EUI-64, or null. */
    static MacAddress mac(Ip6Address address) {
        return address.isEui64() ? address.eui64Mac() : null;
    }

    /** The name of its owner when that is known, else the address. */
    static String name(Ip6Address address, Function<MacAddress, String> names) {
        MacAddress mac = mac(address);
        String name = mac == null ? null : names.apply(mac);
        return name == null || name.equals(mac.toString()) ? address.toString() : name;
    }
}
