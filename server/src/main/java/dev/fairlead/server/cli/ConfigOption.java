package dev.fairlead.server.cli;

import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code -c}, for every command that reads a configuration file. */
final class ConfigOption {
    /** The file that is read when nothing else was said. */
    static final Path USUAL = Path.of("fairlead.yaml");

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration file. Without it: $$FAIRLEAD_CONFIG, else ./fairlead.yaml.")
    private @Nullable Path given;

    /** The file given, else the one that {@code FAIRLEAD_CONFIG} names, else {@code fairlead.yaml} of this directory. */
    Path file(Function<String, @Nullable String> environment) {
        if (given != null) {
            return given;
        }
        String named = environment.apply("FAIRLEAD_CONFIG");
        return named == null || named.isEmpty() ? USUAL : Path.of(named);
    }
}
