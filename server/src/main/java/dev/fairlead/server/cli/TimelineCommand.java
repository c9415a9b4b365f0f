package dev.fairlead.server.cli;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.BadValue;
import dev.fairlead.core.config.Durations;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.server.deploy.Door.Refused;
import dev.fairlead.server.deploy.Door.Unreachable;
import dev.fairlead.server.deploy.RemoteDoor;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
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
            "Exit codes: 0 shown, 1 it does not answer or there is no such backend or pool, 2 wrong usage."
        })
final class TimelineCommand implements Callable<Integer> {
    private static final int PAGE = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long FOLLOW_MILLIS = 500;
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final Duration MOST = Duration.ofDays(365);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter DATE_AND_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

    private final Shell shell;
    private final WallClock wall;

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
        this(shell, WallClock.system());
    }

    TimelineCommand(Shell shell, WallClock wall) {
        this.shell = shell;
        this.wall = wall;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (RemoteDoor door = admin.door(shell.environment())) {
            String address =
                    backend == null ? null : Address.parseBackend(backend).toString();
            String filter = filter(address);
            long last = show(door, filter, 0);
            if (last == 0) {
                requireKnown(door, address);
                shell.err().println("nothing happened " + (since == null ? "since its start" : "in the last " + since));
                shell.err().flush();
            }
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

    /** Whether what nothing happened to is there at all. */
    private void requireKnown(RemoteDoor door, @Nullable String address) {
        boolean there = pool == null;
        for (JsonNode one : door.ask("GET", "/pools", null, PATIENCE).path("pools")) {
            if (pool != null && !pool.equals(one.path("name").asString(""))) {
                continue;
            }
            there = true;
            for (JsonNode member : one.path("backends")) {
                if (member.path("address").asString("").equals(address)) {
                    return;
                }
            }
        }
        if (!there) {
            throw new Refused("there is no pool " + pool);
        }
        if (address != null) {
            throw new Refused((pool == null ? "no pool has a" : "pool " + pool + " has no") + " backend " + address);
        }
    }

    private String filter(@Nullable String address) {
        var filter = new StringBuilder();
        if (pool != null) {
            filter.append("&pool=").append(RemoteDoor.encoded(pool));
        }
        if (address != null) {
            filter.append("&backend=").append(RemoteDoor.encoded(address));
        }
        if (since != null) {
            filter.append("&since=").append(span(since).toMillis()).append("ms");
        }
        return filter.toString();
    }

    private static Duration span(String text) {
        try {
            Duration span = Durations.parse(text);
            if (span.compareTo(LEAST) >= 0 && span.compareTo(MOST) <= 0) {
                return span;
            }
        } catch (BadValue e) {
            throw new IllegalArgumentException("--since: " + text + " (expected: a time such as 10m)", e);
        }
        throw new IllegalArgumentException("--since: " + text + " (expected: from 1s to 8760h)");
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
        ZonedDateTime when = Instant.parse(event.path("time").asString("1970-01-01T00:00:00Z"))
                .atZone(ZoneId.systemDefault());
        LocalDate today = Instant.ofEpochMilli(wall.epochMillis())
                .atZone(ZoneId.systemDefault())
                .toLocalDate();
        String time = when.format(when.toLocalDate().equals(today) ? TIME : DATE_AND_TIME);
        String address = event.path("backend").asString("");
        String subject = event.path("pool").asString("") + (address.isEmpty() ? "" : "/" + address);
        String before = event.path("before").asString("");
        String after = event.path("after").asString("");
        String change = before.equals(after) ? after : before + " -> " + after;
        String said = shell.colour() ? "\u001b[1m" + change + "\u001b[0m" : change;
        return time + " " + subject + " " + said + ": " + event.path("why").asString("");
    }
}
