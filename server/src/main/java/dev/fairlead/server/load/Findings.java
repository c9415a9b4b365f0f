package dev.fairlead.server.load;

import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects problems of one source. Confined to one thread. */
final class Findings {
    /** Most problems kept; more help nobody, and a hostile file could have millions. */
    static final int MOST = 200;

    private final Source source;
    private final List<Problem> problems = new ArrayList<>();

    Findings(Source source) {
        this.source = source;
    }

    void add(ProblemKind kind, Position at, String path, String found, String expected, @Nullable String suggestion) {
        if (problems.size() < MOST) {
            problems.add(new Problem(
                    kind,
                    source.name(),
                    at.line(),
                    at.column(),
                    path,
                    found,
                    expected,
                    suggestion,
                    source.snippet(at)));
        }
    }

    boolean full() {
        return problems.size() >= MOST;
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    List<Problem> problems() {
        return problems;
    }
}
