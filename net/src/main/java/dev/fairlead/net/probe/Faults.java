package dev.fairlead.net.probe;

import io.netty.channel.ChannelException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;

/** Short words for what went wrong with a connection, the same for every transport. Pure functions. */
final class Faults {
    private Faults() {}

    static String words(Throwable cause) {
        // Transports name errors by different types, but all keep the system's own text.
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains("refused")) {
            return "connect refused";
        }
        if (text.contains("reset") || text.contains("broken pipe")) {
            return "connection reset";
        }
        if (cause instanceof NoRouteToHostException || text.contains("no route")) {
            return "no route to host";
        }
        if (text.contains("unreachable")) {
            return "network unreachable";
        }
        return switch (cause) {
            case UnresolvedAddressException e -> "address not resolved";
            case RejectedExecutionException e -> "not checked: event loop stopped";
            case ClosedChannelException e -> "connection closed";
            case ChannelException e -> "not checked: no socket: " + root(e);
            default -> "connect failed: " + root(cause);
        };
    }

    private static String root(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
