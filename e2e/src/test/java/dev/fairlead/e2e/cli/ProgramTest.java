package dev.fairlead.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a newcomer and an operator meet it: commands, signals, exit codes. */
class ProgramTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static int get(InetSocketAddress at) throws IOException {
        try (RawClient client = RawClient.connect(at)) {
            return client.send(GET).answer().status();
        }
    }

    @Test
    void theDemoShowsWhatIsDoneToItsBackendsAndEndsByControlC() throws Exception {
        try (Program demo = Program.start("demo", "--port", "0")) {
            InetSocketAddress front = demo.address("front door +");
            URI stop = URI.create(demo.said("curl -X POST (http://127.0.0.1:[0-9]+/b2/stop)"));
            demo.said("curl -X POST (http://127.0.0.1:[0-9]+/b2/slow)");
            demo.said("curl -X POST (http://127.0.0.1:[0-9]+/b2/restore)");
            demo.said("req/s .*(b2 +[1-9][0-9]?% up)");
            assertThat(get(front)).isEqualTo(200);
            assertThat(post(stop)).isEqualTo(200);
            demo.said("req/s .*(b2 +0% DOWN)");
            assertThat(get(front)).isEqualTo(200);
            assertThat(post(stop.resolve("/b2/restore"))).isEqualTo(200);
            demo.said("(?s)b2 +0% DOWN.*req/s .*(b2 +[1-9][0-9]?% up)");
            demo.signal("INT");
            assertThat(demo.code()).isZero();
        }
    }

    private static int post(URI uri) throws IOException {
        var at = new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort());
        try (RawClient client = RawClient.connect(at)) {
            return client.send("POST " + uri.getPath() + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .answer()
                    .status();
        }
    }

    @Test
    void aStartSaysWhatFairleadSaysAndNothingElse() throws Exception {
        try (TinyBackend backend = TinyBackend.start("one", Duration.ZERO);
                Program proxy = proxy(backend)) {
            assertThat(get(ready(proxy))).isEqualTo(200);
            proxy.said("(1 of 1 backend healthy)");
            proxy.signal("TERM");
            assertThat(proxy.code()).isZero();
            // Its own lines, the log's, and the access log's: no library has anything to say, and no level below INFO.
            assertThat(proxy.said().lines())
                    .allSatisfy(line -> assertThat(line).matches("fairlead: .*|\\S+T\\S+ INFO +\\S.*|\\{\"time\":.*"));
            assertThat(proxy.said()).doesNotContain("DEBUG", "netty", "slf4j", "logback", "WARNING");
        }
    }

    @Test
    void aSignalFinishesTheRequestInWork() throws Exception {
        try (TinyBackend backend = TinyBackend.start("one", Duration.ofSeconds(1));
                Program proxy = proxy(backend);
                RawClient client = RawClient.connect(ready(proxy))) {
            client.send(GET);
            awaitRequest(proxy);
            proxy.signal("TERM");
            assertThat(client.answer().body()).isEqualTo("Hello from one.\n");
            assertThat(proxy.code()).isZero();
            assertThat(proxy.said()).contains("stopping: 1 request in work");
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        try (TinyBackend backend = TinyBackend.start("one", Duration.ofMinutes(1));
                Program proxy = proxy(backend);
                RawClient client = RawClient.connect(ready(proxy))) {
            client.send(GET);
            awaitRequest(proxy);
            proxy.signal("TERM");
            proxy.said("(stopping: 1 request in work)");
            assertThat(proxy.running()).isTrue();
            proxy.signal("TERM");
            assertThat(proxy.code()).isEqualTo(128 + 15);
        }
    }

    @Test
    void aLookAtTheBackendsSaysWhatFairleadSaysAndNothingElse(@TempDir Path folder) throws Exception {
        try (TinyBackend backend = TinyBackend.start("one", Duration.ZERO)) {
            Path file = folder.resolve("fairlead.yaml");
            Files.writeString(
                    file,
                    "listeners: { web: { address: '127.0.0.1:0' } }\npools: { app: { backends: [" + backend.port()
                            + "], health: { http: /healthz } } }\n");
            try (Program check = Program.start("check", "--live", "-c", file.toString())) {
                assertThat(check.code()).isZero();
                assertThat(check.said()).contains("passes", "health check graded");
                assertThat(check.said()).doesNotContain("DEBUG", "netty", "Exception", "\tat ");
            }
        }
    }

    private static Program proxy(TinyBackend backend) throws IOException {
        return Program.start(
                "proxy",
                "--from=127.0.0.1:0",
                "--to=" + backend.port(),
                "--health=/healthz",
                "--admin=127.0.0.1:0",
                "--access-log=off");
    }

    /** Where it listens, once its backend is healthy. */
    private static InetSocketAddress ready(Program proxy) throws IOException {
        InetSocketAddress admin = proxy.address("admin on ");
        await().untilAsserted(() -> assertThat(page(admin, "/readyz")).isEqualTo("ready\n"));
        return proxy.address("listening on ");
    }

    private static void awaitRequest(Program proxy) {
        InetSocketAddress admin = proxy.address("admin on ");
        await().untilAsserted(() ->
                assertThat(page(admin, "/metrics")).contains("fairlead_requests_active{listener=\"proxy\"} 1.0"));
    }

    private static String page(InetSocketAddress admin, String path) throws IOException {
        try (RawClient client = RawClient.connect(admin)) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .answer()
                    .body();
        }
    }

    @Test
    void everyRequestHasItsLineInTheAccessLog() throws Exception {
        try (TinyBackend backend = TinyBackend.start("one", Duration.ZERO);
                Program proxy =
                        Program.start("proxy", "--from=127.0.0.1:0", "--to=" + backend.port(), "--admin=127.0.0.1:0")) {
            assertThat(get(ready(proxy))).isEqualTo(200);
            proxy.said("(\\{\"time\":\"[^\"]+\",\"listener\":\"proxy\".*\"status\":200)");
        }
    }

    @Test
    void hangupAndReloadReadTheFileAgainAndABadOneChangesNothing() throws Exception {
        Path file = Files.createTempFile("fairlead", ".yaml");
        try (TinyBackend one = TinyBackend.start("one", Duration.ZERO);
                TinyBackend two = TinyBackend.start("two", Duration.ZERO)) {
            Files.writeString(file, site(one));
            try (Program run = Program.start("run", "-c", file.toString())) {
                InetSocketAddress front = ready(run);
                assertThat(page(front, "/")).isEqualTo("Hello from one.\n");
                Files.writeString(file, site(two));
                run.signal("HUP");
                run.said("(SIGHUP: reloaded: pool app: \\S+ joined, \\S+ left)");
                assertThat(page(front, "/")).isEqualTo("Hello from two.\n");
                Files.writeString(file, site(one) + "drain: 5s\n");
                run.signal("HUP");
                run.said("(" + file + ":5:1: error FL-\\S+ .*drain)");
                run.said("(SIGHUP: not reloaded, what was in force stays: 1 error)");
                assertThat(page(front, "/")).isEqualTo("Hello from two.\n");
                InetSocketAddress admin = run.address("admin on ");
                assertThat(page(admin, "/metrics"))
                        .contains("fairlead_reloads_total{result=\"done\"} 1.0")
                        .contains("fairlead_reloads_total{result=\"invalid\"} 1.0");
                String at = "--admin=http://127.0.0.1:" + admin.getPort();
                try (Program bad = Program.start("reload", at)) {
                    assertThat(bad.code()).isEqualTo(1);
                    bad.said("(nothing was changed\n" + file + ":5:1: error FL-)");
                }
                Files.writeString(file, site(one));
                try (Program good = Program.start("reload", at)) {
                    assertThat(good.code()).isZero();
                    good.said("(pool app: \\S+ joined)");
                }
                assertThat(page(front, "/")).isEqualTo("Hello from one.\n");
                run.signal("TERM");
                assertThat(run.code()).isZero();
            }
        } finally {
            Files.delete(file);
        }
    }

    private static String site(TinyBackend backend) {
        return """
                listeners: { web: { address: "127.0.0.1:0" } }
                pools: { app: { backends: ["%s"], health: { http: /healthz } } }
                admin: { address: "127.0.0.1:0" }
                state-dir: "off"
                """.formatted(backend.address());
    }

    @Test
    void theExampleOfAnEmbeddingProgramWorks() throws Exception {
        try (Program example = Program.source(Program.root().resolve("examples/embedded/EmbeddedExample.java"))) {
            assertThat(example.code()).as(example.said()).isZero();
            example.said("(200 hello from one)");
            example.said("(200 hello from two)");
            example.said("(UP, requests: 2)");
        }
    }

    @Test
    void theLauncherStartsWhatWasBuilt() throws Exception {
        assumeThat(Program.root().resolve("server/target/fairlead.jar"))
                .as("mvn package was not run")
                .matches(Files::exists);
        try (Program version = Program.launch("--version")) {
            assertThat(version.code()).isZero();
            version.said("(fairlead \\S+)");
        }
        try (Program misuse = Program.launch("proxy")) {
            assertThat(misuse.code()).isEqualTo(2);
            misuse.said("(--to)");
        }
    }
}
