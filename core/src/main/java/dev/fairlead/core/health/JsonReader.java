package dev.fairlead.core.health;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one JSON text (RFC 8259), strictly: nothing before or after it but white space, and no name twice in an object.
 *
 * <p>Confined to the call of {@link #read}. Total: any text gives a value or {@link Malformed}. At most {@value #DEEPEST}
 * levels deep; how much memory a value takes is bounded by the length of its text, which is the caller's to bound.
 * Numbers and literals are checked and not kept.
 */
final class JsonReader {
    static final int DEEPEST = 32;

    private static final Set<String> LITERALS = Set.of("true", "false", "null");

    /** What was read. */
    sealed interface Value {
        record Members(Map<String, Value> byName) implements Value {}

        record Items(List<Value> values) implements Value {}

        record Text(String text) implements Value {}

        /** A number or a literal. */
        record Other() implements Value {}
    }

    /** The text is no JSON; the message says where and why. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    private final String text;
    private int at;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    static Value read(String text) throws Malformed {
        var reader = new JsonReader(text);
        Value value = reader.value();
        reader.space();
        if (reader.at < text.length()) {
            throw reader.bad("something after the end");
        }
        return value;
    }

    private Malformed bad(String why) {
        return new Malformed(why + " at character " + (Math.min(at, text.length()) + 1));
    }

    /** The character to read next, or NUL, which is nowhere allowed, at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean skip(char c) {
        if (peek() != c) {
            return false;
        }
        at++;
        return true;
    }

    private void space() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n') {
            at++;
        }
    }

    private Value value() throws Malformed {
        space();
        if (++depth > DEEPEST) {
            throw bad("nested too deeply");
        }
        char c = peek();
        Value value = switch (c) {
            case '{' -> members();
            case '[' -> items();
            case '"' -> new Value.Text(string());
            default -> other(c);
        };
        depth--;
        return value;
    }

    private Value members() throws Malformed {
        Map<String, Value> byName = new LinkedHashMap<>();
        at++;
        space();
        if (skip('}')) {
            return new Value.Members(byName);
        }
        do {
            space();
            if (peek() != '"') {
                throw bad("no name");
            }
            String name = string();
            space();
            if (!skip(':')) {
                throw bad("no colon");
            }
            if (byName.put(name, value()) != null) {
                throw bad("a name twice");
            }
            space();
        } while (skip(','));
        if (!skip('}')) {
            throw bad("neither comma nor end of an object");
        }
        return new Value.Members(byName);
    }

    private Value items() throws Malformed {
        List<Value> values = new ArrayList<>();
        at++;
        space();
        if (skip(']')) {
            return new Value.Items(values);
        }
        do {
            values.add(value());
            space();
        } while (skip(','));
        if (!skip(']')) {
            throw bad("neither comma nor end of a list");
        }
        return new Value.Items(values);
    }

    private String string() throws Malformed {
        var string = new StringBuilder();
        at++;
        while (!skip('"')) {
            char c = peek();
            if (c < ' ') {
                throw bad(at < text.length() ? "control character in a text" : "text without end");
            }
            at++;
            string.append(c == '\\' ? escaped() : c);
        }
        return string.toString();
    }

    private char escaped() throws Malformed {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unit();
            default -> throw bad("unknown escape");
        };
    }

    private char unit() throws Malformed {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw bad("unknown escape");
            }
            unit = unit * 16 + digit;
            at++;
        }
        return (char) unit;
    }

    private Value other(char c) throws Malformed {
        if (c == '-' || digit(c)) {
            return number();
        }
        int from = at;
        while (peek() >= 'a' && peek() <= 'z') {
            at++;
        }
        if (!LITERALS.contains(text.substring(from, at))) {
            at = from;
            throw bad("no value");
        }
        return new Value.Other();
    }

    private Value number() throws Malformed {
        skip('-');
        if (!skip('0')) {
            digits();
        }
        if (skip('.')) {
            digits();
        }
        if (skip('e') || skip('E')) {
            if (!skip('+')) {
                skip('-');
            }
            digits();
        }
        return new Value.Other();
    }

    private void digits() throws Malformed {
        if (!digit(peek())) {
            throw bad("no digit");
        }
        while (digit(peek())) {
            at++;
        }
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }
}
