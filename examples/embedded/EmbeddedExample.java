// SPDX-License-Identifier: Apache-2.0

import com.sun.net.httpserver.HttpServer;
import dev.fairlead.server.embed.Fairlead;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Fairlead inside a program: two backends, one address in front of them, some requests, and the end. From the top of the
 * repository, once it is built:
 *
 * <pre>
 * java -cp server/target/fairlead.jar examples/embedded/EmbeddedExample.java
 * </pre>
 */
public final class EmbeddedExample {
    public static void main(String[] args) throws Exception {
        HttpServer one = backend("one");
        HttpServer two = backend("two");
        try (Fairlead fairlead = Fairlead.builder()
                .listen("127.0.0.1:0")
                .pool("app", pool -> pool.backend("127.0.0.1:" + one.getAddress().getPort())
                        .backend("127.0.0.1:" + two.getAddress().getPort())
                        .balance("round-robin")
                        .health("/healthz")
                        .interval(Duration.ofSeconds(1)))
                .start()) {
            awaitBackends(fairlead, 2);
            URI front = URI.create("http://127.0.0.1:" + fairlead.address().getPort() + "/");
            try (HttpClient client = HttpClient.newHttpClient()) {
                for (int i = 0; i < 4; i++) {
                    var answer = client.send(HttpRequest.newBuilder(front).build(), BodyHandlers.ofString());
                    System.out.println(answer.statusCode() + " " + answer.body());
                }
            }
            fairlead.status().pools().getFirst().backends().forEach(backend -> System.out.println(
                    backend.address() + " " + backend.state().health() + ", requests: " + backend.requests()));
            fairlead.stop(Duration.ofSeconds(1));
        } finally {
            one.stop(0);
            two.stop(0);
        }
    }

    /** A new backend gets no traffic before its first passing check. */
    private static void awaitBackends(Fairlead fairlead, int wanted) throws InterruptedException {
        while (fairlead.status().pools().getFirst().eligible() < wanted) {
            Thread.sleep(10);
        }
    }

    private static HttpServer backend(String name) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = ("hello from " + name).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }
}
