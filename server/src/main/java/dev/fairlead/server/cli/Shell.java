package dev.fairlead.server.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/**
 * What surrounds a command: where it writes, whether in colour, and the environment. Immutable.
 *
 * @param out for data
 * @param err for talk
 * @param colour whether someone looks at it who likes colour
 */
record Shell(PrintWriter out, PrintWriter err, boolean colour, Function<String, @Nullable String> environment) {
    /** The process's own. */
    static Shell ofProcess() {
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        return new Shell(
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()),
                terminal && colourful(System::getenv),
                System::getenv);
    }

    /** Whether the environment allows colour on a terminal: {@code NO_COLOR} (with any value) and dumb ones do not. */
    static boolean colourful(Function<String, @Nullable String> environment) {
        String refused = environment.apply("NO_COLOR");
        return (refused == null || refused.isEmpty()) && !"dumb".equals(environment.apply("TERM"));
    }

    Ansi ansi() {
        return colour ? Ansi.ON : Ansi.OFF;
    }
}
