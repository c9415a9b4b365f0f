package dev.fairlead.core.config;

import java.util.regex.Pattern;

/** Writes where in a configuration something stands: {@code pools.app.backends[1].weight}. Pure functions. */
public final class Paths {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,80}");

    private Paths() {}

    /** The path of {@code key} in the mapping at {@code parent}; a key with other characters than usual gets quotes. */
    public static String key(String parent, String key) {
        String shown = PLAIN.matcher(key).matches() ? key : quoted(key);
        return parent.isEmpty() ? shown : parent + "." + shown;
    }

    private static String quoted(String key) {
        String printable = key.codePoints()
                .limit(80)
                .map(c -> Character.isISOControl(c) || c == '"' || Character.getType(c) == Character.FORMAT ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return '"' + printable + '"';
    }

    /** The path of the item at {@code index}, from 0, of the list at {@code parent}. */
    public static String item(String parent, int index) {
        return parent + "[" + index + "]";
    }

    /** The path one level up; empty at the top. */
    public static String parent(String path) {
        if (path.endsWith("]")) {
            return path.substring(0, path.lastIndexOf('['));
        }
        int from = path.endsWith("\"") ? path.lastIndexOf('"', path.length() - 2) : path.length();
        int dot = path.lastIndexOf('.', from - 1);
        return dot < 0 ? "" : path.substring(0, dot);
    }
}
