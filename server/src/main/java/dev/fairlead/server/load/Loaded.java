package dev.fairlead.server.load;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Problem;
import java.util.List;

/** What became of a configuration file. Immutable. */
public sealed interface Loaded {
    /** It can be used. */
    record Good(Config config, List<Problem> warnings) implements Loaded {
        public Good {
            warnings = List.copyOf(warnings);
        }
    }

    /** It cannot; at least one problem is an error, and errors come first. */
    record Bad(List<Problem> problems) implements Loaded {
        public Bad {
            problems = List.copyOf(problems);
        }
    }
}
