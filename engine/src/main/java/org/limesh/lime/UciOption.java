package org.limesh.lime;

import java.util.List;

/**
 * An option of a section.
 *
 * @param name   letters, digits, underscore
 * @param list   written with {@code list}
 * @param values exactly one unless {@code list}; never none
 */
public record UciOption(String name, boolean list, List<UciValue> values) {
    public UciOption {
        values = List.copyOf(values);
    }

    /** The text of the only value; of a list, its values joined by blanks, as uci does. */
    public String text() {
        return values.size() == 1 ? values.getFirst().text()
                : String.join(" ", values.stream().map(UciValue::text).toList());
    }

    /** Where the last value was written. */
    public Origin origin() {
        return values.getLast().origin();
    }
}
