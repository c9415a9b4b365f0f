package dev.fairlead.server.deploy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Placeholders in commands and address templates. Pure functions.
 *
 * <p>{@code {address}}, {@code {host}}, {@code {port}} and {@code {pool}}; {@code {port+1}} and {@code {port-1}} count;
 * {@code {new}} is the address that replaces it. What stands in other braces stays: shells have uses for them.
 */
public final class Words {
    private static final Pattern PLACE =
            Pattern.compile("\\{(address|host|pool|new|new-host|new-port|port(?:([+-])([0-9]{1,5}))?)\\}");

    /** Addresses go into a shell's command line, so they are made of nothing that a shell understands. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._:\\[\\]/-]{1,300}");

    private Words() {}

    /** {@code text} with every placeholder filled in. */
    public static String fill(String text, String pool, String address, String replacement) {
        requireHarmless(address);
        requireHarmless(replacement);
        requireHarmless(pool);
        Matcher places = PLACE.matcher(text);
        return places.replaceAll(
                place -> Matcher.quoteReplacement(value(place.group(1), places, pool, address, replacement)));
    }

    private static String value(String name, Matcher place, String pool, String address, String replacement) {
        return switch (name) {
            case "address" -> address;
            case "pool" -> pool;
            case "host" -> host(address);
            case "new" -> replacement;
            case "new-host" -> host(replacement);
            case "new-port" -> port(replacement);
            case "port" -> port(address);
            default -> {
                int by = Integer.parseInt(place.group(3));
                int port = Integer.parseInt(port(address));
                yield Integer.toString(place.group(2).equals("+") ? port + by : port - by);
            }
        };
    }

    private static String host(String address) {
        return address.substring(0, Math.max(address.lastIndexOf(':'), 0));
    }

    private static String port(String address) {
        return address.substring(address.lastIndexOf(':') + 1);
    }

    private static void requireHarmless(String word) {
        if (!HARMLESS.matcher(word).matches()) {
            throw new IllegalArgumentException("address: " + word + " (expected: host:port)");
        }
    }
}
