package dev.fairlead.server.load;

import java.util.List;
import java.util.Map;

/**
 * Writes maps, lists and plain values as text that {@link Loader#parse} reads: for what is configured in another way than
 * by a file, so that all defaults and checks are the same. The text is JSON, which is YAML. Pure functions.
 *
 * <p>Texts are taken literally: what looks like a variable is none.
 */
public final class Compose {
    private Compose() {}

    /** Writes {@code value}: a map with text keys, a list, a text, a number or a truth value, of any depth. */
    public static String text(Object value) {
        var out = new StringBuilder();
        write(out, value);
        return out.toString();
    }

    private static void write(StringBuilder out, Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                String before = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.append(before);
                    quote(out, String.valueOf(entry.getKey()));
                    out.append(": ");
                    write(out, entry.getValue());
                    before = ", ";
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                String before = "[";
                for (Object item : list) {
                    out.append(before);
                    write(out, item);
                    before = ", ";
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth);
            default -> quote(out, value.toString().replace("${", "$${"));
        }
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c >= ' ' && c < 0x7f) {
                out.append((char) c);
            } else {
                // Not the four-digit form: YAML has no pairs of surrogates.
                out.append(String.format("\\U%08x", c));
            }
        });
        out.append('"');
    }
}
