package dev.fairlead.net.http.h1;

import java.util.concurrent.TimeUnit;

/**
 * How long a peer may take over a body: a window of time, which each byte makes longer by what a byte may take, up to the
 * whole of it. So one that stalls has the window, and one that only trickles has little more. Confined to its connection.
 */
final class Pace {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long window;
    private final long nanosPerByte;
    private final long wholeWindow;
    private long until;
    private long last;

    /**
     * @param window nanoseconds
     * @param rate fewest bytes a second; 0 where only a stall counts
     */
    Pace(long window, long rate) {
        this.window = window;
        this.nanosPerByte = rate == 0 ? window : Math.clamp(SECOND / rate, 1, window);
        this.wholeWindow = window / nanosPerByte;
    }

    /** The peer has the whole window from now on. */
    void begin(long now) {
        last = now;
        until = now + window;
    }

    /** So many bytes have come. */
    void came(int bytes, long now) {
        last = now;
        long whole = now + window;
        until += bytes >= wholeWindow ? window : bytes * nanosPerByte;
        if (until - whole > 0) {
            until = whole;
        }
    }

    /** When its time is over. */
    long until() {
        return until;
    }

    /** Whether nothing has come in the whole window. */
    boolean stalled(long now) {
        return now - last >= window;
    }
}
