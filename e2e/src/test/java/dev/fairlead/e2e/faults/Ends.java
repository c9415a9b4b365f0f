package dev.fairlead.e2e.faults;

import static dev.fairlead.e2e.faults.Wire.ascii;

import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.e2e.faults.Load.Sample;
import dev.fairlead.server.control.Change;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Surroundings;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/** What becomes of requests when Fairlead itself ends: {@code fairlead run} with three backends, all as processes. */
final class Ends implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Ticker ticker = Ticker.system();
    private final Path folder;
    private final Path posts;
    private final Path file;
    private final List<BackendProcess> backends = new ArrayList<>();

    /** @param folder an empty one */
    Ends(Path folder) throws IOException {
        this.folder = folder;
        this.posts = folder.resolve("posts");
        this.file = folder.resolve("fairlead.yaml");
        for (int i = 0; i < 3; i++) {
            backends.add(BackendProcess.start(0, posts));
        }
    }

    private String configuration(int port) {
        return """
                listeners: { web: { address: "127.0.0.1:%d" } }
                pools: { app: { backends: [%d, %d, %d], health: %s } }
                admin: { address: "127.0.0.1:0" }
                access-log: { to: "off" }
                state-dir: "%s"
                """.formatted(
                        port,
                        backends.get(0).port(),
                        backends.get(1).port(),
                        backends.get(2).port(),
                        Scene.CHECKED,
                        folder);
    }

    private void awaitReady(InetSocketAddress admin) throws IOException, InterruptedException {
        for (int tries = 0; tries < PATIENCE_MILLIS / 10; tries++) {
            if (page(admin, "/readyz").equals("ready\n")) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        throw new IOException("it does not become ready");
    }

    private static String page(InetSocketAddress admin, String path) throws IOException {
        try (Socket socket = new Socket(admin.getAddress(), admin.getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(ascii("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            var in = new BufferedInputStream(socket.getInputStream());
            Wire.Head head = Wire.head(in);
            return head == null ? "" : new String(Wire.body(in, head), StandardCharsets.UTF_8);
        }
    }

    /** SIGTERM with requests of two seconds in work. */
    Row stopped() throws IOException, InterruptedException {
        Files.writeString(file, configuration(0));
        try (FairleadProcess fairlead = FairleadProcess.run(file)) {
            InetSocketAddress front = fairlead.front();
            awaitReady(fairlead.admin());
            try (Load load = Load.start(front, new Load.Style(40, "/slow/2000", 0))) {
                Scene.pause(Duration.ofSeconds(1));
                load.stopAsking();
                // What was asked for last is on its way.
                Scene.pause(Duration.ofMillis(200));
                int waiting = load.waiting();
                long began = ticker.nanos();
                fairlead.terminate();
                load.finish();
                int code = fairlead.code();
                long took = Row.millis(began, ticker.nanos());
                String note = waiting + " in flight; exit code " + code + " after " + Row.seconds(took);
                return row("stop with 2 s requests in flight", "all finish; exit within the limit", load, took, note);
            }
        }
    }

    /** {@code kill -9} under load, and a restart at the same address; a backend is in maintenance all the while. */
    Row killed(Duration part) throws IOException, InterruptedException {
        Files.writeString(file, configuration(0));
        maintain(2);
        InetSocketAddress front;
        try (FairleadProcess first = FairleadProcess.run(file)) {
            front = first.front();
            awaitReady(first.admin());
            try (Load load = Load.start(front)) {
                Scene.pause(part);
                first.kill();
                Scene.pause(Duration.ofMillis(100));
                Files.writeString(file, configuration(front.getPort()));
                long began = ticker.nanos();
                try (FairleadProcess second = FairleadProcess.run(file)) {
                    InetSocketAddress admin = second.admin();
                    awaitReady(admin);
                    Scene.pause(part);
                    load.finish();
                    long served = load.samples().stream()
                            .filter(s -> s.ok() && s.due() + s.nanos() - began > 0)
                            .mapToLong(s -> s.due() + s.nanos())
                            .min()
                            .orElse(began - 1_000_000);
                    boolean kept = page(admin, "/status").contains("\"maint\"");
                    String note = "operator's maintenance " + (kept ? "kept" : "lost");
                    return row(
                            "kill -9 of Fairlead, restart",
                            "serving ≤ 2 s; what operators set is kept",
                            load,
                            Row.millis(began, served),
                            note);
                }
            }
        }
    }

    private Row row(String name, String owed, Load load, long back, String note) throws IOException {
        List<Sample> samples = load.samples();
        return new Row(
                name,
                owed,
                samples.size(),
                Row.errors(samples),
                Load.doubled(posts).size(),
                Row.p99(samples.stream().filter(Sample::ok).toList()),
                Row.NONE,
                Row.NONE,
                back,
                null,
                0,
                0,
                note);
    }

    /** Leaves a state file as an operator's wish does. */
    private void maintain(int index) throws IOException, InterruptedException {
        Path state = folder.resolve(stateName());
        try (Engine engine = Engine.start(
                Scene.config(configuration(0)), Surroundings.system().keeping(state))) {
            String address =
                    engine.status().pools().getFirst().backends().get(index).address();
            engine.operator().change("app", address, Change.to(Wish.MAINT, "test"), null);
        }
        if (!Files.exists(state)) {
            throw new IOException("nothing was kept in " + state);
        }
    }

    /** As {@code run} names it: after the configuration's name and whole path. */
    private String stateName() {
        var sum = new CRC32();
        sum.update(file.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "fairlead-%08x.json", sum.getValue());
    }

    @Override
    public void close() {
        backends.forEach(BackendProcess::close);
    }
}
