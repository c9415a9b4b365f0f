package dev.fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.AdminConfig;
import dev.fairlead.core.config.Secret;
import dev.fairlead.server.Raw;
import dev.fairlead.testkit.Message;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is answered at all. */
class GuardTest {
    private static final String TOKEN = "0123456789abcdef-hunter2";
    private static final String POOLS = "app: { backends: [1, 2], health: off }";
    private static final String BACKEND = "/pools/app/backends/1";

    private static Api open;
    private static Api guarded;

    @BeforeAll
    static void start() throws Exception {
        open = Api.start(POOLS);
        // On every interface, as an address that others can reach.
        var config = new AdminConfig(new Address("", 0), true, new Secret(TOKEN), null);
        guarded = Api.start(POOLS, Limits.usual(), config);
    }

    @AfterAll
    static void stop() throws Exception {
        open.close();
        guarded.close();
    }

    /** A request to the one that every interface has. */
    private static Message ask(String request) throws IOException {
        var at = new InetSocketAddress("127.0.0.1", guarded.at().getPort());
        try (var client = dev.fairlead.testkit.RawClient.connect(at)) {
            return client.send(Raw.crlf(request)).answer();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://evil.example:7900",
                "null",
                "http://localhost.evil.example",
                "http://10.0.0.1:7900",
                "file://",
                "http://localhost@evil.example",
                "localhost"
            })
    void pagesOfOtherSitesAreRefused(String origin) throws Exception {
        for (String method : new String[] {"GET", "PUT", "DELETE"}) {
            Message answer = open.ask(method, BACKEND, "Origin: " + origin + "\n", "");
            assertThat(answer.status()).as(method).isEqualTo(403);
            assertThat(answer.has("access-control-allow-origin")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:7900", "http://127.0.0.1", "http://[::1]:1"})
    void pagesOfThisMachineAreNot(String origin) throws Exception {
        assertThat(open.ask("GET", BACKEND, "Origin: " + origin + "\n", "").status())
                .isEqualTo(200);
    }

    @Test
    void aPreflightIsNotAnswered() throws Exception {
        Message answer = open.ask("OPTIONS", BACKEND, "Access-Control-Request-Method: PUT\n", "");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.field("allow")).isEqualTo("DELETE, GET, HEAD, PATCH, PUT");
        assertThat(answer.head()).doesNotContainIgnoringCase("access-control");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: text/plain\n",
                "Content-Type: application/x-www-form-urlencoded\n",
                "Content-Type: application/jsonp\n",
                "Content-Type: application/json\nContent-Type: text/plain\n"
            })
    void aBodyMustCallItselfJson(String fields) throws Exception {
        for (String method : new String[] {"PUT", "PATCH", "DELETE"}) {
            String request = method + " " + BACKEND + " HTTP/1.1\nHost: localhost\nConnection: close\n" + fields
                    + "Content-Length: 12\n\n{\"weight\":3}";
            assertThat(Raw.ask(open.at(), request)).as(method).startsWith("HTTP/1.1 415 ");
        }
    }

    @Test
    void aBodyMayNameItsCharset() throws Exception {
        String request = "PUT " + BACKEND + " HTTP/1.1\nHost: localhost\nConnection: close\n"
                + "Content-Type: application/json; charset=utf-8\nExpect: 100-continue\nContent-Length: 12\n\n"
                + "{\"weight\":3}";
        assertThat(Raw.ask(open.at(), request)).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ");
    }

    @Test
    void nothingIsChangedByGet() throws Exception {
        String before = open.get(BACKEND).body();
        for (String path : new String[] {BACKEND, BACKEND + "?wish=drain", "/pools/app/backends"}) {
            open.ask("GET", path, "", "{\"wish\":\"drain\",\"address\":\"5\"}");
        }
        assertThat(open.get(BACKEND).body()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Authorization: Bearer\n",
                "Authorization: Bearer x\n",
                "Authorization: Bearer " + TOKEN + "x\n",
                "Authorization: Basic " + TOKEN + "\n",
                "Authorization: " + TOKEN + "\n",
                "Authorization: Bearer " + TOKEN + "\nAuthorization: Bearer " + TOKEN + "\n"
            })
    void withoutTheTokenNobodyIsAnswered(String fields) throws Exception {
        long before = unauthorized();
        for (String path : new String[] {"/", "/status", "/metrics", "/nope", "/pools", "//livez", "/livez/"}) {
            Message answer = ask("GET " + path + " HTTP/1.1\nHost: lb.example:7900\n" + fields + "\n");
            assertThat(answer.status()).as(path).isEqualTo(401);
            assertThat(answer.field("www-authenticate")).startsWith("Bearer");
            assertThat(answer.toString()).doesNotContain(TOKEN);
        }
        assertThat(unauthorized()).isEqualTo(before + 7);
        for (String path : new String[] {"/livez", "/livez?x", "/readyz"}) {
            assertThat(ask("GET " + path + " HTTP/1.1\nHost: lb.example\n" + fields + "\n")
                            .status())
                    .isIn(200, 503);
        }
    }

    private static long unauthorized() throws IOException {
        String metrics = ask("GET /metrics HTTP/1.1\nHost: x\nAuthorization: bearer " + TOKEN + "\n\n")
                .body();
        return metrics.lines()
                .filter(line -> line.startsWith("fairlead_admin_unauthorized_total "))
                .mapToLong(line -> (long) Double.parseDouble(line.split(" ")[1]))
                .sum();
    }

    @Test
    void withTheTokenAnyNameWillDoAndNoAnswerShowsIt() throws Exception {
        String fields = "Host: lb.example:7900\nAuthorization: Bearer " + TOKEN + "\n";
        for (String path : new String[] {"/", "/status", "/metrics", "/openapi.json"}) {
            Message answer = ask("GET " + path + " HTTP/1.1\n" + fields + "\n");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.toString()).doesNotContain("hunter2");
        }
        assertThat(ask("GET /status HTTP/1.1\n" + fields + "Origin: http://lb.example:7900\n\n")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aTokenOnLoopbackDoesNotMakeForeignNamesWelcome() throws Exception {
        var config = new AdminConfig(new Address("127.0.0.1", 0), true, new Secret(TOKEN), null);
        try (Api api = Api.start(POOLS, Limits.usual(), config)) {
            String fields = "Authorization: Bearer " + TOKEN + "\n";
            assertThat(api.ask("GET", "/pools", fields, "").status()).isEqualTo(200);
            assertThat(Raw.ask(
                            api.at(), "GET /pools HTTP/1.1\nHost: evil.example\nConnection: close\n" + fields + "\n"))
                    .startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void aTokenComesFromAFile(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TOKEN + "\r\n");
        var config = new AdminConfig(new Address("127.0.0.1", 0), true, null, file.toString());
        try (Api api = Api.start(POOLS, Limits.usual(), config)) {
            assertThat(api.get("/pools").status()).isEqualTo(401);
            assertThat(api.ask("GET", "/pools", "Authorization: Bearer " + TOKEN + "\n", "")
                            .status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "hunter2", "hunter2 hunter2 hunter2", "hunter2hunter2hunter2\n\n"})
    void aFileWithoutAGoodTokenIsToldWithoutShowingIt(String text, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), text);
        var config = new AdminConfig(new Address("127.0.0.1", 0), true, null, file.toString());
        assertThatThrownBy(() -> AdminServer.start(open.engine(), config))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("admin.token-file: " + file)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
        Path file = folder.resolve("none");
        var config = new AdminConfig(new Address("127.0.0.1", 0), true, null, file.toString());
        assertThatThrownBy(() -> AdminServer.start(open.engine(), config))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot read " + file);
    }

    @Test
    void aShortTokenIsRefusedWhoeverMadeTheConfiguration() {
        var config = new AdminConfig(new Address("127.0.0.1", 0), true, new Secret("hunter2"), null);
        assertThatThrownBy(() -> AdminServer.start(open.engine(), config))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("admin.token: 7 characters (expected: at least 16")
                .hasMessageNotContaining("hunter2");
    }
}
