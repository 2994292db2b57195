package org.limesh.access;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;

/**
 * Who asks. Two messages come from the same client when their client ids are equal; where one of them has
 * no client id, when their MACs are equal (RFC 2131 section 2; a boot loader sends none, the system that
 * it starts does).
 *
 * @param clientId option 61 as hex digits, or empty. A long one (up to 255 octets) is its beginning and a hash of
 *                 all of it: it has to fit a record of the store
 */
record Client(MacAddress mac, String clientId) {
    /** A DUID with its prefix has at most 135 octets, all that is in use a few dozen; the store takes 127. */
    static final int MAX_ID_DIGITS = 240;
    private static final int HASH_DIGITS = 16;
    private static final long FNV_BASIS = 0xcbf2_9ce4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01b3L;
    private static final int MAX_LABEL_OCTETS = 63;
    private static final int CLIENT_NAME_HEADER_OCTETS = 3;
    private static final int CLIENT_NAME_ENCODED = 0x04;

    Client {
        if (clientId.length() > MAX_ID_DIGITS) {
            // No proof of anything: whoever wants to pass for another client sends that one's id.
            long hash = FNV_BASIS;
            for (int i = 0; i < clientId.length(); i++) {
                hash = (hash ^ clientId.charAt(i)) * FNV_PRIME;
            }
            clientId = clientId.substring(0, MAX_ID_DIGITS - HASH_DIGITS) + HexFormat.of().toHexDigits(hash);
        }
    }

    static Client of(DhcpMessage message) {
        byte[] id = message.options().value(DhcpOptions.CLIENT_ID);
        return new Client(message.chaddr(), id == null ? "" : HexFormat.of().formatHex(id));
    }

    boolean isSameAs(Client other) {
        return clientId.isEmpty() || other.clientId.isEmpty() ? mac.equals(other.mac) : clientId.equals(other.clientId);
    }

    /** The name that the client gives itself (option 12, else 81), made fit for DNS; empty without one. */
    static String hostname(DhcpOptions options) {
        String name = options.text(DhcpOptions.HOSTNAME);
        if (name.isEmpty()) {
            name = fullName(options.value(DhcpOptions.CLIENT_NAME));
        }
        return label(name);
    }

    /** First label of option 81 (RFC 4702), which comes as text or as DNS labels. */
    private static String fullName(byte[] value) {
        if (value == null || value.length <= CLIENT_NAME_HEADER_OCTETS) {
            return "";
        }
        int from = CLIENT_NAME_HEADER_OCTETS;
        int octets = value.length - from;
        if ((value[0] & CLIENT_NAME_ENCODED) != 0) {
            octets = Math.min(value[from] & 0xff, octets - 1);
            from++;
        }
        return new String(value, from, octets, StandardCharsets.UTF_8);
    }

    /**
     * The first label of a name with everything that is not a letter, digit or hyphen made a hyphen:
     * {@code Ana's phone.lan} becomes {@code Ana-s-phone}. A name goes into hosts files and onto pages, so
     * nothing else may come through.
     */
    static String label(String name) {
        StringBuilder label = new StringBuilder();
        for (int i = 0; i < name.length() && name.charAt(i) != '.' && label.length() < MAX_LABEL_OCTETS; i++) {
            char c = name.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (plain) {
                label.append(c);
            } else if (!label.isEmpty() && label.charAt(label.length() - 1) != '-') {
                label.append('-');
            }
        }
        if (!label.isEmpty() && label.charAt(label.length() - 1) == '-') {
            label.setLength(label.length() - 1);
        }
        return label.toString();
    }
}
