package dev.fairlead.server.control;

import dev.fairlead.core.config.Address;
import java.net.InetSocketAddress;

/**
 * Where a backend listens, looked up once: an address that changes behind a name is discovery, and has its own place.
 * Immutable; making one may block.
 *
 * @param address unresolved when the name cannot be resolved
 */
record Resolved(InetSocketAddress address) {
    Resolved(Address written) {
        this(new InetSocketAddress(written.host().isEmpty() ? "127.0.0.1" : written.host(), written.port()));
    }

    /** Looks it up; throws {@link IllegalStateException} when the name cannot be resolved. */
    static Resolved required(Address written) {
        var resolved = new Resolved(written);
        if (resolved.address().isUnresolved()) {
            throw new IllegalStateException(
                    "backend " + written + ": the name " + written.host() + " cannot be resolved");
        }
        return resolved;
    }
}
