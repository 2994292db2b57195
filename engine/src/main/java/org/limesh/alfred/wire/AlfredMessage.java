package org.limesh.alfred.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/** A message, from the network or from the local socket. */
public sealed interface AlfredMessage {
    int HEADER_OCTETS = 4;
    int VERSION = 0;
    /** Largest UDP payload that the genuine program packs; IPv6 fragmentation carries it. */
    int MAX_DATAGRAM_OCTETS = 65527;
    int INTERFACES_OCTETS = 256;
    int NAME_OCTETS = 16;

    int PUSH_DATA = 0;
    int ANNOUNCE_PRIMARY = 1;
    int REQUEST = 2;
    int STATUS_TXEND = 3;
    int STATUS_ERROR = 4;
    int MODESWITCH = 5;
    int CHANGE_INTERFACE = 6;
    int CHANGE_BAT_IFACE = 7;
    int SERVER_STATUS = 8;
    int EVENT_REGISTER = 9;
    int EVENT_NOTIFY = 10;

    /** The message as octets, header included. */
    byte[] emit();

    /**
     * Records, one packet of a transaction.
     *
     * @param transaction 16 bits chosen by whoever opened the transaction
     * @param seqno       number of the packet in its transaction, from 0
     */
    record PushData(int transaction, int seqno, List<DataBlock> blocks) implements AlfredMessage {
        /** TLV header, transaction, sequence number. */
        public static final int FIXED_OCTETS = HEADER_OCTETS + 4;

        public PushData {
            blocks = List.copyOf(blocks);
        }

        @Override
        public byte[] emit() {
            int length = FIXED_OCTETS;
            for (DataBlock block : blocks) {
                length += block.lengthOctets();
            }
            byte[] octets = header(PUSH_DATA, length - HEADER_OCTETS);
            Octets.put16(octets, 4, transaction);
            Octets.put16(octets, 6, seqno);
            int at = FIXED_OCTETS;
            for (DataBlock block : blocks) {
                Octets.putMac(octets, at, block.source().bits());
                octets[at + 6] = (byte) block.type();
                octets[at + 7] = (byte) block.version();
                Octets.put16(octets, at + 8, block.data().length);
                System.arraycopy(block.data(), 0, octets, at + DataBlock.HEADER_OCTETS, block.data().length);
                at += block.lengthOctets();
            }
            return octets;
        }
    }

    /** "I am a primary", to everybody. */
    record AnnouncePrimary() implements AlfredMessage {
        @Override
        public byte[] emit() {
            return header(ANNOUNCE_PRIMARY, 0);
        }
    }

    /** "Give me all records of this type." */
    record Request(int dataType, int transaction) implements AlfredMessage {
        @Override
        public byte[] emit() {
            byte[] octets = header(REQUEST, 3);
            octets[4] = (byte) dataType;
            Octets.put16(octets, 5, transaction);
            return octets;
        }
    }

    /** End of a transaction: how many packets it had. */
    record StatusTxEnd(int transaction, int packetCount) implements AlfredMessage {
        @Override
        public byte[] emit() {
            return status(STATUS_TXEND, transaction, packetCount);
        }
    }

    /** A request over the local socket failed. */
    record StatusError(int transaction, int error) implements AlfredMessage {
        @Override
        public byte[] emit() {
            return status(STATUS_ERROR, transaction, error);
        }
    }

    /** Local: become primary or secondary. */
    record ModeSwitch(boolean primary) implements AlfredMessage {
        @Override
        public byte[] emit() {
            byte[] octets = header(MODESWITCH, 1);
            octets[4] = (byte) (primary ? 1 : 0);
            return octets;
        }
    }

    /** Local: speak on these interfaces from now on. */
    record ChangeInterface(List<String> names) implements AlfredMessage {
        public ChangeInterface {
            names = List.copyOf(names);
        }

        @Override
        public byte[] emit() {
            byte[] octets = header(CHANGE_INTERFACE, INTERFACES_OCTETS);
            putName(octets, HEADER_OCTETS, INTERFACES_OCTETS, String.join(",", names));
            return octets;
        }
    }

    /** Local: read path qualities from this mesh interface from now on. */
    record ChangeBatInterface(String name) implements AlfredMessage {
        @Override
        public byte[] emit() {
            byte[] octets = header(CHANGE_BAT_IFACE, NAME_OCTETS);
            putName(octets, HEADER_OCTETS, NAME_OCTETS, name);
            return octets;
        }
    }

