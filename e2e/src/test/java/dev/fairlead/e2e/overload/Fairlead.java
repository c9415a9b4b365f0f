package dev.fairlead.e2e.overload;

import dev.fairlead.core.time.Ticker;
import dev.fairlead.e2e.faults.FairleadProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code fairlead run} as a process with one pool, everything at its default but addresses, the path of the check, and
 * the files it writes. Closing it kills it.
 */
final class Fairlead implements Front {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Ticker ticker = Ticker.system();
    private final HttpClient client = HttpClient.newHttpClient();
    private final FairleadProcess process;
    private final InetSocketAddress front;
    private final URI admin;

    private Fairlead(FairleadProcess process) throws InterruptedException {
        this.process = process;
        this.front = process.front();
        this.admin = URI.create("http://127.0.0.1:" + process.admin().getPort());
    }

    /** Starts one and waits until all backends take work. */
    static Fairlead start(Path place, List<Integer> ports) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(place, "fairlead");
        Path file = folder.resolve("fairlead.yaml");
        Files.writeString(file, """
                listeners: { web: { address: "127.0.0.1:0" } }
                pools: { app: { backends: %s, health: { http: /healthz } } }
                admin: { address: "127.0.0.1:0" }
                access-log: { to: "%s/access.log" }
                state-dir: "%s"
                """.formatted(ports, folder, folder));
        FairleadProcess process = FairleadProcess.run(file);
        try {
            var fairlead = new Fairlead(process);
            fairlead.awaitEligible(ports.size());
            return fairlead;
        } catch (IOException | InterruptedException | IllegalStateException e) {
            process.close();
            throw e;
        }
    }

    @Override
    public InetSocketAddress front() {
        return front;
    }

    /** Waits until so many backends take work. */
    void awaitEligible(int size) throws IOException, InterruptedException {
        long end = ticker.nanos() + PATIENCE.toNanos();
        while (eligible() < size) {
            if (ticker.nanos() - end > 0) {
                throw new IOException("not all of " + size + " backends take work");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** How many backends take work. */
    int eligible() throws IOException, InterruptedException {
        return (int) metrics().sum("fairlead_pool_eligible_backends");
    }

    Metrics metrics() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(admin.resolve("/metrics")).build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("/metrics: " + response.statusCode());
        }
        return Metrics.parse(response.body());
    }

    /** Adds a backend to the pool, as a program that starts one would. */
    void register(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(admin.resolve("/pools/app/backends"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"address\":\"127.0.0.1:" + port + "\",\"why\":\"scaled out\"}"))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException("register " + port + ": " + response.statusCode() + " " + response.body());
        }
    }

    @Override
    public void close() {
        process.close();
        client.close();
    }
}
