package org.limesh.statehttp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.sharedstate.LeaseEntry;
import org.limesh.sharedstate.LeaseState;
import org.limesh.sharedstate.StateDocument;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * The map as text.
 *
 * <pre>
 *   { "10.13.7.21": { "bleachTTL": 30, "author": "LiMe-123456", "data": { "hostname": "phone1", "mac": "52:54:00:aa:bb:01" } },
 *     "10.13.7.22": { "bleachTTL": 29, "author": "LiMe-123456" } }                                      without data: removed
 * </pre>
 *
 * The genuine program writes an empty map as an empty array, and reads nothing from a text that is cut. So here. An entry
 * that is none is left out and counted; members that are not known are skipped.
 */
public final class StateJson {
    private static final int MAX_DEPTH = 16;
    private static final int MAX_TEXT_CHARS = 4096;
    private static final int MAX_NUMBER_CHARS = 32;
    private static final JsonFactory FACTORY = JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder()
            .maxDocumentLength(LeaseState.MAX_MESSAGE_OCTETS).maxNestingDepth(MAX_DEPTH)
            .maxStringLength(MAX_TEXT_CHARS).maxNameLength(MAX_TEXT_CHARS).maxNumberLength(MAX_NUMBER_CHARS)
            .build()).build();

    private StateJson() {}

    /** Reads a map. Faults: {@code too_long}, {@code not_json}, {@code not_a_map}, {@code too_many}. */
    public static Decoded<StateDocument> parse(byte[] octets) {
        if (octets.length > LeaseState.MAX_MESSAGE_OCTETS) {
            return new Decoded.Malformed<>("too_long", LeaseState.MAX_MESSAGE_OCTETS);
        }
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), octets)) {
            return new Reader(json).document();
        } catch (JacksonException broken) {
            int at = broken.getLocation() == null ? 0 : Math.clamp(broken.getLocation().getByteOffset(), 0, octets.length);
            return new Decoded.Malformed<>("not_json", at);
        }
    }

    private static final class Reader {
        private final JsonParser json;
        private final List<LeaseEntry> entries = new ArrayList<>();
        private int refused;

        Reader(JsonParser json) {
            this.json = json;
        }

        Decoded<StateDocument> document() {
            JsonToken first = json.nextToken();
            if (first == JsonToken.START_ARRAY && json.nextToken() == JsonToken.END_ARRAY && json.nextToken() == null) {
                return new Decoded.Valid<>(new StateDocument(List.of(), 0));
            }
            if (first != JsonToken.START_OBJECT) {
                return new Decoded.Malformed<>("not_a_map", 0);
            }
            for (String key = json.nextName(); key != null; key = json.nextName()) {
                if (entries.size() + refused == LeaseState.MAX_ENTRIES) {
                    return new Decoded.Malformed<>("too_many", (int) json.currentLocation().getByteOffset());
                }
                LeaseEntry entry = json.nextToken() == JsonToken.START_OBJECT ? entry(key) : skipped();
                if (entry == null) {
                    refused++;
                } else {
                    entries.add(entry);
                }
            }
            return json.nextToken() == null ? new Decoded.Valid<>(new StateDocument(entries, refused))
                    : new Decoded.Malformed<>("not_a_map", (int) json.currentLocation().getByteOffset());
        }

        private LeaseEntry skipped() {
            json.skipChildren();
            return null;
        }

        /** Null for what is no entry; it is read to its end in any case. */
        private LeaseEntry entry(String key) {
            int ttl = -1;
            String author = null;
            boolean hasData = false;
            MacAddress mac = null;
            String hostname = "";
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                JsonToken value = json.nextToken();
                switch (name) {
                    case "bleachTTL" -> ttl = ttl(value);
                    case "author" -> author = value == JsonToken.VALUE_STRING ? json.getString() : null;
                    case "data" -> {
                        hasData = value != JsonToken.VALUE_NULL;
                        for (String member = value == JsonToken.START_OBJECT ? json.nextName() : null; member != null;
                                member = json.nextName()) {
                            boolean text = json.nextToken() == JsonToken.VALUE_STRING;
                            if (text && member.equals("mac")) {
                                mac = mac(json.getString());
                            } else if (text && member.equals("hostname")) {
                                hostname = json.getString();
                            }
                            json.skipChildren();
                        }
                    }
                    default -> { }
                }
                json.skipChildren();
            }
            Ip4Address address = address(key);
            boolean wrong = address == null || ttl < 0 || author == null || !isName(author) || hasData && mac == null;
            return wrong ? null : new LeaseEntry(address, ttl, author, mac, isHostname(hostname) && hasData ? hostname : "");
        }

        /** Lua knows no whole numbers, so 30 may come as 30.0; -1 for what is none. */
        private int ttl(JsonToken value) {
            if (value != JsonToken.VALUE_NUMBER_INT && value != JsonToken.VALUE_NUMBER_FLOAT) {
                return -1;
            }
            double number = json.getDoubleValue();
            return number == Math.rint(number) ? (int) Math.clamp(number, 0, Integer.MAX_VALUE) : -1;
        }

        private static Ip4Address address(String text) {
            try {
                return Ip4Address.parse(text);
            } catch (IllegalArgumentException aKeyOfAnotherKind) {
                return null;
            }
        }

        private static MacAddress mac(String text) {
            try {
                MacAddress mac = MacAddress.parse(text);
                return mac.isMulticast() || mac.isZero() ? null : mac;
            } catch (IllegalArgumentException noMac) {
                return null;
            }
        }

        /** Of an author. */
        private static boolean isName(String text) {
            return !text.isEmpty() && text.length() <= LeaseEntry.MAX_NAME_CHARS && text.chars().allMatch(
                    c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.');
        }

        /** What a client calls itself goes on to others as it is; another name than that is as good as none. */
        private static boolean isHostname(String text) {
            return text.equals("*") || isName(text);
        }
    }

    /** Writes a map. */
    public static byte[] emit(List<LeaseEntry> entries) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), octets)) {
            json.writeStartObject();
            for (LeaseEntry entry : entries) {
                json.writeObjectPropertyStart(entry.address().toString());
                json.writeNumberProperty("bleachTTL", entry.bleachTtl());
                json.writeStringProperty("author", entry.author());
                if (!entry.isRemoved()) {
                    json.writeObjectPropertyStart("data");
                    json.writeStringProperty("hostname", entry.hostname());
                    json.writeStringProperty("mac", entry.mac().toString());
                    json.writeEndObject();
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        return octets.toByteArray();
    }
}
