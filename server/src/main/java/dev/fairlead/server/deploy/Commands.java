package dev.fairlead.server.deploy;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Runs a deploy's commands with {@code sh}, and can end them all. Thread-safe. */
public final class Commands implements Runner {
    private static final int LONGEST_LINE = 4_000;
    private static final int END_SECONDS = 10;
    private static final int REST_MILLIS = 500;

    /** What a shell says of a command that SIGTERM ended. */
    private static final int ENDED = 143;

    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    @Override
    public int run(String command, Consumer<String> lines) throws InterruptedException {
        if (ended) {
            return ENDED;
        }
        Process process;
        try {
            process = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("the command cannot be run", e);
        }
        running.add(process);
        var heard = new AtomicBoolean(true);
        try {
            if (ended) {
                // Between the look above and now.
                ask(process);
            }
            Thread reader = Thread.ofPlatform().name("deploy-output").daemon().start(() -> read(process, heard, lines));
            int status = process.waitFor();
            // What it has left running in the background may hold its output open for as long as it lives.
            reader.join(REST_MILLIS);
            return status;
        } finally {
            heard.set(false);
            running.remove(process);
        }
    }

    /** Tells the lines of its output, each up to a length, while they are wanted; never keeps more than one. */
    private static void read(Process process, AtomicBoolean heard, Consumer<String> lines) {
        var line = new StringBuilder();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            int last = '\n';
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                boolean end = c == '\n' || c == '\r';
                if (!end && line.length() < LONGEST_LINE) {
                    line.append((char) c);
                } else if (end && (c == '\r' || last != '\r')) {
                    tell(line, heard, lines);
                }
                last = c;
            }
        } catch (IOException e) {
            // Its output ended with it, in the middle of a line.
        }
        if (!line.isEmpty()) {
            tell(line, heard, lines);
        }
    }

    private static void tell(StringBuilder line, AtomicBoolean heard, Consumer<String> lines) {
        if (heard.get()) {
            lines.accept(line.toString());
        }
        line.setLength(0);
    }

    private static void ask(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    /** Asks first, and kills what has not ended after a while. */
    @Override
    public void end() {
        ended = true;
        running.forEach(Commands::ask);
        for (Process process : running) {
            try {
                if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            }
        }
    }
}
