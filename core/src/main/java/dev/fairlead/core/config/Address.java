package dev.fairlead.core.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where to listen or connect: {@code host:port}, {@code :port}, {@code [v6]:port} or {@code unix:/path}. Immutable.
 *
 * @param host empty for every interface (listening) or this machine (connecting); the path for a Unix socket
 * @param port 0..65535, or -1 for a Unix socket
 */
public record Address(String host, int port) {
    /** The highest port there is. */
    public static final int HIGHEST_PORT = 65_535;

    private static final Cidr LOOPBACK = Cidr.parse("127.0.0.0/8");
    private static final Cidr LOOPBACK_6 = Cidr.parse("::1");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final Pattern IN_BRACKETS = Pattern.compile("\\[([0-9A-Fa-f:.]{2,45})]:([0-9]{1,5})");
    private static final Pattern PLAIN = Pattern.compile("([^:\\[\\]/@?#\\s]*):([0-9]{1,5})");
    private static final Pattern LABELS =
            Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})){0,126}");
    private static final Pattern FOUR_NUMBERS = Pattern.compile("[0-9.]+");

    /** Parses {@code host:port}, {@code :port}, {@code [v6]:port} or {@code unix:/path}; throws {@link BadValue}. */
    public static Address parse(String text) {
        return parse(text, Text.LISTEN_ADDRESS.expected());
    }

    /**
     * Parses where a backend listens: as {@link #parse(String)}, but {@code 3000} and {@code :3000} mean port 3000 of
     * this machine, and port 0 is refused. Throws {@link BadValue}.
     */
    public static Address parseBackend(String text) {
        String expected = Text.BACKEND_ADDRESS.expected();
        Address address = parse(PORT.matcher(text).matches() ? ":" + text : text, expected);
        if (address.port == 0) {
            throw new BadValue(ProblemKind.BAD_ADDRESS, text, "a port from 1 to 65535", null);
        }
        return address.host.isEmpty() ? new Address("127.0.0.1", address.port) : address;
    }

    private static Address parse(String text, String expected) {
        if (text.startsWith("unix:/") && text.length() > "unix:/".length()) {
            return new Address(text.substring("unix:".length()), -1);
        }
        Matcher brackets = IN_BRACKETS.matcher(text);
        if (brackets.matches() && brackets.group(1).indexOf(':') >= 0 && Cidr.literal(brackets.group(1))) {
            return new Address(brackets.group(1), port(text, brackets.group(2)));
        }
        Matcher plain = PLAIN.matcher(text);
        if (plain.matches()) {
            String host = plain.group(1);
            if (host.equals("*")) {
                throw new BadValue(ProblemKind.BAD_ADDRESS, text, expected, ":" + plain.group(2));
            }
            boolean good = FOUR_NUMBERS.matcher(host).matches()
                    ? Cidr.literal(host)
                    : host.isEmpty() || LABELS.matcher(host).matches();
            if (good && host.length() <= 253) {
                return new Address(host, port(text, plain.group(2)));
            }
        }
        throw new BadValue(ProblemKind.BAD_ADDRESS, text, expected, meant(text));
    }

    private static int port(String text, String digits) {
        int port = Integer.parseInt(digits);
        if (port > HIGHEST_PORT) {
            throw new BadValue(ProblemKind.BAD_ADDRESS, text, "a port from 0 to 65535", null);
        }
        return port;
    }

    private static @Nullable String meant(String text) {
        if (PORT.matcher(text).matches()) {
            return ":" + text;
        }
        Matcher url =
                Pattern.compile("(https?)://([^:/\\s\\[\\]@]+)(:[0-9]{1,5})?/?").matcher(text);
        if (url.matches()) {
            String port = url.group(3) == null ? url.group(1).equals("https") ? ":443" : ":80" : url.group(3);
            return url.group(2) + port;
        }
        int last = text.lastIndexOf(':');
        if (last > 0 && text.indexOf(':') < last && Cidr.literal(text)) {
            // Nobody can tell where a bare IPv6 address ends and its port begins; the last group is the likelier port.
            return "[" + text.substring(0, last) + "]" + text.substring(last);
        }
        return null;
    }

    /** Whether this is a Unix domain socket. */
    public boolean unix() {
        return port < 0;
    }

    /** Whether only this machine can reach it: a literal of 127.0.0.0/8 or ::1, or the name {@code localhost}. */
    public boolean loopback() {
        if (unix() || host.equals("localhost")) {
            return true;
        }
        return Cidr.literal(host) && (LOOPBACK.contains(Cidr.bytes(host)) || LOOPBACK_6.contains(Cidr.bytes(host)));
    }

    @Override
    public String toString() {
        if (unix()) {
            return "unix:" + host;
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
