package dev.fairlead.core.pool;

import java.util.List;

/**
 * The members of a pool at one moment, and which of them may be picked; what an algorithm builds from. Immutable.
 *
 * @param eligible those that take new work, in the order of {@code all}
 */
public record Roster(long version, List<Backend> all, List<Backend> eligible) {
    public Roster {
        all = List.copyOf(all);
        eligible = List.copyOf(eligible);
    }

    /** Filters {@code all} by their present state. */
    public static Roster of(long version, List<Backend> all) {
        return new Roster(
                version, all, all.stream().filter(b -> b.state().takesNew()).toList());
    }
}
