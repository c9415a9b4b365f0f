package dev.fairlead.server.embed;

import dev.fairlead.core.config.Problem;
import dev.fairlead.server.load.Report;
import java.util.List;

/** A configuration that cannot be used, with everything that is wrong with it. Immutable. */
public final class InvalidConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    InvalidConfigException(List<Problem> problems) {
        super(Report.of(problems, false).strip());
        this.problems = List.copyOf(problems);
    }

    /** Every problem, errors first. The message shows them, too. */
    public List<Problem> problems() {
        return problems;
    }
}