    /** Local: who are you? Answered by {@link ServerStatus}. */
    record ServerStatusRequest() implements AlfredMessage {
        @Override
        public byte[] emit() {
            return header(SERVER_STATUS, 0);
        }
    }

    /** Answer to {@link ServerStatusRequest}. */
    record ServerStatus(boolean primary, List<Interface> interfaces, String batInterface) implements AlfredMessage {
        private static final int MODE = 0;
        private static final int INTERFACE = 1;
        private static final int BAT_INTERFACE = 2;

        /** An interface the daemon speaks on. */
        public record Interface(String name, boolean active) {}

        public ServerStatus {
            interfaces = List.copyOf(interfaces);
        }

        @Override
        public byte[] emit() {
            int interfaceOctets = HEADER_OCTETS + NAME_OCTETS + 1;
            int body = HEADER_OCTETS + 1 + interfaces.size() * interfaceOctets + HEADER_OCTETS + NAME_OCTETS;
            byte[] octets = header(SERVER_STATUS, body);
            int at = HEADER_OCTETS;
            putHeader(octets, at, MODE, 1);
            octets[at + HEADER_OCTETS] = (byte) (primary ? 1 : 0);
            at += HEADER_OCTETS + 1;
            for (Interface each : interfaces) {
                putHeader(octets, at, INTERFACE, NAME_OCTETS + 1);
                putName(octets, at + HEADER_OCTETS, NAME_OCTETS, each.name());
                octets[at + HEADER_OCTETS + NAME_OCTETS] = (byte) (each.active() ? 1 : 0);
                at += interfaceOctets;
            }
            putHeader(octets, at, BAT_INTERFACE, NAME_OCTETS);
            putName(octets, at + HEADER_OCTETS, NAME_OCTETS, batInterface);
            return octets;
        }
    }

    /** Local: tell me about changes. */
    record EventRegister() implements AlfredMessage {
        @Override
        public byte[] emit() {
            return header(EVENT_REGISTER, 0);
        }
    }

    /** Local: a record is new or differs. */
    record EventNotify(int dataType, MacAddress source) implements AlfredMessage {
        @Override
        public byte[] emit() {
            byte[] octets = header(EVENT_NOTIFY, 7);
            octets[4] = (byte) dataType;
            Octets.putMac(octets, 5, source.bits());
            return octets;
        }
    }

    /** Reads one whole message. Octets behind the stated length are not looked at, as in the genuine program. */
    static Decoded<AlfredMessage> parse(byte[] octets) {
        if (octets.length < HEADER_OCTETS) {
            return malformed("truncated", 0);
        }
        if (Octets.u8(octets, 1) != VERSION) {
            return malformed("version", 1);
        }
        int length = Octets.u16(octets, 2);
        if (octets.length < HEADER_OCTETS + length) {
            return malformed("truncated", 2);
        }
        int end = HEADER_OCTETS + length;
        return switch (Octets.u8(octets, 0)) {
            case PUSH_DATA -> parsePush(octets, end);
            case ANNOUNCE_PRIMARY -> valid(new AnnouncePrimary());
            case REQUEST -> length < 3 ? malformed("truncated", 2)
                    : valid(new Request(Octets.u8(octets, 4), Octets.u16(octets, 5)));
            case STATUS_TXEND -> length < 4 ? malformed("truncated", 2)
                    : valid(new StatusTxEnd(Octets.u16(octets, 4), Octets.u16(octets, 6)));
            case STATUS_ERROR -> length < 4 ? malformed("truncated", 2)
                    : valid(new StatusError(Octets.u16(octets, 4), Octets.u16(octets, 6)));
            case MODESWITCH -> length < 1 || Octets.u8(octets, 4) > 1 ? malformed("mode", 4)
                    : valid(new ModeSwitch(octets[4] == 1));
            case CHANGE_INTERFACE -> length < INTERFACES_OCTETS ? malformed("truncated", 2)
                    : valid(new ChangeInterface(List.of(name(octets, 4, INTERFACES_OCTETS).split(","))));
            case CHANGE_BAT_IFACE -> length < NAME_OCTETS ? malformed("truncated", 2)
                    : valid(new ChangeBatInterface(name(octets, 4, NAME_OCTETS)));
            case SERVER_STATUS -> length == 0 ? valid(new ServerStatusRequest()) : parseStatus(octets, end);
            case EVENT_REGISTER -> valid(new EventRegister());
            case EVENT_NOTIFY -> length < 7 ? malformed("truncated", 2)
                    : valid(new EventNotify(Octets.u8(octets, 4), new MacAddress(Octets.mac(octets, 5))));
            default -> malformed("type", 0);
        };
    }

