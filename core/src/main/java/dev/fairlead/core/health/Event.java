package dev.fairlead.core.health;

import dev.fairlead.core.pool.BackendKey;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to a pool or one of its backends, with its evidence, for a log and a timeline. Immutable.
 *
 * @param when in milliseconds since 1970
 * @param backend {@code null} when it concerns the whole pool
 * @param before the state before, such as {@code up}; the same as {@code after} when nothing changed
 * @param why evidence, for people: printable, on one line
 */
public record Event(
        long when, String pool, @Nullable BackendKey backend, Kind kind, String before, String after, String why) {

    /** Longest evidence in characters. */
    public static final int MAX_WHY = 400;

    public Event {
        why = Evidence.printable(why, MAX_WHY);
    }

    /** What kinds of things happen. */
    public enum Kind {
        /** Measured health changed. */
        HEALTH,
        /** Real traffic asked for an ejection, and the ceiling forbade it. */
        SPARED,
        /** The operator wishes otherwise, or a lease ended. */
        WISH,
        /** A drain is finished, or was cut. */
        DRAINED,
        /** Weight or cap was set. */
        SETTING,
        /** A slow start began or ended, or checks ask for less work. */
        SHARE,
        /** The pool began or ceased to panic. */
        PANIC,
        /** A backend joined or left. */
        MEMBER,
        /** The health check was judged. */
        GRADE,
        /** A drill began or ended. */
        DRILL,
        /** A deploy began or ended. */
        DEPLOY
    }

    /** What it happened to, for people. */
    public String subject() {
        return backend == null ? pool : backend.toString();
    }

    @Override
    public String toString() {
        String what = before.equals(after) ? after : before + " -> " + after;
        return subject() + " " + what + ": " + why;
    }
}
