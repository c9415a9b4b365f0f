package dev.fairlead.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Raw;
import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoTest {
    @Test
    void stoppingSlowingAndRestoringABackendShows() throws Exception {
        try (Demo demo = Demo.start(0)) {
            assertThat(demo.introduction())
                    .contains("http://127.0.0.1:" + demo.front().getPort() + "/")
                    .contains("curl -X POST " + demo.remote() + "/b2/stop")
                    .contains("curl -X POST " + demo.remote() + "/b2/slow")
                    .contains("curl -X POST " + demo.remote() + "/b2/restore");
            assertThat(Raw.get(demo.front(), "/")).startsWith("HTTP/1.1 200 ").contains("Hello from b");
            await().untilAsserted(
                            () -> assertThat(demo.line(false)).contains("req/s").matches(".*b2 +[1-9].* up .*"));

            post(demo, "/b2/stop");
            await().untilAsserted(() -> assertThat(demo.line(false)).matches(".*b2 +\\d+% (DOWN|EJECTED).*"));
            await().untilAsserted(() -> assertThat(demo.line(false)).matches(".*b2 +0% DOWN.*"));
            post(demo, "/b1/slow");
            await().untilAsserted(() -> assertThat(demo.line(false)).matches(".*b1 +\\d+% up +\\(500 ms\\).*"));
            post(demo, "/b2/restore");
            await().untilAsserted(() -> assertThat(demo.line(false)).matches(".*b2 +[1-9]\\d*% up .*"));
        }
    }

    private static void post(Demo demo, String path) throws IOException {
        var at = new InetSocketAddress(
                InetAddress.getLoopbackAddress(), URI.create(demo.remote()).getPort());
        assertThat(Raw.ask(at, "POST " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(Raw.ask(at, "GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n"))
                .startsWith("HTTP/1.1 405 ");
        assertThat(Raw.ask(at, "POST " + path + " HTTP/1.1\nHost: localhost\nOrigin: null\nConnection: close\n\n"))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void aTakenPortThatWasAskedForIsAnError() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> Demo.start(taken.getLocalPort()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()));
        }
    }

    @Test
    void aStoppedBackendRefusesAndItsConnectionsAreClosed() throws Exception {
        try (TinyBackend backend = TinyBackend.start("b", Duration.ZERO)) {
            var at = new InetSocketAddress(InetAddress.getLoopbackAddress(), backend.port());
            try (RawClient client = RawClient.connect(at)) {
                assertThat(client.send(TinyClient.get("/")).answer().body()).isEqualTo("Hello from b.\n");
                backend.stop();
                assertThat(backend.running()).isFalse();
                assertThat(client.ends()).isTrue();
            }
            // The socket is closed by the thread that accepts, which may take a moment to notice.
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> Raw.get(at, "/")).hasCauseInstanceOf(ConnectException.class));
            backend.restore();
            assertThat(Raw.get(at, "/")).endsWith("Hello from b.\n");
        }
    }
}