    private static Decoded<AlfredMessage> parsePush(byte[] octets, int end) {
        if (end < PushData.FIXED_OCTETS) {
            return malformed("truncated", 2);
        }
        List<DataBlock> blocks = new ArrayList<>();
        int at = PushData.FIXED_OCTETS;
        while (at < end) {
            if (end - at < DataBlock.HEADER_OCTETS) {
                return malformed("block_truncated", at);
            }
            int length = Octets.u16(octets, at + 8);
            if (length > end - at - DataBlock.HEADER_OCTETS) {
                return malformed("block_truncated", at + 8);
            }
            byte[] data = new byte[length];
            System.arraycopy(octets, at + DataBlock.HEADER_OCTETS, data, 0, length);
            blocks.add(new DataBlock(new MacAddress(Octets.mac(octets, at)), Octets.u8(octets, at + 6),
                    Octets.u8(octets, at + 7), data));
            at += DataBlock.HEADER_OCTETS + length;
        }
        return valid(new PushData(Octets.u16(octets, 4), Octets.u16(octets, 6), blocks));
    }

    private static Decoded<AlfredMessage> parseStatus(byte[] octets, int end) {
        boolean primary = false;
        String batInterface = "";
        List<ServerStatus.Interface> interfaces = new ArrayList<>();
        int at = HEADER_OCTETS;
        while (at < end) {
            if (end - at < HEADER_OCTETS || end - at - HEADER_OCTETS < Octets.u16(octets, at + 2)) {
                return malformed("status_truncated", at);
            }
            int type = Octets.u8(octets, at);
            int length = Octets.u16(octets, at + 2);
            if (type == ServerStatus.MODE && length == 1) {
                primary = octets[at + HEADER_OCTETS] == 1;
            } else if (type == ServerStatus.INTERFACE && length == NAME_OCTETS + 1) {
                interfaces.add(new ServerStatus.Interface(name(octets, at + HEADER_OCTETS, NAME_OCTETS),
                        octets[at + HEADER_OCTETS + NAME_OCTETS] == 1));
            } else if (type == ServerStatus.BAT_INTERFACE && length == NAME_OCTETS) {
                batInterface = name(octets, at + HEADER_OCTETS, NAME_OCTETS);
            }
            at += HEADER_OCTETS + length;
        }
        return valid(new ServerStatus(primary, interfaces, batInterface));
    }

    private static Decoded<AlfredMessage> valid(AlfredMessage message) {
        return new Decoded.Valid<>(message);
    }

    private static Decoded<AlfredMessage> malformed(String fault, int offsetOctets) {
        return new Decoded.Malformed<>(fault, offsetOctets);
    }

    private static byte[] header(int type, int lengthOctets) {
        byte[] octets = new byte[HEADER_OCTETS + lengthOctets];
        putHeader(octets, 0, type, lengthOctets);
        return octets;
    }

    private static void putHeader(byte[] octets, int at, int type, int lengthOctets) {
        octets[at] = (byte) type;
        octets[at + 1] = VERSION;
        Octets.put16(octets, at + 2, lengthOctets);
    }

    private static byte[] status(int type, int transaction, int value) {
        byte[] octets = header(type, 4);
        Octets.put16(octets, 4, transaction);
        Octets.put16(octets, 6, value);
        return octets;
    }

    private static void putName(byte[] octets, int at, int roomOctets, String name) {
        byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
        // The last octet stays zero: readers written in C rely on it.
        System.arraycopy(text, 0, octets, at, Math.min(text.length, roomOctets - 1));
    }

    private static String name(byte[] octets, int at, int roomOctets) {
        int length = 0;
        while (length < roomOctets && octets[at + length] != 0) {
            length++;
        }
        return new String(octets, at, length, StandardCharsets.ISO_8859_1);
    }
}
