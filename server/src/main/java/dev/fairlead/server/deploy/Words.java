package dev.fairlead.server.deploy;

import dev.fairlead.core.config.Nearest;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Placeholders in commands and address templates. Pure functions.
 *
 * <p>{@code {address}}, {@code {host}}, {@code {port}} and {@code {pool}}; {@code {port+1}} and {@code {port-1}} count;
 * {@code {new}} is the address that replaces it. What stands in other braces stays: shells have uses for them.
 */
public final class Words {
    private static final List<String> KNOWN = List.of("new-host", "new-port", "address", "host", "port", "pool", "new");

    private static final Pattern PLACE =
            Pattern.compile("\\{(address|host|pool|new|new-host|new-port|port(?:([+-])([0-9]{1,5}))?)\\}");

    /** One word in braces that is no variable of a shell: perhaps a placeholder, written wrongly. */
    private static final Pattern WORD = Pattern.compile("(?<!\\$)\\{([A-Za-z][A-Za-z_-]*?)(?:[+-][0-9]+)?\\}");

    private static final int HIGHEST_PORT = 65_535;

    /** Addresses go into a shell's command line, so they are made of nothing that a shell understands. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._:\\[\\]/-]{1,300}");

    private Words() {}

    /**
     * Refuses a text with a word in braces that is nearly a placeholder.
     *
     * @param name what the text is, for the message
     * @throws IllegalArgumentException with the placeholder that was perhaps meant
     */
    public static void requireKnown(String name, @Nullable String text) {
        if (text == null) {
            return;
        }
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            String near = Nearest.of(words.group(1), KNOWN);
            if (near != null && !PLACE.matcher(words.group()).matches()) {
                throw new IllegalArgumentException(
                        name + ": unknown placeholder " + words.group() + " (did you mean {" + near + "}?)");
            }
        }
    }

    /**
     * {@code text} with every placeholder filled in.
     *
     * @throws IllegalArgumentException when there is no such port, or an address has none
     */
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
                int port = number(address);
                int counted = place.group(2).equals("+") ? port + by : port - by;
                if (counted < 1 || counted > HIGHEST_PORT) {
                    throw new IllegalArgumentException(
                            "{" + name + "}: " + counted + " for " + address + " (expected: a port from 1 to 65535)");
                }
                yield Integer.toString(counted);
            }
        };
    }

    private static String host(String address) {
        return address.substring(0, Math.max(address.lastIndexOf(':'), 0));
    }

    private static String port(String address) {
        return address.substring(address.lastIndexOf(':') + 1);
    }

    private static int number(String address) {
        String port = port(address);
        if (!port.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("address: " + address + " (expected: one with a port)");
        }
        return Integer.parseInt(port);
    }

    private static void requireHarmless(String word) {
        if (!HARMLESS.matcher(word).matches()) {
            throw new IllegalArgumentException("address: " + word + " (expected: host:port)");
        }
    }
}
