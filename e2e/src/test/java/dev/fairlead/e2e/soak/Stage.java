package dev.fairlead.e2e.soak;

import dev.fairlead.e2e.faults.BackendProcess;
import dev.fairlead.e2e.faults.FairleadProcess;
import dev.fairlead.e2e.faults.Load;
import dev.fairlead.e2e.overload.Metrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code fairlead run} with three backends, each a process; every buffer's way is watched. Confined to one thread.
 * Closing it kills them all.
 */
final class Stage implements AutoCloseable {
    static final int SIZE = 3;

    private static final String OPTIONS = "-Dio.netty.leakDetection.level=paranoid";
    private static final int TRIES = 1_000;

    private final Path posts;
    private final Path log;
    private final Path file;
    private final List<Integer> ports = BackendProcess.lastingPorts(SIZE);
    private final List<BackendProcess> backends = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final FairleadProcess process;
    private final InetSocketAddress front;
    private final URI admin;
    private int reloads;

    /** @param place an empty folder */
    Stage(Path place) throws IOException, InterruptedException {
        this.posts = place.resolve("posts");
        this.log = place.resolve("access.log");
        this.file = place.resolve("fairlead.yaml");
        for (int port : ports) {
            backends.add(BackendProcess.start(port, posts));
        }
        Files.writeString(file, configuration());
        this.process = FairleadProcess.run(file, OPTIONS);
        this.front = process.front();
        this.admin = URI.create("http://127.0.0.1:" + process.admin().getPort());
        for (int i = 0; i < TRIES && metrics().sum("fairlead_pool_eligible_backends") < SIZE; i++) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private String configuration() {
        return """
                listeners: { web: { address: "127.0.0.1:0" } }
                pools: { app: { backends: %s, health: { http: /healthz, interval: %dms } } }
                admin: { address: "127.0.0.1:0" }
                access-log: { to: "%s" }
                state-dir: "%s"
                """.formatted(ports, 500 + reloads % 2, log, log.resolveSibling("state"));
    }

    InetSocketAddress front() {
        return front;
    }

    BackendProcess backend(int index) {
        return backends.get(index);
    }

    /** As the access log names it. */
    String address(int index) {
        return "127.0.0.1:" + ports.get(index);
    }

    /** Starts one anew, where it was. */
    void restart(int index) throws IOException {
        backends.set(index, BackendProcess.start(ports.get(index), posts));
    }

    void wish(int index, String wish) throws IOException, InterruptedException {
        change("/pools/app/backends/" + address(index), "PUT", "{\"wish\":\"" + wish + "\",\"why\":\"soak\"}");
    }

    /** Reads a configuration that says something else. */
    void reload() throws IOException, InterruptedException {
        reloads++;
        Files.writeString(file, configuration());
        change("/reload", "POST", "");
    }

    private void change(String path, String method, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(admin.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
    }

    private Metrics metrics() throws IOException, InterruptedException {
        HttpResponse<String> response =
                client.send(HttpRequest.newBuilder(admin.resolve("/metrics")).build(), BodyHandlers.ofString());
        return Metrics.parse(response.body());
    }

    /** What it holds once nothing dead is held. */
    Level level() throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor(10, TimeUnit.SECONDS);
        return Level.of(metrics());
    }

    /** Lines about buffers that nobody released. */
    long leaks() {
        return process.said().lines().filter(line -> line.contains("LEAK")).count();
    }

    /** Ids of POSTs that were done twice; then forgets all of them. Nothing may be under way. */
    List<String> doubled() throws IOException {
        List<String> doubled = Load.doubled(posts);
        empty(posts);
        return doubled;
    }

    /** All lines of the access log; then forgets them. Nothing may be under way. */
    List<String> log() throws IOException, InterruptedException {
        // Until the last lines are written.
        TimeUnit.MILLISECONDS.sleep(1_500);
        List<String> lines = Files.readAllLines(log);
        empty(log);
        return lines;
    }

    /** Those who write to it append. */
    private static void empty(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
    }

    @Override
    public void close() {
        process.close();
        backends.forEach(BackendProcess::close);
        client.close();
    }
}
