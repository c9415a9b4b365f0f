package dev.fairlead.server.cli;

import dev.fairlead.server.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code fairlead demo}: everything in one process, to play with. */
@Command(
        name = "demo",
        description = {"Start three small backends with Fairlead in front, and show what happens.", ""},
        footer = {"", "Exit codes: 0 stopped, 2 wrong usage, 4 it cannot start."})
final class DemoCommand implements Callable<Integer> {
    private static final Duration LINE = Duration.ofSeconds(1);

    private final Shell shell;
    private final Stop stop;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where the front door shall be; without it 8080, or the next one that is free.")
    private @Nullable Integer port;

    DemoCommand(Shell shell) {
        this(shell, Stop.bySignal());
    }

    DemoCommand(Shell shell, Stop stop) {
        this.shell = shell;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        if (port != null && (port < 0 || port > 65_535)) {
            shell.err().println("fairlead: --port: " + port + " (expected: 0..65535)");
            return ExitCode.USAGE;
        }
        Logging.take();
        PrintWriter out = shell.out();
        try (Demo demo = Demo.start(port)) {
            stop.listen(() -> {});
            out.println(demo.introduction());
            // Whoever reads us may leave first, as in `fairlead demo | head`.
            while (!stop.await(LINE) && !out.checkError()) {
                out.println(demo.line(shell.colour()));
            }
            return 0;
        } catch (IOException | IllegalStateException e) {
            shell.err().println("fairlead: cannot start: " + e.getMessage());
            return Serving.CANNOT_START;
        } catch (InterruptedException e) {
            return 0;
        }
    }
}
