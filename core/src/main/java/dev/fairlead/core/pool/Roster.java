package dev.fairlead.core.pool;

import java.util.List;

/**
 * The members of a pool at one moment, and which of them may be picked; what an algorithm builds from. Immutable.
 *
 * <p><b>Panic</b> is decided here, once for all algorithms: when fewer of the wanted members take work than a share the
 * operator set, those that answer, if badly, are picked as well, rather than let the rest be crushed. A member that was
 * never checked, does not answer at all or is not wanted is never picked.
 *
 * @param eligible those that may be picked, in the order of {@code all}
 * @param panic whether some of them only may because too few take work
 */
public record Roster(long version, List<Backend> all, List<Backend> eligible, boolean panic) {
    public Roster {
        all = List.copyOf(all);
        eligible = List.copyOf(eligible);
    }

    /** A roster without panic. */
    public Roster(long version, List<Backend> all, List<Backend> eligible) {
        this(version, all, eligible, false);
    }

    /** Filters {@code all} by their present state, without panic. */
    public static Roster of(long version, List<Backend> all) {
        return of(version, all, 0);
    }

    /**
     * Filters {@code all} by their present state.
     *
     * @param panicBelow 0..1; panic begins when a smaller share of the wanted and checked members takes work; 0 for never
     */
    public static Roster of(long version, List<Backend> all, double panicBelow) {
        List<Backend> taking = all.stream().filter(b -> b.state().takesNew()).toList();
        long wanted = all.stream().filter(Roster::wanted).count();
        if (taking.size() < panicBelow * wanted) {
            List<Backend> helping =
                    all.stream().filter(b -> b.state().helpsInNeed()).toList();
            if (helping.size() > taking.size()) {
                return new Roster(version, all, helping, true);
            }
        }
        return new Roster(version, all, taking, false);
    }

    private static boolean wanted(Backend backend) {
        BackendState state = backend.state();
        return state.wish() == BackendState.Wish.READY
                && state.weight() > 0
                && state.health() != BackendState.Health.UNCHECKED;
    }
}
