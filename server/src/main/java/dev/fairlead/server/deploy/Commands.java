package dev.fairlead.server.deploy;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs a deploy's commands with {@code sh}, and can end them all. Thread-safe. */
public final class Commands implements Runner {
    private static final int LONGEST_LINE = 4_000;
    private static final int END_SECONDS = 10;

    /** What a shell says of a command that SIGTERM ended. */
    private static final int ENDED = 143;

    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    @Override
    public int run(String command, Consumer<String> lines) throws InterruptedException {
        if (ended) {
            return ENDED;
        }
        try {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            running.add(process);
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                String line;
                while ((line = reader.readLine()) != null) {
                    lines.accept(line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line);
                }
                return process.waitFor();
            } finally {
                running.remove(process);
            }
        } catch (IOException e) {
            if (ended) {
                // Its output ended with it, in the middle of a line.
                return ENDED;
            }
            throw new UncheckedIOException("the command cannot be run", e);
        }
    }

    /** Asks first, and kills what has not ended after a while. */
    @Override
    public void end() {
        ended = true;
        for (Process process : running) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
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
