package dev.fairlead.server.cli;

import dev.fairlead.core.config.BadValue;
import dev.fairlead.core.config.Durations;
import dev.fairlead.core.config.Share;
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

    private final Shell shell;

    @Mixin
    private AdminOption admin = new AdminOption();

    @Parameters(index = "0", paramLabel = "BACKEND", description = "As in the configuration, such as 127.0.0.1:3000.")
    private String backend = "";

    @Option(names = "--pool", paramLabel = "POOL", description = "Its pool; needed only when several have it.")
    private @Nullable String pool;

    @ArgGroup(multiplicity = "1")
    private Choice fault = new Choice();

    @Option(names = "--for", paramLabel = "TIME", defaultValue = "10s", description = "How long. (default: 10s)")
    private String lasts = "";

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

        @Option(names = "--errors", paramLabel = "SHARE", description = "This share is answered with 500.")
        private @Nullable String errors;
    }

    DrillCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (RemoteDoor door = admin.door(shell.environment())) {
            Duration time = time("--for", lasts);
            ObjectNode body = JsonMapper.shared().createObjectNode();
            body.put("fault", kind());
            if (fault.slow != null) {
                body.put("slow", time("--slow", fault.slow).toMillis() + "ms");
            }
            if (fault.errors != null) {
                body.put("errors", share("--errors", fault.errors));
            }
            body.put("for", time.toMillis() + "ms");
            body.put("limit", share("--limit", limit));
            String of = pool == null ? find(door) : pool;
            shell.out().println("drill on " + of + "/" + backend + " for " + Durations.format(time) + " ...");
            shell.out().flush();
            String path = "/pools/" + RemoteDoor.encoded(of) + "/backends/" + RemoteDoor.encoded(backend) + "/drill";
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

    private static Duration time(String option, String text) {
        try {
            return Durations.parse(text);
        } catch (BadValue e) {
            throw new IllegalArgumentException(option + ": " + text + " (expected: a time such as 10s)", e);
        }
    }

    private static String share(String option, String text) {
        try {
            return Share.parse(text).toString();
        } catch (BadValue e) {
            throw new IllegalArgumentException(option + ": " + text + " (expected: a share such as 20%)", e);
        }
    }

    /** The one pool that has this backend. */
    private String find(RemoteDoor door) {
        String found = null;
        for (JsonNode one :
                door.ask("GET", "/pools", null, Duration.ofSeconds(10)).path("pools")) {
            for (JsonNode member : one.path("backends")) {
                if (member.path("address").asString("").equals(backend)) {
                    if (found != null) {
                        throw new IllegalArgumentException(backend + " is in several pools: say which with --pool");
                    }
                    found = one.path("name").asString("");
                }
            }
        }
        if (found == null) {
            throw new Refused("no pool has a backend " + backend);
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
                + verdict.path("requests").asLong(0) + " requests");
        out.println("retries used        " + verdict.path("retries").asLong(0));
        out.println("peak at the others  " + verdict.path("peak_others").asLong(0) + " requests at once at one of "
                + verdict.path("others").asLong(0));
        if (!early.isEmpty()) {
            out.println("stopped early       " + early);
        }
        return errors == 0 && early.isEmpty() ? 0 : SUFFERED;
    }
}
