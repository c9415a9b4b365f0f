package dev.fairlead.server.control;

import java.util.List;
import java.util.Locale;

/**
 * What holds requests up just now, and what shows it. Immutable; made by pure functions of one picture.
 *
 * @param why one sentence of evidence
 */
public record Bottleneck(Where where, String why) {
    /** A loop that gets to its work so much too late is a part of what clients wait for. */
    private static final long LATE_NANOS = 100_000_000L;

    /** Fewer slow readers are nobody's bottleneck but their own. */
    private static final int FEW = 10;

    /** Who holds them up. */
    public enum Where {
        NONE,
        CLIENT,
        US,
        BACKEND;

        /** As it stands in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What the balancer itself bears.
     *
     * @param lagNanos how late its latest loop has lately been
     * @param held bytes in buffers
     */
    record Pressure(long lagNanos, int exchanges, int mostExchanges, long held, long mostHeld) {}

    private static final Bottleneck NONE = new Bottleneck(Where.NONE, "nothing holds requests up");

    /**
     * Of one pool.
     *
     * @param eligible members that take work
     * @param full how many of these have as many requests as they may
     * @param waiting requests that wait for a place
     */
    static Bottleneck ofPool(Pressure ours, int members, int eligible, int full, int waiting) {
        if (members > 0 && eligible == 0) {
            return new Bottleneck(Where.BACKEND, "none of " + count(members, "backend") + " takes work");
        }
        Bottleneck us = us(ours);
        if (us.where != Where.NONE) {
            return us;
        }
        String caps = full + " of " + count(eligible, "backend") + " that take work " + (full == 1 ? "is" : "are")
                + " at their cap";
        if (waiting > 0) {
            return new Bottleneck(
                    Where.BACKEND,
                    count(waiting, "request") + (waiting == 1 ? " waits" : " wait") + " for a place; " + caps);
        }
        return eligible > 0 && full == eligible ? new Bottleneck(Where.BACKEND, caps) : NONE;
    }

    /**
     * Of one listener.
     *
     * @param active requests in work
     * @param unread connections where as much waits for the client as may
     * @param pools what holds the pools up
     */
    static Bottleneck ofListener(Pressure ours, long active, long unread, List<Bottleneck> pools) {
        // Before ourselves: full buffers are what slow readers come to.
        if (unread >= FEW && 2 * unread >= active) {
            return new Bottleneck(
                    Where.CLIENT, unread + " clients do not take what waits for them; requests in work: " + active);
        }
        Bottleneck us = us(ours);
        if (us.where != Where.NONE) {
            return us;
        }
        for (Bottleneck pool : pools) {
            if (pool.where == Where.BACKEND) {
                return pool;
            }
        }
        return NONE;
    }

    private static Bottleneck us(Pressure ours) {
        if (ours.held > ours.mostHeld) {
            return new Bottleneck(
                    Where.US, "buffers hold " + ours.held + " bytes of " + ours.mostHeld + " (runtime.buffers)");
        }
        if (ours.exchanges >= ours.mostExchanges) {
            return new Bottleneck(
                    Where.US, ours.exchanges + " requests in work of " + ours.mostExchanges + " (runtime.exchanges)");
        }
        if (ours.lagNanos >= LATE_NANOS) {
            return new Bottleneck(
                    Where.US, "an event loop was " + ours.lagNanos / 1_000_000 + " ms late in the last two seconds");
        }
        return NONE;
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
