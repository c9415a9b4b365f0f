package dev.fairlead.server.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.server.Raw;
import dev.fairlead.server.demo.TinyBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every line of the access log is JSON and holds what the page for operators says. */
class AccessLogTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<String> REASONS =
            Arrays.stream(Failure.values()).map(Failure::code).toList();

    @TempDir
    private Path folder;

    private List<JsonNode> linesOf(List<String> requests) throws Exception {
        Path log = folder.resolve("access.log");
        try (TinyBackend backend = TinyBackend.start("one", Duration.ZERO);
                Fairlead fairlead = Fairlead.builder()
                        .listen("127.0.0.1:0")
                        .pool("app", pool -> pool.backend(backend.address()).unchecked())
                        .accessLog(log.toString())
                        .start()) {
            InetSocketAddress front = fairlead.address();
            await().until(() -> fairlead.status().pools().getFirst().eligible() == 1);
            for (String request : requests) {
                Raw.ask(front, request);
            }
            await().until(() -> fairlead.status().listeners().getFirst().durationCount() == requests.size());
        }
        var lines = new ArrayList<JsonNode>();
        for (String line : Files.readAllLines(log)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    @Test
    void aLineHoldsWhatTheDocumentSaysAndNothingElse() throws Exception {
        JsonNode line = linesOf(List.of("GET /things?a=b HTTP/1.1\nHost: Example.com\nConnection: close\n\n"))
                .getFirst();
        assertThat(line.propertyNames())
                .containsExactly(
                        "time",
                        "listener",
                        "client",
                        "port",
                        "method",
                        "host",
                        "path",
                        "status",
                        "reason",
                        "bytes_in",
                        "bytes_out",
                        "pool",
                        "backend",
                        "tries",
                        "request_id",
                        "micros");
        assertThat(line.get("micros").propertyNames()).containsExactly("head", "connect", "wait", "total");
        assertThat(line.get("method").asString()).isEqualTo("GET");
        assertThat(line.get("host").asString()).isEqualTo("Example.com");
        assertThat(line.get("path").asString()).isEqualTo("/things?a=b");
        assertThat(line.get("status").asInt()).isEqualTo(200);
        assertThat(line.get("reason").asString()).isEqualTo("ok");
        assertThat(line.get("tries").asInt()).isEqualTo(1);
        assertThat(line.get("request_id").asString()).hasSize(32);
        assertThat(documented()).containsAll(line.propertyNames()).contains("retried");
    }

    /** The fields in the document's table; a row may hold several. */
    private static List<String> documented() throws IOException {
        Path document = Path.of(System.getProperty("fairlead.root"), "docs", "operations.md");
        return Files.readAllLines(document).stream()
                .dropWhile(line -> !line.startsWith("| Field |"))
                .takeWhile(line -> line.startsWith("|"))
                .flatMap(line -> Arrays.stream(line.split("\\|")[1].split(",")))
                .map(name -> name.replace("`", "").strip())
                .toList();
    }

    @Test
    void hostileBytesMakeValidLines() throws Exception {
        List<JsonNode> lines = linesOf(List.of(
                "GET /\"quotes\"\\and\\backslashes HTTP/1.1\nHost: h\nConnection: close\n\n",
                "GET /\u00e4\u00ff\u0080 HTTP/1.1\nHost: h\nConnection: close\n\n",
                "GET / HTTP/1.1\nHost: \"},{\"x\":\"\nConnection: close\n\n",
                "GET / HTTP/1.1\nHost: h\nX-Request-Id: \"},{\u00e4\nConnection: close\n\n",
                "\u0016\u0003\u0001 hello\n\n",
                "GET /" + "\u00e4".repeat(4000) + " HTTP/1.1\nHost: h\nConnection: close\n\n"));
        assertThat(lines).hasSize(6).allSatisfy(line -> {
            assertThat(line.isObject()).isTrue();
            assertThat(line.get("status").isInt()).isTrue();
            String reason = line.get("reason").asString();
            assertThat(reason.equals("ok") || REASONS.contains(reason)).isTrue();
        });
    }
}
