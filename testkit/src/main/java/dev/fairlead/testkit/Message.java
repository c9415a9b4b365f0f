package dev.fairlead.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One HTTP/1 message as it came over the wire. Immutable. Bytes are ISO 8859-1 characters.
 *
 * @param head start line and field lines, with the empty line
 * @param body the body without its framing
 * @param trailers field lines behind a chunked body
 * @param framing how the body's end was told: {@code none}, {@code length}, {@code chunked} or {@code close}
 */
public record Message(String head, String body, String trailers, String framing) {

    /** The first line, without its end. */
    public String line() {
        return head.substring(0, head.indexOf("\r\n"));
    }

    /** The status of an answer. */
    public int status() {
        return Integer.parseInt(line().split(" ", 3)[1]);
    }

    /** The target of a request. */
    public String target() {
        return line().split(" ", 3)[1];
    }

    /** The values of every field of this name, in order. */
    public List<String> fields(String name) {
        return fields(head, name);
    }

    /** The one value of this field; fails when there are several, and is empty when there is none. */
    public String field(String name) {
        List<String> values = fields(name);
        if (values.size() > 1) {
            throw new AssertionError("several " + name + " fields in " + Wire.quoted(head));
        }
        return values.isEmpty() ? "" : values.get(0);
    }

    /** Whether there is a field of this name. */
    public boolean has(String name) {
        return !fields(name).isEmpty();
    }

    static List<String> fields(String head, String name) {
        var values = new ArrayList<String>();
        String[] lines = head.split("\r\n");
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0
                    && lines[i].substring(0, colon).toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                values.add(lines[i].substring(colon + 1).strip());
            }
        }
        return values;
    }

    @Override
    public String toString() {
        return Wire.quoted(head + body + trailers);
    }
}
