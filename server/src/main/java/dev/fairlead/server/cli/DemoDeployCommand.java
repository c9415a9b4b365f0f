package dev.fairlead.server.cli;

import dev.fairlead.server.demo.DeployDemo;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code fairlead demo deploy}: a rolling deploy to watch. */
@Command(
        name = "deploy",
        description = {
            "Roll version 2 out to three real processes behind Fairlead under steady load, and count what fails.",
            ""
        },
        footer = {"", "Exit codes: 0 done and nothing failed, 1 something failed, 4 it cannot start."})
final class DemoDeployCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    private final Shell shell;

    DemoDeployCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Logging.take();
        try (DeployDemo demo = DeployDemo.start()) {
            shell.out()
                    .println("Three processes of version 1 behind http://127.0.0.1:"
                            + demo.front().getPort() + "/, 200 requests a second, and beside them slow ones,"
                            + " uploads and upgraded connections. Rolling out version 2:");
            DeployDemo.Result result = demo.deploy(new DeployBoard(shell.out(), shell.colour()));
            shell.out()
                    .println((result.done() ? "deployed" : "failed: " + result.why()) + "; " + result.requests()
                            + " requests (" + result.slow() + " of a second, " + result.uploads() + " uploads, "
                            + result.upgraded() + " upgraded), " + result.failed() + " failed");
            return result.done() && result.failed() == 0 ? 0 : FAILED;
        } catch (IOException | IllegalStateException e) {
            shell.err().println("fairlead: cannot start: " + e.getMessage());
            return Serving.CANNOT_START;
        } catch (InterruptedException e) {
            return FAILED;
        }
    }
}
