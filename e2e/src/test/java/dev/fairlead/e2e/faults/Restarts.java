package dev.fairlead.e2e.faults;

import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.deploy.Commands;
import dev.fairlead.server.deploy.Plan;
import dev.fairlead.server.deploy.Progress;
import dev.fairlead.server.deploy.Rollout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A deploy of a scene's three backends whose command ends each process with SIGTERM and starts another one at the same
 * port. Closing it ends the processes it started.
 */
final class Restarts implements AutoCloseable {
    private static final String PID = ".pid";

    private final Path folder;
    private final Rollout rollout;
    private final Queue<String> said = new ConcurrentLinkedQueue<>();

    /**
     * @param folder an empty one, for the numbers of processes
     * @param drain until what is in work at a drained backend is cut
     */
    Restarts(Scene scene, Path folder, Duration drain) throws IOException {
        this.folder = folder;
        for (int i = 0; i < 3; i++) {
            BackendProcess backend = scene.backend(i);
            Files.writeString(folder.resolve(backend.port() + PID), Long.toString(backend.pid()));
        }
        var plan = new Plan(
                "app",
                1,
                command(scene.posts()),
                null,
                null,
                null,
                3,
                null,
                Duration.ofSeconds(30),
                0.5,
                Duration.ofSeconds(30),
                drain,
                false);
        var progress = new Progress() {
            @Override
            public void stage(String address, Stage stage, String detail) {
                said.add(address + " " + stage.word() + " " + detail);
            }

            @Override
            public void output(String address, String line) {
                said.add(address + ": " + line);
            }
        };
        this.rollout = new Rollout(
                plan, new EngineDoor(scene.engine()), new Commands(), progress, Ticker.system(), "deploy-test");
    }

    private String command(Path posts) {
        String start = BackendProcess.command("{port}", posts).stream()
                .map(Restarts::quoted)
                .collect(Collectors.joining(" "));
        String pid = quoted(folder + "/") + "{port}" + PID;
        return """
                pid=$(cat %1$s); kill -TERM $pid || exit 1; n=0
                while kill -0 $pid 2>/dev/null && [ $n -lt 100 ]; do sleep 0.05; n=$((n + 1)); done
                %2$s >/dev/null 2>&1 </dev/null &
                echo $! >%1$s
                """.formatted(pid, start);
    }

    /** As one word of a shell, in which placeholders of a deploy are still filled in. */
    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** Does it; returns how it ended. */
    Rollout.Outcome run() throws InterruptedException {
        return rollout.run();
    }

    /** What it said on its way. */
    List<String> said() {
        return List.copyOf(said);
    }

    @Override
    public void close() throws IOException {
        rollout.stop();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(PID)).toList()) {
                long pid = Long.parseLong(Files.readString(file).strip());
                ProcessHandle.of(pid)
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(BackendProgram.class.getName()))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }
}
