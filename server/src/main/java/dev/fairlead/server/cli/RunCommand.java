package dev.fairlead.server.cli;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Problem;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;
import dev.fairlead.server.load.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fairlead run}: does what a configuration file says until a signal ends it. */
@Command(
        name = "run",
        description = {"Run what a configuration file says.", ""},
        footer = {
            "",
            "SIGHUP reads the file again and changes what is different; a bad file changes nothing.",
            "SIGTERM or Ctrl-C finishes the requests in work and ends; a second one ends at once.",
            "Exit codes: 0 stopped, 2 wrong usage, 3 the configuration cannot be used, 4 it cannot start."
        })
final class RunCommand implements Callable<Integer> {
    private final Shell shell;
    private final Stop stop;

    @Mixin
    private ConfigOption config = new ConfigOption();

    RunCommand(Shell shell) {
        this(shell, Stop.bySignal());
    }

    RunCommand(Shell shell, Stop stop) {
        this.shell = shell;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        Path file = config.file(shell.environment());
        return switch (Loader.load(file, shell.environment())) {
            case Loaded.Good(Config good, List<Problem> warnings) -> {
                if (!warnings.isEmpty()) {
                    shell.err().print(Report.of(warnings, shell.colour()));
                }
                Surroundings world = Surroundings.system()
                        .keeping(StatePlace.of(good.stateDir(), file, shell.environment()))
                        .trusted(StatePlace.authority(good.stateDir(), shell.environment()))
                        .reading(() -> Loader.load(file, shell.environment()));
                yield Serving.run(good, world, stop, shell.err());
            }
            case Loaded.Bad(List<Problem> problems) -> {
                shell.err().print(Report.of(problems, shell.colour()));
                shell.err()
                        .println("More about a problem: fairlead check --explain "
                                + problems.getFirst().id());
                yield Serving.BAD_CONFIG;
            }
        };
    }
}
