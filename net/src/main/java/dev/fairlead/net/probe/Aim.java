package dev.fairlead.net.probe;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.pool.Backend;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Where checks go: to the backend's own address, to another port of it, or to another address. Immutable. */
final class Aim {
    private final @Nullable Integer port;
    private final @Nullable Address written;
    private final @Nullable InetSocketAddress address;

    private Aim() {
        this.port = null;
        this.written = null;
        this.address = null;
    }

    /** To where the backend itself listens. */
    static Aim own() {
        return new Aim();
    }

    /** Looks up the name of a separate address; throws {@link IllegalStateException} when that fails. */
    Aim(HealthConfig config) {
        this.port = config.port();
        this.written = config.address();
        this.address = written == null ? null : resolve(written);
    }

    private static InetSocketAddress resolve(Address written) {
        var address = new InetSocketAddress(written.host(), written.port());
        if (address.isUnresolved()) {
            throw new IllegalStateException(
                    "health check " + written + ": the name " + written.host() + " cannot be resolved");
        }
        return address;
    }

    /** What to connect to. */
    SocketAddress at(Backend backend) {
        if (address != null) {
            return address;
        }
        if (port == null || !(backend.address() instanceof InetSocketAddress own)) {
            return backend.address();
        }
        return own.isUnresolved()
                ? InetSocketAddress.createUnresolved(own.getHostString(), port)
                : new InetSocketAddress(own.getAddress(), port);
    }

    /** The same as {@code host:port}, for people and for a Host field. */
    String text(Backend backend) {
        if (written != null) {
            return written.toString();
        }
        String own = backend.key().address();
        return port == null || unix(own) ? own : own.substring(0, end(own)) + ":" + port;
    }

    /** The host of {@link #text}, without brackets. */
    String host(Backend backend) {
        String text = text(backend);
        if (unix(text)) {
            return "localhost";
        }
        String host = text.substring(0, end(text));
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** The port of {@link #text}; empty where there is none. */
    String port(Backend backend) {
        String text = text(backend);
        return unix(text) ? "" : text.substring(Math.min(end(text) + 1, text.length()));
    }

    static boolean unix(String text) {
        return text.startsWith("unix:");
    }

    private static int end(String text) {
        int colon = text.lastIndexOf(':');
        return colon < 0 ? text.length() : colon;
    }
}
