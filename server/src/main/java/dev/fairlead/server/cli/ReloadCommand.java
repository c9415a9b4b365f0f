package dev.fairlead.server.cli;

import dev.fairlead.server.deploy.Door.Refused;
import dev.fairlead.server.deploy.Door.Unreachable;
import dev.fairlead.server.deploy.RemoteDoor;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code fairlead reload}: has a running balancer read its configuration anew. */
@Command(
        name = "reload",
        description = {"Have a running Fairlead read its configuration file again.", ""},
        footer = {"", "Exit codes: 0 it is in force, 1 nothing was changed, 2 wrong usage."})
final class ReloadCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Shell shell;

    @Mixin
    private AdminOption admin = new AdminOption();

    ReloadCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (RemoteDoor door = admin.door(shell.environment())) {
            JsonNode done = door.ask("POST", "/reload", null, PATIENCE);
            shell.out().print(done.path("report").asString(""));
            for (JsonNode change : done.path("changed")) {
                shell.out().println(change.asString(""));
            }
            for (JsonNode key : done.path("restart")) {
                shell.out().println("only a restart brings into force: " + key.asString(""));
            }
            shell.out().println(done.path("changed").isEmpty() ? "reloaded: nothing has changed" : "reloaded");
            return 0;
        } catch (Refused | Unreachable e) {
            shell.err().println("fairlead: " + e.getMessage());
            return 1;
        } catch (IOException | IllegalArgumentException e) {
            shell.err().println("fairlead: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }
}
