package dev.fairlead.server.cli;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Nearest;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.control.Survey;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;
import dev.fairlead.server.load.Printer;
import dev.fairlead.server.load.Report;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fairlead check}: says everything that is wrong with a configuration file. */
@Command(
        name = "check",
        description = {"Check a configuration file and show every problem at once.", ""},
        footer = {
            "",
            "Exit codes: 0 it can be used, 1 it cannot (with --live: or a backend fails its check), 2 wrong usage."
        })
final class CheckCommand implements Callable<Integer> {
    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--print", description = "Print the configuration with every default filled in.")
    private boolean print;

    @Option(
            names = "--live",
            description = "Check every backend once, as a running balancer would, and judge the checks themselves.")
    private boolean live;

    @Option(names = "--explain", paramLabel = "ID", description = "Explain a problem's id, such as FL-C012, and stop.")
    private @Nullable String explain;

    CheckCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (explain != null) {
            return explain(explain);
        }
        Path file = config.file(shell.environment());
        // With --print the configuration is the data and the report is talk.
        PrintWriter report = print ? shell.err() : shell.out();
        return switch (Loader.load(file, shell.environment())) {
            case Loaded.Good(Config good, List<Problem> warnings) -> {
                if (!warnings.isEmpty()) {
                    report.println(Report.of(warnings, shell.colour()));
                }
                report.println(shell.ansi().string("@|bold,green " + "ok|@ ") + file + ": " + summary(good));
                if (print) {
                    shell.out().print(Printer.print(good));
                }
                yield live ? look(good, report) : ExitCode.OK;
            }
            case Loaded.Bad(List<Problem> problems) -> {
                report.print(Report.of(problems, shell.colour()));
                report.println("More about a problem: fairlead check --explain "
                        + problems.getFirst().id());
                yield ExitCode.SOFTWARE;
            }
        };
    }

    /** Shows what the checks say now, and what they are worth. */
    private int look(Config config, PrintWriter report) throws InterruptedException {
        Logging.take();
        boolean all = true;
        for (Survey.Result pool : Survey.of(config, Surroundings.system())) {
            for (Survey.Seen seen : pool.backends()) {
                all &= seen.passed();
                String word = seen.passed() ? "@|green passes|@" : "@|bold,red fails|@ ";
                report.println(shell.ansi().string(word) + " " + pool.pool() + "/" + seen.backend() + ": "
                        + seen.evidence() + " (" + seen.micros() / 1_000.0 + " ms)");
            }
            report.println("pool " + pool.pool() + ": health check graded " + pool.grade());
            if (pool.advice() != null) {
                report.println(
                        shell.ansi().string("@|bold,yellow warning|@ ") + "pool " + pool.pool() + ": " + pool.advice());
            }
        }
        return all ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static String summary(Config config) {
        int backends = config.pools().values().stream()
                .mapToInt(pool -> pool.backends().size())
                .sum();
        return plural(config.listeners().size(), "listener") + ", "
                + plural(config.routes().size(), "route") + ", "
                + plural(config.pools().size(), "pool") + ", "
                + plural(backends, "backend");
    }

    private static String plural(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private int explain(String id) {
        for (ProblemKind kind : ProblemKind.values()) {
            if (kind.id().equalsIgnoreCase(id)) {
                String heading = "@|bold " + kind.id() + "|@  " + kind.title();
                shell.out().println(shell.ansi().string(heading));
                shell.out().println();
                shell.out().println(kind.explanation());
                return ExitCode.OK;
            }
        }
        String near = Nearest.of(
                id, Arrays.stream(ProblemKind.values()).map(ProblemKind::id).toList());
        CommandSpec here = spec;
        if (here == null) {
            throw new IllegalStateException("not run by picocli");
        }
        throw new ParameterException(
                here.commandLine(),
                "--explain: " + id + " (expected: the id of a problem, such as FL-C012)"
                        + (near == null ? "" : ", did you mean " + near + "?"));
    }
}
