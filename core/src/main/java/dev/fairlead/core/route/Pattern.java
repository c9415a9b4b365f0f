package dev.fairlead.core.route;

import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A route's host and path, brought into one form. Immutable; equal patterns match the same requests.
 *
 * @param host in lower case without a trailing dot, without {@code *.} when {@code below}; {@code null} for any
 * @param below whether names below {@code host} are meant, not itself
 * @param path without {@code /*} when {@code prefix}
 * @param prefix whether paths that go on after {@code path} at a segment border are meant too
 */
record Pattern(@Nullable String host, boolean below, String path, boolean prefix) implements Comparable<Pattern> {
    private static final Comparator<Pattern> ORDER = Comparator.<Pattern>comparingInt(
                    p -> p.host == null ? 0 : p.below ? 1 : 2)
            .thenComparingInt(p -> p.hostKey().length())
            .thenComparing(Pattern::hostKey)
            .thenComparing(Pattern::path)
            .thenComparing(Pattern::prefix);

    /** Longest path. */
    private static final int MAX_PATH = 8192;

    /** Longest host name (RFC 1035). */
    private static final int MAX_HOST = 253;

    /** The pattern as written; throws {@link IllegalArgumentException} that says which part is wrong. */
    static Pattern of(@Nullable String host, @Nullable String path) {
        boolean below = host != null && host.startsWith("*.");
        boolean prefix = path == null || path.endsWith("/*");
        return new Pattern(
                host == null ? null : normalHost(host, below ? 2 : 0),
                below,
                path == null ? "" : normalPath(path, prefix),
                prefix);
    }

    /** By host first: those that others yield to come before the others. */
    @Override
    public int compareTo(Pattern other) {
        return ORDER.compare(this, other);
    }

    /** The host as one word: {@code name}, {@code .name} for what is below it, nothing for any. */
    String hostKey() {
        return host == null ? "" : below ? "." + host : host;
    }

    /** The same host with every path. */
    Pattern everyPath() {
        return new Pattern(host, below, "", true);
    }

    static String normalHost(String host, int skip) {
        String name = host.substring(skip).toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.matches("\\[[0-9a-f:.]+]") && skip == 0) {
            return name;
        }
        if (name.isEmpty() || name.length() > MAX_HOST || !name.matches("[a-z0-9_-]+(\\.[a-z0-9_-]+)*")) {
            throw new IllegalArgumentException("host: " + quoted(host)
                    + " (expected: a name such as example.com or *.example.com, or [::1]; without port)");
        }
        return name;
    }

    static String normalPath(String path, boolean prefix) {
        String fixed = prefix ? path.substring(0, path.length() - 2) : path;
        boolean rooted = fixed.startsWith("/") || (prefix && fixed.isEmpty());
        if (!rooted || fixed.length() > MAX_PATH || fixed.indexOf('*') >= 0 || !Redirect.clean(fixed, false)) {
            throw new IllegalArgumentException("path: " + quoted(path)
                    + " (expected: an exact path such as /v1, or a prefix such as /v1/*; escaped where a URI"
                    + " needs it)");
        }
        return fixed;
    }

    private static String quoted(String text) {
        return text.isEmpty() || text.indexOf(' ') >= 0 ? "'" + text + "'" : text;
    }

    /** As an operator would write it. */
    @Override
    public String toString() {
        String name = host == null ? "any host" : (below ? "*." : "") + host;
        return name + " " + path + (prefix ? "/*" : "");
    }
}
