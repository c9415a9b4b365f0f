package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.ErrorsConfig.PageConfig;
import dev.fairlead.core.config.TextFile;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Errors as clients see them: in the form they ask for, with the id the log has, and with what is inside for the trusted. */
class ErrorAnswersTest extends DataPlaneTest {
    private static final String FRESH = "[0-9a-f]{32}";
    private static final String CHOSEN = "X-Request-Id: chosen-1\r\n";

    private static InetSocketAddress nobody() throws IOException {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", 0));
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    private static Message get(Proxy proxy, String fields) throws IOException {
        return proxy.client()
                .send("GET /x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")
                .answer();
    }

    private static String logged(Proxy proxy) {
        String line = proxy.lines().getLast();
        int at = line.indexOf("\"request_id\":\"");
        return at < 0 ? "" : line.substring(at + 14, line.indexOf('"', at + 14));
    }

    @Test
    void theFormFollowsAccept() throws IOException {
        Proxy proxy = use(proxy().before(nobody()));
        Message text = get(proxy, "");
        assertThat(text.status()).isEqualTo(503);
        assertThat(text.field("content-type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(text.field("retry-after")).isEqualTo("1");
        assertThat(text.body()).startsWith("503 Service Unavailable").contains(text.field("x-request-id"));
        Message html = get(proxy, "Accept: text/html,*/*;q=0.8\r\n");
        assertThat(html.field("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(html.body()).startsWith("<!doctype html>").contains(html.field("x-request-id"));
        Message json = get(proxy, "Accept: application/json\r\n");
        assertThat(json.field("content-type")).isEqualTo("application/problem+json");
        assertThat(json.body())
                .startsWith("{\"type\":\"about:blank\"")
                .contains("\"reason\":\"connect-refused\"")
                .contains("\"request_id\":\"" + json.field("x-request-id") + "\"");
        assertThat(json.field("x-request-id")).matches(FRESH);
    }

    @Test
    void nothingOfWhatIsInsideIsTold() throws IOException {
        InetSocketAddress backend = nobody();
        Proxy proxy = use(proxy().before(backend));
        for (String accept : List.of("*/*", "text/html", "application/json")) {
            Message answer = get(proxy, "Accept: " + accept + "\r\nX-Fairlead-Debug: 1\r\n");
            assertThat(answer.toString()).doesNotContain("127.0.0.1", "" + backend.getPort(), "app\"", "Exception");
            assertThat(answer.has("server-timing")).isFalse();
            assertThat(answer.has("x-fairlead-backend")).isFalse();
            assertThat(answer.has("x-fairlead-tries")).isFalse();
        }
    }

    @Test
    void headGetsTheSameFieldsAndNoBody() throws IOException {
        Proxy proxy = use(proxy().before(nobody()));
        Message full = get(proxy, "Accept: application/json\r\n");
        Message head = proxy.client()
                .send("HEAD /x HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n")
                .answerToHead();
        assertThat(head.field("content-type")).isEqualTo("application/problem+json");
        assertThat(head.field("content-length")).isEqualTo(full.field("content-length"));
        assertThat(head.field("x-request-id")).matches(FRESH);
    }

    @Test
    void theIdIsTheOneOfTheLogAndOfTheBackend() throws IOException {
        RecordingBackend backend = answering("nonsense\r\n\r\n");
        Proxy proxy = use(proxy().retries(0).before(backend));
        Message answer = get(proxy, CHOSEN);
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.field("x-request-id"))
                .matches(FRESH)
                .isEqualTo(backend.request(0).field("x-request-id"))
                .isEqualTo(logged(proxy));
        assertThat(answer.body()).contains(answer.field("x-request-id")).doesNotContain("chosen-1");
    }

    @Test
    void aTrustedClientsIdIsKeptWheneverTheRequestFails() throws IOException {
        Proxy proxy = use(proxy().trusting("127.0.0.0/8").before(nobody()));
        for (String fields : List.of(CHOSEN, CHOSEN + "Expect: tea\r\n", CHOSEN + "Content-Length: 1, 2\r\n")) {
            Message answer = get(proxy, fields);
            assertThat(answer.field("x-request-id")).as(fields).isEqualTo("chosen-1");
            assertThat(answer.body()).as(fields).contains("chosen-1");
            assertThat(logged(proxy)).as(fields).isEqualTo("chosen-1");
        }
    }

    @Test
    void whatIsRefusedBeforeItIsForwardedGetsANewId() throws IOException {
        Proxy proxy =
                use(proxy().maxBody(1).heads(256, 1024, 10).headMillis(200).before(answering(OK)));
        for (String bad : List.of(
                "GET /x HTTP/1.1\r\nHost: a\r\n" + CHOSEN + "Expect: tea\r\n\r\n",
                "POST /x HTTP/1.1\r\nHost: a\r\n" + CHOSEN + "Content-Length: 2\r\n\r\n",
                "GET /x HTTP/1.1\r\nHost: a\r\n" + CHOSEN + "Host: b\r\n\r\n",
                "GET /x HTTP/1.1\r\nHost: a\r\n" + CHOSEN + "bad line\r\n\r\n",
                "GET /x HTTP/1.1\r\nHost: a\r\n" + CHOSEN + "X: 1\r\n".repeat(20) + "\r\n",
                "GET /" + "x".repeat(300) + " HTTP/1.1\r\n\r\n",
                "\0\r\n\r\n",
                "GET /x HTTP/1.1\r\nHost: a\r\n" + CHOSEN + "X-Half: ")) {
            Message answer = proxy.client().send(bad).answer();
            assertThat(answer.status()).as(bad).isBetween(400, 499);
            assertThat(answer.field("x-request-id")).as(bad).matches(FRESH);
            assertThat(answer.body()).as(bad).contains(answer.field("x-request-id"));
            assertThat(logged(proxy)).as(bad).isEqualTo(answer.field("x-request-id"));
        }
    }

    @Test
    void pagesOfTheOperatorAreSent() throws IOException {
        var page = new PageConfig(
                new TextFile("503.html", "<p>Späti {status} {request_id}"), null, new TextFile("503.json", "{}"));
        Proxy proxy = use(proxy().errors(Map.of("5xx", page)).before(nobody()));
        Message html = get(proxy, "Accept: text/html\r\n");
        assertThat(html.body()).isEqualTo("<p>Sp\u00c3\u00a4ti 503 " + html.field("x-request-id"));
        assertThat(get(proxy, "Accept: application/json\r\n").body()).isEqualTo("{}");
        assertThat(get(proxy, "").body()).startsWith("503 Service Unavailable");
    }

    // ---- debug fields ----------------------------------------------------------

    @Test
    void aTrustedClientIsToldWhereItsRequestWentAndHowLongItTook() throws IOException {
        RecordingBackend backend = answering("HTTP/1.1 200 OK\r\nX-Fairlead-Backend: me\r\nx-fairlead-pool: mine\r\n"
                + "Server-Timing: db;dur=5\r\nContent-Length: 2\r\n\r\nok");
        Proxy proxy = use(proxy().trusting("127.0.0.0/8").before(nobody(), backend.address()));
        Message answer = get(proxy, "X-Fairlead-Debug: 1\r\n");
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(answer.field("x-fairlead-backend"))
                .isEqualTo(backend.address().getHostString() + ":"
                        + backend.address().getPort());
        assertThat(answer.field("x-fairlead-pool")).isEqualTo("app");
        assertThat(answer.field("x-fairlead-tries")).isEqualTo("2");
        String leg = ";dur=[0-9]+\\.[0-9]{3}";
        assertThat(answer.fields("server-timing")).first().isEqualTo("db;dur=5");
        assertThat(answer.fields("server-timing"))
                .last()
                .asString()
                .matches("connect" + leg + ", wait" + leg + ", total" + leg);
    }

    @Test
    void errorsAreToldInTheSameWay() throws IOException {
        InetSocketAddress nobody = nobody();
        Proxy proxy = use(proxy().trusting("127.0.0.0/8").before(nobody));
        Message answer = get(proxy, "X-Fairlead-Debug: 1\r\n");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("x-fairlead-backend")).isEqualTo("127.0.0.1:" + nobody.getPort());
        assertThat(answer.field("x-fairlead-tries")).isEqualTo("1");
        assertThat(answer.field("server-timing")).matches("total;dur=[0-9]+\\.[0-9]{3}");
        Message refused = get(proxy, "X-Fairlead-Debug: 1\r\nExpect: tea\r\n");
        assertThat(refused.field("x-fairlead-tries")).isEqualTo("0");
        assertThat(refused.has("x-fairlead-backend")).isFalse();
    }

    @Test
    void nobodyElseIsToldAnythingAndABackendsOwnFieldsStay() throws IOException {
        String own =
                "HTTP/1.1 200 OK\r\nX-Fairlead-Backend: me\r\nServer-Timing: db;dur=5\r\nContent-Length: 2\r\n\r\nok";
        RecordingBackend backend = answering(own);
        Proxy stranger = use(proxy().before(backend));
        Message answer = get(stranger, "X-Fairlead-Debug: 1\r\n");
        assertThat(answer.field("x-fairlead-backend")).isEqualTo("me");
        assertThat(answer.field("server-timing")).isEqualTo("db;dur=5");
        assertThat(answer.has("x-fairlead-tries")).isFalse();
        assertThat(backend.request(0).has("x-fairlead-debug")).isFalse();
        RecordingBackend other = answering(own);
        Proxy trusting = use(proxy().trusting("127.0.0.0/8").before(other));
        for (String fields : List.of(
                "",
                "X-Fairlead-Debug: 0\r\n",
                "X-Fairlead-Debug: 1\r\nConnection: X-Fairlead-Debug\r\n",
                "X-Fairlead-Debug: 1\r\nX-Forwarded-For: 8.8.8.8\r\n",
                "X-Fairlead-Debug: 1\r\nForwarded: for=8.8.8.8\r\n",
                "X-Fairlead-Debug: 1\r\nVia: 1.1 edge\r\n")) {
            assertThat(get(trusting, fields).has("x-fairlead-tries")).as(fields).isFalse();
        }
        assertThat(other.everything()).doesNotContainIgnoringCase("x-fairlead-debug");
    }
}
