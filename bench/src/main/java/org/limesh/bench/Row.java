package org.limesh.bench;

/**
 * One line of the result.
 *
 * @param what      what was measured
 * @param figure    with its unit
 * @param reference what it is to be compared with; empty when nothing
 * @param ratio     figure to reference; empty when there is none
 */
record Row(String what, String figure, String reference, String ratio) {
    /** The same with a ratio of two numbers of equal units. */
    static Row compared(String what, double figure, String unit, String referenceName, double reference) {
        return new Row(what, number(figure) + ' ' + unit, referenceName + ": " + number(reference) + ' ' + unit,
                "%.2f".formatted(figure / reference));
    }

    private static String number(double value) {
        return value >= 100 ? "%,.0f".formatted(value) : value >= 10 ? "%.1f".formatted(value) : "%.2f".formatted(value);
    }

    @Override
    public String toString() {
        return "| " + what + " | " + figure + " | " + reference + " | " + ratio + " |";
    }
}
