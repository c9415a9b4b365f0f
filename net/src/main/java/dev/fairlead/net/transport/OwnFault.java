package dev.fairlead.net.transport;

import io.netty.channel.ChannelException;
import java.net.ConnectException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a connection failed for want of something of our own, which says nothing about the peer: file
 * descriptors, memory for sockets, local ports, or an event loop that still runs. Pure functions.
 */
public final class OwnFault {
    /** The system's own words for EMFILE, ENFILE, ENOBUFS, ENOMEM and EADDRNOTAVAIL, in lower case. */
    private static final List<String> WORDS = List.of(
            "too many open files",
            "no buffer space",
            "cannot allocate memory",
            "cannot assign requested address",
            "can't assign requested address");

    private OwnFault() {}

    /** Whether {@code failure} or anything that caused it is our own fault. */
    public static boolean is(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean noSocket = cause instanceof ChannelException && !(cause instanceof ConnectException);
            if (noSocket || cause instanceof RejectedExecutionException) {
                return true;
            }
            String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (WORDS.stream().anyMatch(text::contains)) {
                return true;
            }
        }
        return false;
    }
}
