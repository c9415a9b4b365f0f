package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.config.Rate;
import dev.fairlead.core.config.RateLimitConfig;
import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.config.RouteConfig.MatchConfig;
import dev.fairlead.core.config.RouteConfig.RedirectConfig;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What clients see of rate limits. All are so slow that nothing comes back while a test runs. */
class RateLimitTest extends DataPlaneTest {
    private static RateLimitConfig limit(int burst, String by, boolean headers) {
        return new RateLimitConfig(Rate.parse("1/h"), burst, HashKey.parse(by), 1000, headers);
    }

    private static RouteConfig forward(String path, RateLimitConfig limit) {
        return new RouteConfig(new MatchConfig(null, path), "app", null, limit, null);
    }

    private Proxy limited(RecordingBackend backend, RateLimitConfig limit) {
        return use(proxy().routes(forward("/*", limit)).before(backend));
    }

    private static int status(RawClient client, String fields) throws IOException {
        return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")
                .answer()
                .status();
    }

    @Test
    void whatIsAboveTheBurstIsAnswered429AndTheConnectionGoesOn() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = limited(backend, limit(2, "source", false));
        RawClient client = proxy.client();
        for (int i = 0; i < 2; i++) {
            Message good = client.send(GET).answer();
            assertThat(good.status()).isEqualTo(200);
            assertThat(good.has("ratelimit")).isFalse();
        }
        for (int i = 0; i < 3; i++) {
            Message refused = client.send(GET).answer();
            assertThat(refused.line()).isEqualTo("HTTP/1.1 429 Too Many Requests");
            assertThat(refused.body()).contains("rate-limited");
            assertThat(refused.has("x-request-id")).isTrue();
            assertThat(refused.field("connection")).isEmpty();
            int retry = Integer.parseInt(refused.field("retry-after"));
            assertThat(retry).isBetween(3500, 3601);
            assertThat(refused.field("ratelimit")).matches("\"route\";r=0;t=3[56][0-9]{2}");
            assertThat(refused.field("ratelimit-policy")).matches("\"route\";q=2;w=72[0-9]{2}");
        }
        assertThat(backend.requests()).hasSize(2);
        assertThat(proxy.failed(Failure.RATE_LIMITED)).isEqualTo(3);
        assertThat(proxy.lines().getLast()).contains("\"status\":429,\"reason\":\"rate-limited\"");
    }

    @Test
    void allLoopsShareOneLimit() throws IOException {
        Proxy proxy = use(proxy().loops(3)
                .routes(forward("/*", limit(10, "source", false)))
                .before(answering(OK)));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(proxy.client().send(GET));
        }
        int good = 0;
        for (RawClient client : clients) {
            good += client.answer().status() == 200 ? 1 : 0;
        }
        assertThat(good).isEqualTo(10);
        assertThat(proxy.failed(Failure.RATE_LIMITED)).isEqualTo(10);
    }

    @Test
    void aRequestThatIsNotWholeEndsItsConnection() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = limited(backend, limit(1, "source", false));
        assertThat(proxy.client().send(GET).answer().status()).isEqualTo(200);
        RawClient client = proxy.client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
        Message refused = client.answer();
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.field("connection")).isEqualTo("close");
        assertThat(backend.requests()).hasSize(1);
    }

    @Test
    void routesCountForThemselvesAndRedirectsAreLimitedToo() throws IOException {
        Proxy proxy = use(proxy().routes(
                        forward("/a/*", limit(1, "source", false)),
                        forward("/b/*", limit(2, "source", true)),
                        forward("/*", null),
                        new RouteConfig(
                                new MatchConfig(null, "/old"),
                                null,
                                new RedirectConfig(null, null, "/new", 308),
                                limit(1, "source", false),
                                null))
                .before(answering(OK)));
        RawClient client = proxy.client();
        assertThat(statuses(client, "/a/1", "/a/2", "/b/1", "/b/2", "/b/3", "/c", "/c", "/old", "/old"))
                .containsExactly(200, 429, 200, 200, 429, 200, 200, 308, 429);
    }

    private static List<Integer> statuses(RawClient client, String... paths) throws IOException {
        List<Integer> statuses = new ArrayList<>();
        for (String path : paths) {
            statuses.add(client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")
                    .answer()
                    .status());
        }
        return statuses;
    }

    @Test
    void everyAnswerSaysHowTheClientStandsWhereAsked() throws IOException {
        Proxy proxy = limited(answering(OK, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), limit(3, "source", true));
        RawClient client = proxy.client();
        Message first = client.send(GET).answer();
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.field("ratelimit")).matches("\"route\";r=2;t=3[56][0-9]{2}");
        assertThat(first.field("ratelimit-policy")).matches("\"route\";q=3;w=108[0-9]{2}");
        assertThat(first.has("retry-after")).isFalse();
        Message second = client.send(GET).answer();
        assertThat(second.status()).isEqualTo(500);
        assertThat(second.field("ratelimit")).startsWith("\"route\";r=1;t=");
        assertThat(client.send(GET).answer().field("ratelimit")).startsWith("\"route\";r=0;t=");
        assertThat(client.send(GET).answer().field("ratelimit")).startsWith("\"route\";r=0;t=");
        // What was refused before its route was known has no limit.
        assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n")
                        .answer()
                        .has("ratelimit"))
                .isFalse();
    }

    @Test
    void keysAreCountedByThemselves() throws IOException {
        Proxy proxy = limited(answering(OK), limit(1, "header:X-Api-Key", false));
        RawClient client = proxy.client();
        assertThat(status(client, "X-Api-Key: a\r\n")).isEqualTo(200);
        assertThat(status(client, "x-api-key: a\r\n")).isEqualTo(429);
        assertThat(status(client, "X-Api-Key: b\r\n")).isEqualTo(200);
        // Leaving the key out is no way around: then the address counts.
        assertThat(status(client, "")).isEqualTo(200);
        assertThat(status(client, "")).isEqualTo(429);
        assertThat(status(client, "X-Api-Key: c\r\nX-Api-Key: a\r\n")).isEqualTo(429);
    }

    @Test
    void cookiesAreCountedByThemselves() throws IOException {
        Proxy proxy = limited(answering(OK), limit(1, "cookie:session", false));
        RawClient client = proxy.client();
        assertThat(status(client, "Cookie: a=1; session=x\r\n")).isEqualTo(200);
        assertThat(status(client, "Cookie: session=x\r\n")).isEqualTo(429);
        assertThat(status(client, "Cookie: session=y\r\n")).isEqualTo(200);
    }

    @Test
    void behindATrustedProxyEachClientCountsForItself() throws IOException {
        Proxy proxy = use(proxy().trusting("127.0.0.0/8")
                .routes(forward("/*", limit(1, "source", false)))
                .before(answering(OK)));
        RawClient client = proxy.client();
        assertThat(status(client, "X-Forwarded-For: 203.0.113.1\r\n")).isEqualTo(200);
        assertThat(status(client, "X-Forwarded-For: 203.0.113.1\r\n")).isEqualTo(429);
        assertThat(status(client, "X-Forwarded-For: 203.0.113.2\r\n")).isEqualTo(200);
        // What the client made up stands before what the proxy saw.
        assertThat(status(client, "X-Forwarded-For: 203.0.113.99, 203.0.113.1\r\n"))
                .isEqualTo(429);
    }

    @Test
    void aStrangerCannotMakeUpAddresses() throws IOException {
        Proxy proxy = limited(answering(OK), limit(1, "source", false));
        RawClient client = proxy.client();
        assertThat(status(client, "X-Forwarded-For: 203.0.113.1\r\n")).isEqualTo(200);
        assertThat(status(client, "X-Forwarded-For: 203.0.113.2\r\n")).isEqualTo(429);
    }
}
