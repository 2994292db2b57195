package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;

/**
 * A small filter language over frames.
 *
 * <pre>
 *   expression = term { ("and" | "or") term }        "and" binds tighter
 *   term       = ["not"] ( "(" expression ")" | field ("==" | "!=") value | protocol )
 *   field      = eth.dst eth.src eth.type   arp.sender arp.target   ip.src ip.dst   nd.target   udp.src
 * udp.dst
 *   protocol   = arp | ip | ip6 | batadv
 *   value      = MAC, IP address, number, 0x number, anycast(CLOUD)
 * </pre>
 *
 * <p>On a mesh link a client's frame travels inside a batman-adv frame; a comparison holds when it holds for
 * the outer or the inner frame. {@code anycast(CLOUD)} is the gateway identity of the cloud: the MAC for
 * {@code eth.*}, the IPv4 address for {@code arp.*} and {@code ip.*}, the IPv6 address for {@code nd.target}.
 */
public record FrameFilter(String text, Expression expression) {

    /** Something that is true or false of a frame. */
    public sealed interface Expression {
        record And(Expression left, Expression right) implements Expression {}

        record Or(Expression left, Expression right) implements Expression {}

        record Not(Expression inner) implements Expression {}

        /** @param negated for {@code !=}: the field is there and differs */
        record Compare(Field field, Value value, boolean negated) implements Expression {}

        record Is(Protocol protocol) implements Expression {}
    }

    /** What to compare a field with. */
    public sealed interface Value {
        record Mac(MacAddress mac) implements Value {}

        record Ip4(Ip4Address address) implements Value {}

        record Ip6(Ip6Address address) implements Value {}

        record Number(int number) implements Value {}

        /** Known when the laboratory is built. */
        record Anycast(String cloud) implements Value {}
    }

    /** A part of a frame. */
    public enum Field {
        ETH_DST("eth.dst"),
        ETH_SRC("eth.src"),
        ETH_TYPE("eth.type"),
        ARP_SENDER("arp.sender"),
        ARP_TARGET("arp.target"),
        IP_SRC("ip.src"),
        IP_DST("ip.dst"),
        ND_TARGET("nd.target"),
        UDP_SRC("udp.src"),
        UDP_DST("udp.dst");

        private final String word;

        Field(String word) {
            this.word = word;
        }

        static List<String> words() {
            return java.util.Arrays.stream(values()).map(field -> field.word).toList();
        }
    }

    /** A kind of frame. */
    public enum Protocol {
        ARP,
        IP,
        IP6,
        BATADV
    }

    /**
     * Reads the language.
     *
     * @throws IllegalArgumentException with a sentence that names the place in the text
     */
    public static FrameFilter parse(String text) {
        Parser parser = new Parser(text);
        Expression expression = parser.expression(0);
        parser.expectEnd();
        return new FrameFilter(text, expression);
    }

    /** Names of the clouds that {@code anycast()} is asked of. */
    public List<String> cloudsNamed() {
        List<String> names = new ArrayList<>();
        collect(expression, names);
        return names;
    }

    private static void collect(Expression expression, List<String> names) {
        switch (expression) {
            case Expression.And(var left, var right) -> {
                collect(left, names);
                collect(right, names);
            }
            case Expression.Or(var left, var right) -> {
                collect(left, names);
                collect(right, names);
            }
            case Expression.Not(var inner) -> collect(inner, names);
            case Expression.Compare(var field, Value.Anycast(var cloud), var negated) -> names.add(cloud);
            case Expression.Compare compare -> { }
            case Expression.Is is -> { }
        }
    }

    /** Recursive descent over words. */
    private static final class Parser {
        static final int DEPTH_LIMIT = 30;

        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        Expression expression(int depth) {
            Expression left = conjunction(depth);
            while (takeWord("or") || take("||")) {
                left = new Expression.Or(left, conjunction(depth));
            }
            return left;
        }

        private Expression conjunction(int depth) {
            Expression left = term(depth);
            while (takeWord("and") || take("&&")) {
                left = new Expression.And(left, term(depth));
            }
            return left;
        }

        private Expression term(int depth) {
            if (depth > DEPTH_LIMIT) {
                throw fault("this is nested too much");
            }
            if (takeWord("not") || !peek("!=") && take("!")) {
                return new Expression.Not(term(depth + 1));
            }
            if (take("(")) {
                Expression inner = expression(depth + 1);
                if (!take(")")) {
                    throw fault("')' is missing");
                }
                return inner;
            }
            return comparison();
        }

        private Expression comparison() {
            int start = at;
            String word = word();
            for (Protocol protocol : Protocol.values()) {
                if (protocol.name().equalsIgnoreCase(word)) {
                    return new Expression.Is(protocol);
                }
            }
            Field field = field(word, start);
            boolean negated = take("!=");
            if (!negated && !take("==")) {
                throw fault("'==' or '!=' is missing after '" + word + "'");
            }
            return new Expression.Compare(field, value(field), negated);
        }

        private Field field(String word, int start) {
            for (Field field : Field.values()) {
                if (field.word.equals(word)) {
                    return field;
                }
            }
            at = start;
            if (word.isEmpty()) {
                throw fault("a field is missing");
            }
            throw fault("'" + word + "' is not a field" + Suggest.didYouMean(word, Field.words()));
        }

        private Value value(Field field) {
            skipBlanks();
            if (takeWord("anycast")) {
                if (!take("(")) {
                    throw fault("write anycast(CLOUD)");
                }
                String cloud = word();
                if (cloud.isEmpty() || !take(")")) {
                    throw fault("write anycast(CLOUD)");
                }
                if (field == Field.ETH_TYPE || field == Field.UDP_SRC || field == Field.UDP_DST) {
                    throw fault("anycast() is an address, '" + field.word + "' is a number");
                }
                return new Value.Anycast(cloud);
            }
            int start = at;
            String word = word();
            try {
                return switch (field) {
                    case ETH_DST, ETH_SRC -> new Value.Mac(MacAddress.parse(word));
                    case ARP_SENDER, ARP_TARGET, IP_SRC, IP_DST -> new Value.Ip4(Ip4Address.parse(word));
                    case ND_TARGET -> new Value.Ip6(Ip6Address.parse(word));
                    case ETH_TYPE, UDP_SRC, UDP_DST -> new Value.Number(number(word));
                };
            } catch (IllegalArgumentException wrong) {
                at = start;
                throw fault(wrong.getMessage());
            }
        }

        private static int number(String word) {
            try {
                int number = Integer.decode(word);
                if (number >= 0 && number <= 0xffff) {
                    return number;
                }
            } catch (NumberFormatException notANumber) {
                // Said below, with the range.
            }
            throw new IllegalArgumentException("'" + word + "' is not a number from 0 to 65535");
        }

        void expectEnd() {
            skipBlanks();
            if (at < text.length()) {
                throw fault("'" + text.substring(at) + "' is too much");
            }
        }

        private void skipBlanks() {
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
        }

        private boolean peek(String symbol) {
            skipBlanks();
            return text.startsWith(symbol, at);
        }

        private boolean take(String symbol) {
            boolean there = peek(symbol);
            at += there ? symbol.length() : 0;
            return there;
        }

        private boolean takeWord(String wanted) {
            int start = at;
            if (word().equals(wanted)) {
                return true;
            }
            at = start;
            return false;
        }

        private String word() {
            skipBlanks();
            int start = at;
            while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at))
                    || "._:-".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
            return text.substring(start, at);
        }

        private IllegalArgumentException fault(String what) {
            return new IllegalArgumentException("frame filter, character " + (at + 1) + ": " + what);
        }
    }
}
