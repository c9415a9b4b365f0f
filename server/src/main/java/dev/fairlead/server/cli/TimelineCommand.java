package dev.fairlead.server.cli;

import dev.fairlead.core.config.BadValue;
import dev.fairlead.core.config.Durations;
import dev.fairlead.server.deploy.Door.Refused;
import dev.fairlead.server.deploy.Door.Unreachable;
import dev.fairlead.server.deploy.RemoteDoor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead timeline}: what happened to backends, and why. */
@Command(
        name = "timeline",
        description = {"Show what happened to the backends of a running Fairlead, with the evidence.", ""},
        footer = {
            "",
            "It remembers the last 10,000 changes since its start.",
            "Exit codes: 0 shown, 1 it does not answer, 2 wrong usage."
        })
final class TimelineCommand implements Callable<Integer> {
    private static final int PAGE = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long FOLLOW_MILLIS = 500;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    private final Shell shell;

    @Mixin
    private AdminOption admin = new AdminOption();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "BACKEND",
            description = "Only this one, as in the configuration, such as 127.0.0.1:3000.")
    private @Nullable String backend;

    @Option(names = "--pool", paramLabel = "POOL", description = "Only this pool.")
    private @Nullable String pool;

    @Option(names = "--since", paramLabel = "TIME", description = "Only what is no older, such as 10m.")
    private @Nullable String since;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on showing what happens.")
    private boolean follow;

    TimelineCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (RemoteDoor door = admin.door(shell.environment())) {
            String filter = filter();
            long last = show(door, filter, 0);
            while (follow && !shell.out().checkError()) {
                TimeUnit.MILLISECONDS.sleep(FOLLOW_MILLIS);
                last = show(door, filter, last);
            }
            return 0;
        } catch (Refused | Unreachable e) {
            shell.err().println("fairlead: " + e.getMessage());
            return 1;
        } catch (IOException | IllegalArgumentException e) {
            shell.err().println("fairlead: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private String filter() {
        var filter = new StringBuilder();
        if (pool != null) {
            filter.append("&pool=").append(RemoteDoor.encoded(pool));
        }
        if (backend != null) {
            filter.append("&backend=").append(RemoteDoor.encoded(backend));
        }
        if (since != null) {
            try {
                filter.append("&since=")
                        .append(Durations.parse(since).toMillis())
                        .append("ms");
            } catch (BadValue e) {
                throw new IllegalArgumentException("--since: " + since + " (expected: a time such as 10m)", e);
            }
        }
        return filter.toString();
    }

    /** Shows all pages after {@code id}; returns the last number shown. */
    private long show(RemoteDoor door, String filter, long id) {
        long last = id;
        while (true) {
            JsonNode events = door.ask("GET", "/events?after=" + last + "&limit=" + PAGE + filter, null, PATIENCE)
                    .path("events");
            for (JsonNode event : events) {
                shell.out().println(line(event));
                last = event.path("id").asLong(last);
            }
            shell.out().flush();
            if (events.size() < PAGE) {
                return last;
            }
        }
    }

    private String line(JsonNode event) {
        String time = Instant.parse(event.path("time").asString("1970-01-01T00:00:00Z"))
                .atZone(ZoneId.systemDefault())
                .format(TIME);
        String address = event.path("backend").asString("");
        String subject = event.path("pool").asString("") + (address.isEmpty() ? "" : "/" + address);
        String before = event.path("before").asString("");
        String after = event.path("after").asString("");
        String change = before.equals(after) ? after : before + " -> " + after;
        String said = shell.colour() ? "\u001b[1m" + change + "\u001b[0m" : change;
        return time + " " + subject + " " + said + ": " + event.path("why").asString("");
    }
}
