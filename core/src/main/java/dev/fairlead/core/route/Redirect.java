package dev.fairlead.core.route;

import dev.fairlead.core.config.RouteConfig.RedirectConfig;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The client is sent elsewhere. Immutable.
 *
 * <p>The location is always an absolute URI, so a path of {@code //elsewhere} cannot become a host. Every byte of the
 * request that a URI may not hold at its place (RFC 3986), line ends and controls first of all, is written as its escape;
 * escapes that are there already stay as they are.
 */
public final class Redirect implements RouteAction {
    private static final byte PATH = 1;
    private static final byte QUERY = 2;
    private static final byte HOST = 4;
    private static final byte[] ALLOWED = allowed();
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private final int status;
    private final @Nullable String scheme;
    private final @Nullable String host;
    private final @Nullable String path;
    private final boolean keepsRest;
    private final int matched;
    private final int limit;
    private final String port;

    /** @param matched length of what the route's path spells before its {@code /*} */
    Redirect(RedirectConfig config, int matched, int limit) {
        this.limit = limit;
        this.port = "";
        this.status = config.status();
        this.scheme = config.scheme();
        this.host = config.host();
        String wanted = config.path();
        this.keepsRest = wanted == null || wanted.endsWith("/*");
        this.path = wanted != null && keepsRest ? wanted.substring(0, wanted.length() - 2) : wanted;
        this.matched = wanted == null ? 0 : matched;
    }

    private Redirect(int status, String scheme, int port) {
        this.limit = UNLIMITED;
        this.status = status;
        this.scheme = scheme;
        this.host = null;
        this.path = null;
        this.keepsRest = true;
        this.matched = 0;
        this.port = ":" + port;
    }

    /** To the same host, path and query by HTTPS on this port; the method stays (308). */
    public static Redirect toHttps(int port) {
        return new Redirect(308, "https", port);
    }

    @Override
    public int limit() {
        return limit;
    }

    /** 301, 302, 303, 307 or 308. */
    public int status() {
        return status;
    }

    /**
     * The value of the Location field, in ASCII; at most three times as long as what it is made of.
     *
     * <p>What the configuration does not replace is taken from the request. With a new scheme but no new host the port is
     * left out, for it belonged to the old scheme.
     *
     * @param ownScheme the scheme the client used
     * @param authority bytes with the Host field's value in {@code hostFrom..hostTo}
     * @param target bytes with path and query, as sent, in {@code from..to}; must be a target this route matched
     */
    public byte[] location(
            String ownScheme, byte[] authority, int hostFrom, int hostTo, byte[] target, int from, int to) {
        int pathEnd = from;
        while (pathEnd < to && target[pathEnd] != '?') {
            pathEnd++;
        }
        var out = new Out(32 + (hostTo - hostFrom) + (to - from) + (path == null ? 0 : path.length()));
        out.text(scheme == null ? ownScheme : scheme);
        out.text("://");
        if (host != null) {
            out.text(host);
        } else {
            int end = scheme == null ? hostTo : RouteTable.nameEnd(authority, hostFrom, hostTo);
            out.escaped(authority, hostFrom, end, HOST);
            if (!port.equals(":443")) {
                out.text(port);
            }
        }
        int pathStart = out.size;
        if (path != null) {
            out.text(path);
        }
        // The star of OPTIONS is no path.
        if (keepsRest && from < pathEnd && target[from] == '/') {
            out.escaped(target, Math.min(from + matched, pathEnd), pathEnd, PATH);
        }
        if (out.size == pathStart) {
            out.text("/");
        }
        out.escaped(target, pathEnd, to, QUERY);
        return out.done();
    }

    private static byte[] allowed() {
        byte[] allowed = new byte[256];
        for (int b = 0x21; b < 0x7F; b++) {
            boolean letterOrDigit = Character.isLetterOrDigit(b);
            if (letterOrDigit || "-._~!$&'()*+,;=:@%/".indexOf(b) >= 0) {
                allowed[b] |= PATH | QUERY;
            }
            if (letterOrDigit || "-._~!$&'()*+,;=:[]%".indexOf(b) >= 0) {
                allowed[b] |= HOST;
            }
        }
        allowed['?'] |= QUERY;
        return allowed;
    }

    /** Whether every character may stand in a host with an optional port, or in a path, unescaped. */
    static boolean clean(String text, boolean asHost) {
        byte kind = asHost ? HOST : PATH;
        return text.chars().allMatch(c -> c < 0x7F && (ALLOWED[c] & kind) != 0);
    }

    /** Whether it leads to a host of its own, so that the request need not name one. */
    public boolean namesHost() {
        return host != null;
    }

    @Override
    public String toString() {
        return "Redirect[" + status + " " + scheme + "://" + host + path + (keepsRest ? "/*" : "") + "]";
    }

    private static final class Out {
        private byte[] bytes;
        private int size;

        Out(int capacity) {
            this.bytes = new byte[capacity];
        }

        void text(String ascii) {
            reserve(ascii.length());
            for (int i = 0; i < ascii.length(); i++) {
                bytes[size++] = (byte) ascii.charAt(i);
            }
        }

        void escaped(byte[] source, int from, int to, byte kind) {
            reserve(3 * Math.max(to - from, 0));
            for (int i = from; i < to; i++) {
                int b = source[i] & 0xFF;
                if ((ALLOWED[b] & kind) != 0) {
                    bytes[size++] = (byte) b;
                } else {
                    bytes[size++] = '%';
                    bytes[size++] = HEX[b >>> 4];
                    bytes[size++] = HEX[b & 15];
                }
            }
        }

        private void reserve(int more) {
            if (bytes.length - size < more) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
            }
        }

        byte[] done() {
            return Arrays.copyOf(bytes, size);
        }
    }
}
