package org.limesh.packet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.limesh.base.Ip4Address;
import org.limesh.base.Octets;

/**
 * Options of a DHCP message (RFC 2132), in order, unknown ones included. Immutable.
 *
 * <pre>
 *  octet  0     1       2..
 *         code  octets  value        code 0 pads, code 255 ends
 * </pre>
 *
 * An option that occurs several times, or in several of the places that option 52 opens, is one option
 * with the values joined (RFC 3396). Values of the options named here have a length that makes sense.
 */
public final class DhcpOptions {
    public static final int PAD = 0;
    public static final int SUBNET_MASK = 1;
    public static final int ROUTER = 3;
    public static final int DNS_SERVER = 6;
    public static final int HOSTNAME = 12;
    public static final int DOMAIN = 15;
    public static final int INTERFACE_MTU = 26;
    public static final int BROADCAST_ADDRESS = 28;
    public static final int REQUESTED_ADDRESS = 50;
    public static final int LEASE_SECONDS = 51;
    public static final int OVERLOAD = 52;
    public static final int MESSAGE_TYPE = 53;
    public static final int SERVER_ID = 54;
    public static final int PARAMETER_LIST = 55;
    public static final int MESSAGE = 56;
    public static final int MAX_MESSAGE_OCTETS = 57;
    public static final int RENEWAL_SECONDS = 58;
    public static final int REBINDING_SECONDS = 59;
    public static final int VENDOR_CLASS = 60;
    public static final int CLIENT_ID = 61;
    public static final int RAPID_COMMIT = 80;
    public static final int CLIENT_NAME = 81;
    /** What a relay agent or a switch says about the client's port (RFC 3046). */
    public static final int PORT_INFORMATION = 82;
    public static final int END = 255;
    /** Largest value of one option on the wire; longer ones are split. */
    private static final int MAX_VALUE_OCTETS = 255;

    private final Map<Integer, byte[]> values;

    private DhcpOptions(Map<Integer, byte[]> values) {
        this.values = values;
    }

    /** Collects options; each area is read to its end. */
    static final class Reader {
        private final Value[] byCode = new Value[END];
        /** Codes in the order of their first occurrence. */
        private final List<Integer> order = new ArrayList<>();
        private int faultAt = -1;

        /** A value that may come in parts. Room doubles, so that a thousand parts are not copied a thousand times. */
        private static final class Value {
            private byte[] octets;
            private int length;

            void append(byte[] from, int at, int count) {
                if (octets == null) {
                    octets = new byte[count];
                } else if (length + count > octets.length) {
                    octets = Arrays.copyOf(octets, Math.max(length + count, 2 * length));
                }
                System.arraycopy(from, at, octets, length, count);
                length += count;
            }

            byte[] whole() {
                return length == octets.length ? octets : Arrays.copyOf(octets, length);
            }
        }

        /** Reads options from {@code from} to {@code end}; false when one does not fit. */
        boolean read(byte[] octets, int from, int end) {
            int at = from;
            while (at < end) {
                int code = octets[at] & 0xff;
                if (code == END) {
                    return true;
                }
                if (code == PAD) {
                    at++;
                    continue;
                }
                if (at + 2 > end || at + 2 + (octets[at + 1] & 0xff) > end) {
                    faultAt = at;
                    return false;
                }
                int next = at + 2 + (octets[at + 1] & 0xff);
                if (byCode[code] == null) {
                    byCode[code] = new Value();
                    order.add(code);
                }
                byCode[code].append(octets, at + 2, next - at - 2);
                at = next;
            }
            // A missing end mark is tolerated: some boot loaders rely on it.
            return true;
        }

        /** Where the option that does not fit begins. */
        int faultAt() {
            return faultAt;
        }

        /** The places that option 52 opens: bit 0 the boot file field, bit 1 the server name field. */
        int overload() {
            Value value = byCode[OVERLOAD];
            return value == null || value.length != 1 ? 0 : value.octets[0] & 3;
        }

        DhcpOptions options() {
            Map<Integer, byte[]> values = new LinkedHashMap<>();
            for (int code : order) {
                // An overload mark is about this message's form; inside an overloaded field it means nothing at all.
                if (code != OVERLOAD) {
                    values.put(code, byCode[code].whole());
                }
            }
            return new DhcpOptions(values);
        }
    }

    /** Makes options in the order of the calls. */
    public static final class Builder {
        private final Map<Integer, byte[]> values = new LinkedHashMap<>();

        /** Any option. */
        public Builder put(int code, byte[] value) {
            values.put(code, value.clone());
            return this;
        }

        public Builder put8(int code, int value) {
            values.put(code, new byte[] {(byte) value});
            return this;
        }

        public Builder put16(int code, int value) {
            byte[] octets = new byte[2];
            Octets.put16(octets, 0, value);
            values.put(code, octets);
            return this;
        }

        public Builder put32(int code, int value) {
            byte[] octets = new byte[4];
            Octets.put32(octets, 0, value);
            values.put(code, octets);
            return this;
        }

