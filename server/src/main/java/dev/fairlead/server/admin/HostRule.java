package dev.fairlead.server.admin;

import dev.fairlead.core.config.Address;
import java.util.Locale;

/**
 * Which Host fields the admin side believes. A web page of anyone may make a browser on this machine send requests to
 * loopback under a name of its own (DNS rebinding); such a name is in the Host field, so only names that always mean this
 * machine pass. Pure functions.
 */
final class HostRule {
    private HostRule() {}

    /** Whether {@code host}, the field's value, is {@code localhost} or a loopback literal, with or without a port. */
    static boolean passes(String host) {
        String name = host;
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            if (end < 0 || !port(host.substring(end + 1))) {
                return false;
            }
            name = host.substring(1, end);
        } else if (host.indexOf(':') >= 0) {
            int colon = host.indexOf(':');
            if (!port(host.substring(colon))) {
                return false;
            }
            name = host.substring(0, colon);
        }
        return !name.isEmpty() && new Address(name.toLowerCase(Locale.ROOT), 0).loopback();
    }

    private static boolean port(String text) {
        return text.isEmpty() || text.matches(":[0-9]{1,5}");
    }
}
