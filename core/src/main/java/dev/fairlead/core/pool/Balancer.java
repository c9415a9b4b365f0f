package dev.fairlead.core.pool;

/**
 * An algorithm: builds a {@link Picker} from a roster. What must outlive a rebuild (a round-robin position) it keeps
 * itself. Used by the control thread only.
 */
@FunctionalInterface
public interface Balancer {
    /** A picker over {@code roster.eligible()}. Costs what it must; runs on every change of the roster. */
    Picker build(Roster roster);
}