        public Builder put(int code, Ip4Address address) {
            return put32(code, address.bits());
        }

        public Builder put(int code, List<Ip4Address> addresses) {
            byte[] octets = new byte[4 * addresses.size()];
            for (int i = 0; i < addresses.size(); i++) {
                Octets.put32(octets, 4 * i, addresses.get(i).bits());
            }
            values.put(code, octets);
            return this;
        }

        public Builder put(int code, String text) {
            values.put(code, text.getBytes(StandardCharsets.UTF_8));
            return this;
        }

        public DhcpOptions build() {
            return new DhcpOptions(new LinkedHashMap<>(values));
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The name of the first known option whose length makes no sense, or null. */
    String fault() {
        for (Map.Entry<Integer, byte[]> option : values.entrySet()) {
            int length = option.getValue().length;
            boolean good = switch (option.getKey()) {
                case MESSAGE_TYPE -> length == 1 && option.getValue()[0] >= 1;
                case REQUESTED_ADDRESS, SERVER_ID, LEASE_SECONDS, RENEWAL_SECONDS, REBINDING_SECONDS, SUBNET_MASK ->
                        length == 4;
                case MAX_MESSAGE_OCTETS, INTERFACE_MTU -> length == 2;
                case ROUTER, DNS_SERVER -> length > 0 && length % 4 == 0;
                case CLIENT_ID -> length >= 1 && length <= MAX_VALUE_OCTETS;
                default -> true;
            };
            if (!good) {
                return option.getKey() == MESSAGE_TYPE ? "message_type" : "option_length";
            }
        }
        return null;
    }

    /** Codes in order. */
    public List<Integer> codes() {
        return List.copyOf(values.keySet());
    }

    public boolean has(int code) {
        return values.containsKey(code);
    }

    /** A copy of the value, or null. */
    public byte[] value(int code) {
        byte[] value = values.get(code);
        return value == null ? null : value.clone();
    }

    /** The first octet, or {@code otherwise} when the option is missing. */
    public int u8(int code, int otherwise) {
        byte[] value = values.get(code);
        return value == null || value.length < 1 ? otherwise : value[0] & 0xff;
    }

    /** The first two octets, or {@code otherwise} when the option is missing. */
    public int u16(int code, int otherwise) {
        byte[] value = values.get(code);
        return value == null || value.length < 2 ? otherwise : Octets.u16(value, 0);
    }

    /** The first four octets as an unsigned number, or {@code otherwise} when the option is missing. */
    public long u32(int code, long otherwise) {
        byte[] value = values.get(code);
        return value == null || value.length < 4 ? otherwise : Octets.i32(value, 0) & 0xffff_ffffL;
    }

    /** The first address, or null. */
    public Ip4Address address(int code) {
        byte[] value = values.get(code);
        return value == null || value.length < 4 ? null : new Ip4Address(Octets.i32(value, 0));
    }

    /** The value as text without trailing zeros, or empty; bytes that are no UTF-8 become U+FFFD. */
    public String text(int code) {
        byte[] value = values.get(code);
        if (value == null) {
            return "";
        }
        int end = value.length;
        while (end > 0 && value[end - 1] == 0) {
            end--;
        }
        return new String(value, 0, end, StandardCharsets.UTF_8);
    }

    /** True when the parameter list (55) asks for this option. */
    public boolean asksFor(int code) {
        byte[] list = values.get(PARAMETER_LIST);
        if (list != null) {
            for (byte wanted : list) {
                if ((wanted & 0xff) == code) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Octets that {@link #write} needs, end mark included. */
    int lengthOctets() {
        int sum = 1;
        for (byte[] value : values.values()) {
            int pieces = Math.max(1, (value.length + MAX_VALUE_OCTETS - 1) / MAX_VALUE_OCTETS);
            sum += value.length + 2 * pieces;
        }
        return sum;
    }

    /** Writes all options and the end mark. */
    void write(byte[] octets, int from) {
        int at = from;
        for (Map.Entry<Integer, byte[]> option : values.entrySet()) {
            byte[] value = option.getValue();
            int done = 0;
            do {
                int piece = Math.min(MAX_VALUE_OCTETS, value.length - done);
                octets[at] = option.getKey().byteValue();
                octets[at + 1] = (byte) piece;
                System.arraycopy(value, done, octets, at + 2, piece);
                at += 2 + piece;
                done += piece;
            } while (done < value.length);
        }
        octets[at] = (byte) END;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DhcpOptions options && values.keySet().equals(options.values.keySet())
                && values.entrySet().stream()
                        .allMatch(option -> Arrays.equals(option.getValue(), options.values.get(option.getKey())));
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (Map.Entry<Integer, byte[]> option : values.entrySet()) {
            hash += option.getKey() * 31 + Arrays.hashCode(option.getValue());
        }
        return hash;
    }

    @Override
    public String toString() {
        return "options " + new TreeSet<>(Collections.unmodifiableSet(values.keySet()));
    }
}
