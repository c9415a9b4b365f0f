package dev.fairlead.net.probe;

import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.Evidence;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.net.transport.OwnFault;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a program and passes when it exits with 0. Thread-safe.
 *
 * <p>Each run has a virtual thread. At most {@value #MOST_AT_ONCE} of a pool run at once; a further one waits a while for
 * its turn and then says that it could not be made. No shell is involved. Of what the program prints, the first
 * {@value #MAX_OUTPUT} bytes are kept as evidence and the rest is read and dropped. When its time is over it is killed
 * with all that it has started.
 */
final class ExecProbe implements Probe {
    static final int MOST_AT_ONCE = 32;

    private static final int MAX_OUTPUT = 512;
    private static final int MAX_SHOWN = 100;

    /** Between two looks at what it prints. A pipe holds 64 KiB, which is more than a check has to say meanwhile. */
    private static final long LOOK_MILLIS = 20;

    /** Longest to wait for a turn: less than what a watchdog allows a check beyond its timeout. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final List<String> command;
    private final Aim aim;
    private final Duration timeout;
    private final Ticker ticker;
    private final Semaphore turns = new Semaphore(MOST_AT_ONCE, true);

    ExecProbe(List<String> command, Aim aim, Duration timeout, Ticker ticker) {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("command: empty (expected: a program and its arguments)");
        }
        this.command = List.copyOf(command);
        this.aim = aim;
        this.timeout = timeout;
        this.ticker = ticker;
    }

    @Override
    public void probe(Backend backend, Consumer<CheckResult> done) {
        Thread.ofVirtual().name("fairlead-check").start(() -> turn(backend, done));
    }

    private void turn(Backend backend, Consumer<CheckResult> done) {
        try {
            if (!turns.tryAcquire(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
                new Attempt(timeout, ticker, done).none("not checked: " + MOST_AT_ONCE + " checks run already");
                return;
            }
            try {
                run(backend, new Attempt(timeout, ticker, done));
            } finally {
                turns.release();
            }
        } catch (InterruptedException e) {
            new Attempt(timeout, ticker, done).none("not checked: interrupted");
        }
    }

    private void run(Backend backend, Attempt attempt) throws InterruptedException {
        Process process;
        try {
            process = start(backend);
        } catch (IOException e) {
            // What the cause says is without the name of the program and its folder.
            String why = String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            // The backend may be well, but an operator must see this; what is sick is still used in need.
            if (OwnFault.is(e) || why.toLowerCase(Locale.ROOT).contains("temporarily unavailable")) {
                attempt.none("not checked: " + why);
            } else {
                attempt.sick("cannot run " + command.getFirst() + ": " + why);
            }
            return;
        }
        try {
            watch(process, attempt);
        } finally {
            kill(process);
        }
    }

    /** Reports how it ended; it may still run afterwards. */
    private void watch(Process process, Attempt attempt) throws InterruptedException {
        var output = new byte[MAX_OUTPUT];
        int length = 0;
        long end = ticker.nanos() + timeout.toNanos();
        attempt.awaits("the check still ran");
        while (end - ticker.nanos() > 0) {
            boolean over = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            length += drain(process.getInputStream(), output, length);
            if (over) {
                exited(process.exitValue(), Evidence.printable(output, 0, length, MAX_SHOWN), attempt);
                return;
            }
        }
        attempt.timeOut();
    }

    private Process start(Backend backend) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("FAIRLEAD_BACKEND", backend.key().address());
        environment.put("FAIRLEAD_HOST", aim.host(backend));
        environment.put("FAIRLEAD_PORT", aim.port(backend));
        Process process = builder.start();
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has ended already, which its exit tells better.
        }
        return process;
    }

    /** Reads what is there, without waiting; returns how much of it was kept. */
    private static int drain(InputStream in, byte[] output, int length) {
        int kept = 0;
        try {
            var dropped = new byte[4096];
            // Bounded, so that a program which never stops printing cannot keep us from looking at the time.
            for (int i = 0; i < 64 && in.available() > 0; i++) {
                int room = output.length - length - kept;
                int read = room > 0 ? in.read(output, length + kept, room) : in.read(dropped);
                kept += room > 0 ? Math.max(read, 0) : 0;
            }
        } catch (IOException e) {
            // Closed at its exit.
        }
        return kept;
    }

    private static void exited(int code, String said, Attempt attempt) {
        if (code == 0) {
            attempt.pass(said.isEmpty() ? "exit 0" : said);
        } else {
            attempt.sick(said.isEmpty() ? "exit " + code : "exit " + code + ": " + said);
        }
    }

    /** Its children become nobody's when it dies, so they are looked up before; nothing, when it has ended by itself. */
    private static void kill(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
