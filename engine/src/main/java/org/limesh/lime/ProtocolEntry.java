package org.limesh.lime;

import java.util.List;
import java.util.OptionalInt;
import org.limesh.base.VlanTag;

/**
 * An entry of a list of protocols: {@code proto[:vlan[:vlantype[:suffix...]]]}.
 *
 * @param proto     e.g. {@code batadv}
 * @param vlan      as written, e.g. {@code %N1} or {@code 18}; empty without
 * @param vlanType  {@code 8021ad} or {@code 8021q}
 * @param value     the whole entry and where it was written
 */
public record ProtocolEntry(String proto, String vlan, String vlanType, UciValue value) {
    static final String SERVICE_TAG = "8021ad";
    static final String CUSTOMER_TAG = "8021q";

    static ProtocolEntry of(UciValue value) {
        String[] parts = value.text().strip().split(":", -1);
        return new ProtocolEntry(parts[0], parts.length > 1 ? parts[1] : "",
                parts.length > 2 && !parts[2].isEmpty() ? parts[2] : SERVICE_TAG, value);
    }

    static List<ProtocolEntry> all(List<UciValue> values) {
        return values.stream().filter(value -> !value.text().isBlank()).map(ProtocolEntry::of).toList();
    }

    /** The VLAN id, 0 = none; empty when the text is not a number that a VLAN can have. */
    OptionalInt vlanId(Cloud cloud) {
        return vlan.equals("%N1") ? OptionalInt.of(cloud.batadvVlan())
                : vlan.isEmpty() ? OptionalInt.of(0) : Numbers.parse(vlan, 0, 4094);
    }

    boolean knownVlanType() {
        return vlanType.equals(SERVICE_TAG) || vlanType.equals(CUSTOMER_TAG);
    }

    /** The tag for an id; null for 0. */
    VlanTag tag(int vlanId) {
        return vlanId == 0 ? null
                : new VlanTag(vlanType.equals(CUSTOMER_TAG) ? VlanTag.TPID_8021Q : VlanTag.TPID_8021AD,
                vlanId);
    }
}
