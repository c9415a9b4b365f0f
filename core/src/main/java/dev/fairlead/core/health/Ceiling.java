package dev.fairlead.core.health;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The bound on ejecting: it must not do more harm than the backend does. Pure functions. */
final class Ceiling {
    private Ceiling() {}

    /**
     * Why {@code watched} may not be ejected from {@code members}, or {@code null} when it may: never the last that takes
     * work; and, unless it would be the only one ejected, never below half of those the operator wants.
     */
    static @Nullable String refusal(Watched watched, Collection<Watched> members) {
        if (!watched.backend.state().takesNew()) {
            return null;
        }
        int wanted = 0;
        int left = -1;
        boolean first = true;
        for (Watched other : members) {
            wanted += other.wanted() ? 1 : 0;
            left += other.backend.state().takesNew() ? 1 : 0;
            first &= !other.ejection.active();
        }
        if (left == 0) {
            return "nothing else takes work";
        }
        return first || 2 * left >= wanted ? null : "less than half of the pool would be left";
    }
}
