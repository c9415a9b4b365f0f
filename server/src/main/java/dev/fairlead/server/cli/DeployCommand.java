package dev.fairlead.server.cli;

import dev.fairlead.core.config.BadValue;
import dev.fairlead.core.config.Durations;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.deploy.Commands;
import dev.fairlead.server.deploy.Plan;
import dev.fairlead.server.deploy.RemoteDoor;
import dev.fairlead.server.deploy.Rollout;
import dev.fairlead.server.deploy.Words;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fairlead deploy}: changes the backends of a pool one after another while the others serve. */
@Command(
        name = "deploy",
        description = {
            "Change the backends of a running pool, one batch after another: drain, wait until nothing is in work,"
                    + " run a command, gate on passing checks, ramp up, next.",
            ""
        },
        footer = {
            "",
            "Commands run with `sh -c`. {address}, {host}, {port} and {pool} stand for the backend; {port+1} counts.",
            "On a failure it stops: what it took out returns through the gate, the rest goes on serving. Should it die,"
                    + " the balancer takes it back through the same gate when the lease ends. Ctrl-C is safe at any"
                    + " moment.",
            "Exit codes: 0 done, 1 it failed and stopped, 2 wrong usage, 5 it was not begun, 130 stopped by a signal."
        })
final class DeployCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int NOT_BEGUN = 5;
    private static final int SIGNALLED = 130;
    private static final int MOST_PASSES = 100;
    private static final int LONGEST_MATCH = 200;
    private static final Duration DAY = Duration.ofDays(1);

    private final Shell shell;
    private volatile boolean signalled;

    @Mixin
    private AdminOption admin = new AdminOption();

    @Parameters(index = "0", paramLabel = "POOL", description = "Whose backends.")
    private String pool = "";

    @Option(
            names = "--run",
            required = true,
            paramLabel = "COMMAND",
            description = "Changes a drained backend, such as './upgrade.sh {host}'; 0 is success.")
    private String run = "";

    @Option(names = "--batch", paramLabel = "N", defaultValue = "1", description = "How many at a time. (default: 1)")
    private int batch;

    @Option(
            names = "--gate",
            paramLabel = "N",
            defaultValue = "3",
            description = "Passing checks in a row before it gets work again. (default: 3)")
    private int gate;

    @Option(
            names = "--match",
            paramLabel = "TEXT",
            description =
                    "What those checks must find in the body, or as `Name: value` in the fields: the new version.")
    private @Nullable String match;

    @Option(
            names = "--gate-timeout",
            paramLabel = "TIME",
            defaultValue = "2m",
            description = "Longest time for that. (default: 2m)")
    private String gateTime = "";

    @Option(
            names = "--floor",
            paramLabel = "SHARE",
            defaultValue = "50%",
            description = "Share of the pool that must be left taking work; else it is not begun. (default: 50%%)")
    private String floor = "";

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            description = "Until what is in work at a drained backend is cut; without it what the pool says (5m).")
    private @Nullable String drain;

    @Option(
            names = "--lease",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long the balancer waits for us should we die. (default: 30s)")
    private String lease = "";

    @Option(names = "--no-ramp", description = "Do not wait until a backend has its whole share of the work.")
    private boolean noRamp;

    @Option(
            names = "--rollback-run",
            paramLabel = "COMMAND",
            description = "Undoes the change of a backend that failed.")
    private @Nullable String rollback;

    @Option(
            names = "--replace-with",
            paramLabel = "ADDRESS",
            description = "Addresses change: --run starts a new backend at this address, such as '{host}:{port+1}'"
                    + " ({new} in commands); it joins, and then the old one is drained and leaves.")
    private @Nullable String replaceWith;

    @Option(
            names = "--retire-run",
            paramLabel = "COMMAND",
            description = "With --replace-with: ends the old backend once it is drained.")
    private @Nullable String retire;

    DeployCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        Plan plan;
        try {
            plan = plan();
        } catch (IllegalArgumentException e) {
            shell.err().println("fairlead: " + e.getMessage());
            return ExitCode.USAGE;
        }
        try (RemoteDoor door = admin.door(shell.environment())) {
            return roll(plan, door);
        } catch (IOException | IllegalArgumentException e) {
            shell.err().println("fairlead: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private int roll(Plan plan, RemoteDoor door) throws InterruptedException {
        String owner = String.format("deploy-%08x", (int) Seeds.system().next());
        var board = new DeployBoard(shell.out(), shell.colour());
        var rollout = new Rollout(plan, door, new Commands(), board, Ticker.system(), owner);
        Signals.handle("INT", number -> stop(rollout, number));
        Signals.handle("TERM", number -> stop(rollout, number));
        Rollout.Outcome outcome = rollout.run();
        if (outcome.done()) {
            shell.out().println("deployed " + plan.pool());
            return 0;
        }
        String how = !outcome.started() ? "not begun" : signalled ? "stopped by a signal" : "failed and stopped";
        shell.err().println("fairlead: " + how + ": " + outcome.why());
        return signalled ? SIGNALLED : outcome.started() ? FAILED : NOT_BEGUN;
    }

    private void stop(Rollout rollout, int number) {
        if (signalled) {
            Runtime.getRuntime().halt(128 + number);
        }
        signalled = true;
        rollout.stop();
    }

    private Plan plan() {
        if (batch < 1) {
            throw new IllegalArgumentException("--batch: " + batch + " (expected: at least 1)");
        }
        if (gate < 1 || gate > MOST_PASSES) {
            throw new IllegalArgumentException("--gate: " + gate + " (expected: 1.." + MOST_PASSES + ")");
        }
        requireMatch(match);
        Words.requireKnown("--run", run);
        Words.requireKnown("--rollback-run", rollback);
        Words.requireKnown("--replace-with", replaceWith);
        Words.requireKnown("--retire-run", retire);
        if (retire != null && replaceWith == null) {
            throw new IllegalArgumentException("--retire-run goes together with --replace-with");
        }
        Duration held = time("--lease", lease);
        if (held.compareTo(Duration.ofSeconds(1)) < 0 || held.compareTo(DAY) > 0) {
            throw new IllegalArgumentException("--lease: " + lease + " (expected: from 1s to 24h)");
        }
        Duration longest = drain == null ? null : time("--drain", drain);
        if (longest != null && longest.compareTo(DAY) > 0) {
            throw new IllegalArgumentException("--drain: " + drain + " (expected: up to 24h)");
        }
        return new Plan(
                pool,
                batch,
                run,
                rollback,
                replaceWith,
                retire,
                gate,
                match,
                time("--gate-timeout", gateTime),
                share(),
                held,
                longest,
                !noRamp);
    }

    /** What the balancer would refuse in the middle of the deploy is refused before it. */
    private static void requireMatch(@Nullable String text) {
        if (text == null) {
            return;
        }
        int length = text.codePointCount(0, text.length());
        if (text.isBlank() || length > LONGEST_MATCH || text.codePoints().anyMatch(Character::isISOControl)) {
            String found =
                    text.isBlank() ? "nothing" : length > LONGEST_MATCH ? length + " characters" : "control characters";
            throw new IllegalArgumentException(
                    "--match: " + found + " (expected: a text of 1.." + LONGEST_MATCH + " printable characters)");
        }
    }

    private static Duration time(String option, String text) {
        try {
            return Durations.parse(text);
        } catch (BadValue e) {
            throw new IllegalArgumentException(option + ": " + text + " (expected: a time such as 30s)", e);
        }
    }

    private double share() {
        try {
            return Share.parse(floor).fraction();
        } catch (BadValue e) {
            throw new IllegalArgumentException("--floor: " + floor + " (expected: a share such as 50%)", e);
        }
    }
}
