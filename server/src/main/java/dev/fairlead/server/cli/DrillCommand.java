package dev.fairlead.server.cli;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.BadValue;
import dev.fairlead.core.config.Durations;
import dev.fairlead.core.config.Share;
import dev.fairlead.server.control.Drill;
import dev.fairlead.server.deploy.Door.Refused;
import dev.fairlead.server.deploy.Door.Unreachable;
import dev.fairlead.server.deploy.RemoteDoor;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code fairlead drill}: acts a fault out on one backend and says what came of it. */
@Command(
        name = "drill",
        description = {
            "Act a fault out on one backend of a running Fairlead, under whatever load there is, and say what came of it.",
            ""
        },
        footer = {
            "",
            "The backend itself is left alone: the fault is inside the balancer, and ends by itself.",
            "Exit codes: 0 no client saw an error, 1 clients saw errors or it was stopped early, 2 wrong usage,"
                    + " 5 it was not begun."
        })
final class DrillCommand implements Callable<Integer> {
    private static final int SUFFERED = 1;
    private static final int NOT_BEGUN = 5;
    private static final String USUAL = "10s";

    private final Shell shell;

    @Mixin
    private AdminOption admin = new AdminOption();

    @Parameters(index = "0", paramLabel = "BACKEND", description = "As in the configuration, such as 127.0.0.1:3000.")
    private String backend = "";

    @Option(names = "--pool", paramLabel = "POOL", description = "Its pool; needed only when several have it.")
    private @Nullable String pool;

    @ArgGroup(multiplicity = "1")
    private Choice fault = new Choice();

    @Option(names = "--for", paramLabel = "TIME", description = "How long, up to 5m. (default: 10s)")
    private @Nullable String lasts;

    @Option(
            names = "--limit",
            paramLabel = "SHARE",
            defaultValue = "5%",
            description = "Share of failed requests at which it stops by itself. (default: 5%%)")
    private String limit = "";

    /** One of them. */
    private static final class Choice {
        @Option(names = "--refuse", description = "Connections are refused.")
        private boolean refuse;

        @Option(names = "--blackhole", description = "Connections are never made, and never refused.")
        private boolean blackhole;

        @Option(names = "--slow", paramLabel = "TIME", description = "Every request takes so much longer.")
        private @Nullable String slow;

        @Option(
                names = "--errors",
                paramLabel = "SHARE|TIME",
                description = "This share is answered with 500; with a time such as 20s every request, for so long.")
        private @Nullable String errors;
    }

    DrillCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (RemoteDoor door = admin.door(shell.environment())) {
            Duration time = lasting();
            ObjectNode body = JsonMapper.shared().createObjectNode();
            body.put("fault", kind());
            if (fault.slow != null) {
                body.put("slow", time("--slow", fault.slow).toMillis() + "ms");
            }
            if (fault.errors != null) {
                body.put("errors", errors(fault.errors));
            }
            body.put("for", time.toMillis() + "ms");
            body.put("limit", share("--limit", limit, false));
            String address = Address.parseBackend(backend).toString();
            String of = pool == null ? find(door, address) : pool;
            shell.out().println("drill on " + of + "/" + address + " for " + Durations.format(time) + " ...");
            shell.out().flush();
            String path = "/pools/" + RemoteDoor.encoded(of) + "/backends/" + RemoteDoor.encoded(address) + "/drill";
            return say(door.ask("POST", path, body, time.plusSeconds(30)));
        } catch (Refused | Unreachable e) {
            shell.err().println("fairlead: not begun: " + e.getMessage());
            return NOT_BEGUN;
        } catch (IOException | IllegalArgumentException e) {
            shell.err().println("fairlead: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private String kind() {
        return fault.refuse ? "refuse" : fault.blackhole ? "blackhole" : fault.slow != null ? "slow" : "errors";
    }

    /** How long it lasts; a time after {@code --errors} says it, too. */
    private Duration lasting() {
        String errors = fault.errors;
        boolean timed = errors != null && errors.matches(Durations.PATTERN);
        if (timed && lasts != null) {
            throw new IllegalArgumentException(
                    "--errors: " + errors + " (expected: a share such as 20%, for --for says how long)");
        }
        return timed ? time("--errors", String.valueOf(errors)) : time("--for", lasts == null ? USUAL : lasts);
    }

    private static String errors(String text) {
        return text.matches(Durations.PATTERN) ? "100%" : share("--errors", text, true);
    }

    private static Duration time(String option, String text) {
        try {
            Duration time = Durations.parse(text);
            if (!time.isZero() && time.compareTo(Drill.LONGEST) <= 0) {
                return time;
            }
        } catch (BadValue e) {
            throw new IllegalArgumentException(option + ": " + text + " (expected: a time such as 10s, up to 5m)", e);
        }
        throw new IllegalArgumentException(option + ": " + text + " (expected: more than 0s, up to 5m)");
    }

    private static String share(String option, String text, boolean some) {
        try {
            Share share = Share.parse(text);
            if (!some || share.fraction() > 0) {
                return share.toString();
            }
        } catch (BadValue e) {
            throw new IllegalArgumentException(option + ": " + text + " (expected: a share such as 20%)", e);
        }
        throw new IllegalArgumentException(option + ": " + text + " (expected: a share above 0%)");
    }

    /** The one pool that has this backend. */
    private static String find(RemoteDoor door, String address) {
        String found = null;
        for (JsonNode one :
                door.ask("GET", "/pools", null, Duration.ofSeconds(10)).path("pools")) {
            for (JsonNode member : one.path("backends")) {
                if (member.path("address").asString("").equals(address)) {
                    if (found != null) {
                        throw new IllegalArgumentException(address + " is in several pools: say which with --pool");
                    }
                    found = one.path("name").asString("");
                }
            }
        }
        if (found == null) {
            throw new Refused("no pool has a backend " + address);
        }
        return found;
    }

    private int say(JsonNode verdict) {
        PrintWriter out = shell.out();
        long detected = verdict.path("detected_ms").asLong(-1);
        long errors = verdict.path("errors").asLong(0);
        String early = verdict.path("stopped_early").asString("");
        out.println("time to detect      "
                + (detected < 0
                        ? "never: it stayed in rotation"
                        : detected + " ms, " + verdict.path("detected_by").asString("")));
        out.println("errors to clients   " + errors + " of "
                + verdict.path("requests").asLong(0) + " requests for its pool");
        out.println("retries used        " + verdict.path("retries").asLong(0));
        out.println("peak at the others  " + verdict.path("peak_others").asLong(0) + " requests at once at one of "
                + verdict.path("others").asLong(0));
        if (!early.isEmpty()) {
            out.println("stopped early       " + early);
        }
        return errors == 0 && early.isEmpty() ? 0 : SUFFERED;
    }
}
