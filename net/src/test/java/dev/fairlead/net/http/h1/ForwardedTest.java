package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.ProxyPlan;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the backend is told about the client, what of the head passes, and what does not. */
class ForwardedTest extends DataPlaneTest {
    private static final String SPOOFED = "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\nX-Forwarded-For: 3.3.3.3\r\n"
            + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Port: 1\r\n"
            + "Forwarded: for=1.1.1.1;proto=https\r\nX-Request-Id: chosen\r\n";

    private Message through(ProxyPlan plan, String request) throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(plan.before(backend));
        RawClient client = proxy.client();
        assertThat(client.send(request).answer().status()).isEqualTo(200);
        return backend.request(0);
    }

    private Message through(String request) throws IOException {
        return through(proxy(), request);
    }

    @Test
    void theBackendIsToldWhoAsks() throws IOException {
        Message seen = through("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        assertThat(seen.field("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(seen.field("x-forwarded-proto")).isEqualTo("http");
        assertThat(seen.field("x-forwarded-host")).isEqualTo("example.com");
        assertThat(seen.field("forwarded")).isEqualTo("for=127.0.0.1;host=example.com;proto=http");
        assertThat(seen.field("x-request-id")).matches("[0-9a-f]{32}");
        assertThat(seen.field("via")).isEqualTo("1.1 fairlead");
        assertThat(seen.field("host")).isEqualTo("example.com");
    }

    @Test
    void whatAStrangerSaysOfOthersIsReplaced() throws IOException {
        Message seen = through("GET / HTTP/1.1\r\nHost: a\r\n" + SPOOFED + "\r\n");
        assertThat(seen.field("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(seen.field("x-forwarded-proto")).isEqualTo("http");
        assertThat(seen.field("x-forwarded-host")).isEqualTo("a");
        assertThat(seen.has("x-forwarded-port")).isFalse();
        assertThat(seen.field("forwarded")).isEqualTo("for=127.0.0.1;host=a;proto=http");
        assertThat(seen.field("x-request-id")).isNotEqualTo("chosen");
    }

    @Test
    void whatATrustedProxySaysIsKeptAndItsAddressAppended() throws IOException {
        Message seen = through(proxy().trusting("127.0.0.0/8"), "GET / HTTP/1.1\r\nHost: a\r\n" + SPOOFED + "\r\n");
        assertThat(seen.field("x-forwarded-for")).isEqualTo("1.1.1.1, 2.2.2.2, 3.3.3.3, 127.0.0.1");
        assertThat(seen.field("x-forwarded-proto")).isEqualTo("https");
        assertThat(seen.field("x-forwarded-host")).isEqualTo("evil");
        assertThat(seen.field("forwarded")).isEqualTo("for=1.1.1.1;proto=https, for=127.0.0.1;host=a;proto=http");
        assertThat(seen.field("x-request-id")).isEqualTo("chosen");
    }

    @Test
    void anotherNetworkIsNotTrusted() throws IOException {
        Message seen = through(proxy().trusting("10.0.0.0/8"), "GET / HTTP/1.1\r\nHost: a\r\n" + SPOOFED + "\r\n");
        assertThat(seen.field("x-forwarded-for")).isEqualTo("127.0.0.1");
    }

    @Test
    void hostsThatAreNoTokensAreQuotedInForwarded() throws IOException {
        assertThat(through("GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n").field("forwarded"))
                .isEqualTo("for=127.0.0.1;host=\"[2001:db8::1]:8080\";proto=http");
        assertThat(through("GET / HTTP/1.1\r\nHost: a:80\r\n\r\n").field("forwarded"))
                .isEqualTo("for=127.0.0.1;host=\"a:80\";proto=http");
    }

    @Test
    void clientsByIpv6AreQuotedInForwarded() throws IOException {
        Message seen = through(proxy().listen("::1"), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(seen.field("x-forwarded-for")).isIn("::1", "0:0:0:0:0:0:0:1");
        assertThat(seen.field("forwarded")).matches("for=\"\\[(::1|0:0:0:0:0:0:0:1)]\";host=a;proto=http");
    }

    @Test
    void fieldsOfTheConnectionAreNotPassed() throws IOException {
        Message seen =
                through("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-One , x-two\r\nConnection: X-Three\r\n"
                        + "Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\nTE: trailers\r\n"
                        + "Proxy: evil\r\nX-One: 1\r\nX-TWO: 2\r\nX-Three: 3\r\nX-Stays: 4\r\n\r\n");
        for (String name : List.of(
                "connection",
                "keep-alive",
                "proxy-connection",
                "proxy-authorization",
                "te",
                "proxy",
                "x-one",
                "x-two",
                "x-three")) {
            assertThat(seen.has(name)).as(name).isFalse();
        }
        assertThat(seen.field("x-stays")).isEqualTo("4");
    }

    @Test
    void whatTheBalancerAnswersForCannotBeNamedAwayAndOthersCan() throws IOException {
        Message seen = through("POST / HTTP/1.1\r\nHost: a\r\nConnection: close, Host, Content-Length, X-Forwarded-For,"
                + " X-Forwarded-Proto, Forwarded, X-Request-Id, Via, Cookie, Authorization\r\n"
                + "Content-Length: 2\r\nCookie: c=d\r\nAuthorization: Basic e\r\n\r\nhi");
        assertThat(seen.field("host")).isEqualTo("a");
        assertThat(seen.body()).isEqualTo("hi");
        assertThat(seen.framing()).isEqualTo("length");
        assertThat(seen.field("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(seen.field("x-forwarded-proto")).isEqualTo("http");
        assertThat(seen.has("forwarded")).isTrue();
        assertThat(seen.has("x-request-id")).isTrue();
        assertThat(seen.field("via")).isEqualTo("1.1 fairlead");
        assertThat(seen.has("cookie")).isFalse();
        assertThat(seen.has("authorization")).isFalse();
    }

    @Test
    void namesThatCgiTakesForForwardedOnesAreDropped() throws IOException {
        Message seen =
                through("GET / HTTP/1.1\r\nHost: a\r\nX_Forwarded_For: 1.1.1.1\r\nx_forwarded-proto: https\r\n\r\n");
        assertThat(seen.head()).doesNotContain("1.1.1.1").doesNotContain("https");
    }

    @Test
    void viaOfOthersIsKept() throws IOException {
        Message seen = through("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 other\r\n\r\n");
        assertThat(String.join(", ", seen.fields("via"))).isEqualTo("1.1 other, 1.1 fairlead");
    }

    @Test
    void targetsPassUnchanged() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = proxy(backend).client();
        List<String> targets = List.of(
                "/a%2Fb",
                "//a//b",
                "/../etc/passwd",
                "/a/../b/./c",
                "/%00%0d%0a",
                "/?",
                "/?a=b&c=d?e/f",
                "/a?x=%2F%zz",
                "/%",
                "/\"<>\\^`{|}",
                "/a;b=c,d:e@f!$&'()*+",
                "/" + "x".repeat(4000));
        for (String target : targets) {
            assertThat(client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n")
                            .answer()
                            .status())
                    .as(target)
                    .isEqualTo(200);
        }
        assertThat(backend.requests()).extracting(Message::target).containsExactlyElementsOf(targets);
    }

    @Test
    void anAbsoluteTargetBecomesItsPath() throws IOException {
        Message seen = through("GET http://Example.com:8080/a?b HTTP/1.1\r\nHost: example.com:8080\r\n\r\n");
        assertThat(seen.target()).isEqualTo("/a?b");
        assertThat(seen.field("host")).isEqualTo("example.com:8080");
        assertThat(through("GET http://a?b HTTP/1.1\r\nHost: a\r\n\r\n").target())
                .isEqualTo("/?b");
        assertThat(through("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n").target())
                .isEqualTo("*");
        Message old = through("GET http://b/c HTTP/1.0\r\n\r\n");
        assertThat(old.target()).isEqualTo("/c");
        assertThat(old.field("host")).isEqualTo("b");
    }

    @Test
    void anOldRequestWithoutHostGetsTheBackends() throws IOException {
        Message seen = through("GET / HTTP/1.0\r\n\r\n");
        assertThat(seen.field("host")).isNotEmpty();
        assertThat(seen.field("via")).isEqualTo("1.0 fairlead");
    }

    @Test
    void theOrderAndSpellingOfOtherFieldsIsKept() throws IOException {
        Message seen = through("GET / HTTP/1.1\r\nhost:a\r\nX-b:  2  \r\nx-A: 1\r\nx-a: \r\nCoOkIe: z\r\n\r\n");
        assertThat(seen.head()).startsWith("GET / HTTP/1.1\r\nhost: a\r\nX-b: 2\r\nx-A: 1\r\nx-a: \r\nCoOkIe: z\r\n");
    }

    @Test
    void aRequestIdOfATrustedProxyMustBeOneAndShort() throws IOException {
        for (String bad : List.of(
                "X-Request-Id: a\r\nX-Request-Id: b\r\n",
                "X-Request-Id: " + "x".repeat(200) + "\r\n",
                "X-Request-Id:\r\n")) {
            Message seen = through(proxy().trusting("127.0.0.1"), "GET / HTTP/1.1\r\nHost: a\r\n" + bad + "\r\n");
            assertThat(seen.field("x-request-id")).as(bad).matches("[0-9a-f]{32}");
        }
    }

    @Test
    void hostsThatCannotBeBelievedAreRefused() throws IOException {
        Proxy proxy = proxy(answering(OK));
        for (String host : List.of(
                "",
                "Host: a\r\nHost: a\r\n",
                "Host: a\r\nHost: b\r\n",
                "Host:\r\n",
                "Host: a b\r\n",
                "Host: a,b\r\nHost: c\r\n",
                "Host: a/b\r\n",
                "Host: user@a\r\n",
                "Host: a:port\r\n",
                "Host: a:123456\r\n",
                "Host: [::1\r\n",
                "Host: ::1\r\n",
                "Host: a\u00e4\r\n",
                "Host: a#b\r\n",
                "Host: a?b\r\n")) {
            RawClient client = proxy.client();
            assertThat(client.send("GET / HTTP/1.1\r\n" + host + "\r\n")
                            .answer()
                            .status())
                    .as(host)
                    .isEqualTo(400);
            assertThat(client.ends()).as(host).isTrue();
        }
    }
}
