package dev.fairlead.server.control;

import dev.fairlead.core.config.Problem;
import java.util.List;

/** What became of a reload. Immutable. */
public sealed interface Reloaded {
    /**
     * The configuration is in force.
     *
     * @param changes what it changed, each as a clause for people; empty when it says what was in force already
     * @param restart keys that it changes and that only a restart brings into force, such as {@code runtime.loops}
     */
    record Done(List<String> changes, List<String> restart, List<Problem> warnings) implements Reloaded {
        public Done {
            changes = List.copyOf(changes);
            restart = List.copyOf(restart);
            warnings = List.copyOf(warnings);
        }
    }

    /** It cannot be used, and nothing changed; at least one problem is an error, and errors come first. */
    record Invalid(List<Problem> problems) implements Reloaded {
        public Invalid {
            problems = List.copyOf(problems);
        }
    }

    /** It cannot come into force here and now, and nothing changed. */
    record Refused(String why) implements Reloaded {}
}
