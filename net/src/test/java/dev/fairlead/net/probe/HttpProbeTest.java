package dev.fairlead.net.probe;

import static dev.fairlead.net.probe.Probes.LONG;
import static dev.fairlead.net.probe.Probes.SHORT;
import static dev.fairlead.net.probe.Probes.came;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.config.HealthConfig.JsonReport;
import dev.fairlead.core.config.HealthConfig.Signs;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.config.Size;
import dev.fairlead.core.config.StatusRanges;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.CheckResult.Kind;
import dev.fairlead.core.time.Ticker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an HTTP check makes of answers beyond their status. */
@Timeout(60)
class HttpProbeTest {
    private static final JsonReport JSON = new JsonReport(true, new Share(0.4));
    private static EventLoopGroup group;

    @BeforeAll
    static void start() {
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private static HttpCheck check(@Nullable Signs expect, @Nullable Signs identity, JsonReport json) {
        StatusRanges status = StatusRanges.parse("200-399");
        return new HttpCheck("/", "GET", null, Map.of(), status, expect, identity, json, new Size(64));
    }

    private static HttpCheck expecting(Map<String, String> header, @Nullable String body) {
        return check(new Signs(header, body), null, JsonReport.OFF);
    }

    private static HttpCheck identifying(Map<String, String> header, @Nullable String body) {
        return check(null, new Signs(header, body), JsonReport.OFF);
    }

    private static HttpCheck reporting() {
        return check(null, null, JSON);
    }

    private static CheckResult run(HttpCheck check, Duration timeout, FakeBackend backend) throws Exception {
        return Probes.run(
                Probe.of(Probes.http(check, timeout), group, NioSocketChannel.class, Ticker.system()), backend.port());
    }

    private static CheckResult answered(HttpCheck check, String... pieces) throws Exception {
        try (FakeBackend backend = FakeBackend.answering(pieces)) {
            return run(check, LONG, backend);
        }
    }

    /** Answers and then keeps the connection open, whatever was asked. */
    private static CheckResult held(HttpCheck check, Duration timeout, String answer) throws Exception {
        var self = new FakeBackend[1];
        self[0] = new FakeBackend(socket -> {
            self[0].readHead(socket);
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            self[0].awaitClose(socket);
        });
        try (FakeBackend backend = self[0]) {
            return run(check, timeout, backend);
        }
    }

    private static String ok(String fields, String body) {
        return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static void passes(CheckResult result) {
        came(result, Kind.PASS, "status 200");
    }

    @Test
    void furtherFieldsAreSentAndReplaceOurOwn() throws Exception {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Probe", "a b");
        headers.put("user-agent", "mine");
        StatusRanges any = StatusRanges.parse("200");
        var check = new HttpCheck("/", "GET", null, headers, any, null, null, JsonReport.OFF, new Size(64));
        try (FakeBackend backend = FakeBackend.answering("HTTP/1.1 200 OK\r\n\r\n")) {
            passes(run(check, LONG, backend));
            assertThat(backend.requests)
                    .containsExactly("GET / HTTP/1.1\r\nHost: 127.0.0.1:" + backend.port()
                            + "\r\nAccept: */*\r\nX-Probe: a b\r\nuser-agent: mine\r\nConnection: close\r\n\r\n");
        }
    }

    @Test
    void fieldsThatCouldSplitTheRequestAreRefused() {
        Map<String, String> bad = Map.of(
                "a b", "x", "X", "a\r\nb: c", "Host", "x", "CONNECTION", "x", "content-length", "1", "", "x", "Y", "");
        bad.forEach((name, value) -> {
            StatusRanges any = StatusRanges.parse("200");
            var check =
                    new HttpCheck("/", "GET", null, Map.of(name, value), any, null, null, JsonReport.OFF, new Size(64));
            assertThatThrownBy(() -> Probe.of(Probes.http(check, LONG), group, NioSocketChannel.class, Ticker.system()))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("headers: ");
        });
    }

    @Test
    void expectedFieldsMustBeThere() throws Exception {
        String answer = ok("x-Ready:  yes, quite \r\nA: 1\r\nA: 2\r\n", "");
        for (String good : new String[] {"*", "yes, quite", "yes*", "*quite", "*s, q*", "**"}) {
            passes(answered(expecting(Map.of("X-Ready", good), null), answer));
        }
        passes(answered(expecting(Map.of("a", "2"), null), answer));
        for (String bad : new String[] {"yes", "quite*", "*yes", "*no*"}) {
            came(
                    answered(expecting(Map.of("X-Ready", bad), null), answer),
                    Kind.SICK,
                    "status 200, but X-Ready: yes, quite");
        }
        came(answered(expecting(Map.of("X-Other", "*"), null), answer), Kind.SICK, "status 200, but no X-Other");
    }

    @Test
    void theExpectedBodyIsFoundInEveryFraming() throws Exception {
        HttpCheck check = expecting(Map.of(), "all good");
        passes(answered(check, ok("", "it is all good here")));
        passes(answered(check, "HTTP/1.0 200 OK\r\n\r\nit is all", " good here"));
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        passes(answered(check, chunked + "6;x=y\r\nall go\r\n2\r\nod\r\n0\r\n\r\n"));
        came(
                answered(check, chunked + "3\r\nall\r\n4\r\nbad!\r\n0\r\n\r\n"),
                Kind.SICK,
                "status 200, but another body: allbad!");
        came(answered(check, ok("", "bad")), Kind.SICK, "status 200, but another body: bad");
        came(answered(check, "HTTP/1.1 204 No\r\n\r\n"), Kind.SICK, "status 204, but another body: nothing");
    }

    @Test
    void anAnswerThatStaysOpenIsJudgedAsSoonAsItCanBe() throws Exception {
        HttpCheck check = expecting(Map.of(), "good");
        passes(held(check, LONG, "HTTP/1.1 200 OK\r\n\r\nall good and more"));
        passes(held(check, LONG, ok("", "good")));
        came(held(check, LONG, ok("", "bad")), Kind.SICK, "status 200, but another body: bad");
        came(
                held(check, LONG, "HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(70) + "good"),
                Kind.SICK,
                "status 200, but another body: " + "x".repeat(60));
        came(held(check, SHORT, "HTTP/1.1 200 OK\r\n\r\nbad"), Kind.SICK, "timeout after 300ms: no whole body");
    }

    @Test
    void anotherServiceIsSilentWhateverItsStatus() throws Exception {
        HttpCheck byField = identifying(Map.of("X-Service", "app"), null);
        passes(answered(byField, ok("X-Service: app\r\n", "")));
        came(answered(byField, ok("X-Service: shop\r\n", "")), Kind.SILENT, "another service answers: X-Service: shop");
        came(answered(byField, ok("", "")), Kind.SILENT, "another service answers: no X-Service");
        came(
                answered(byField, "HTTP/1.1 500 No\r\nX-Service: shop\r\n\r\n"),
                Kind.SILENT,
                "another service answers: X-Service: shop");
        came(answered(byField, "HTTP/1.1 500 No\r\nX-Service: app\r\n\r\n"), Kind.SICK, "status 500");

        HttpCheck byBody = identifying(Map.of(), "I am app");
        passes(answered(byBody, ok("", "Hello, I am app.")));
        came(answered(byBody, ok("", "It works!")), Kind.SILENT, "another service answers: It works!");
        came(answered(byBody, "HTTP/1.1 503 No\r\n\r\nI am app, and ill"), Kind.SICK, "status 503: I am app, and ill");
        came(held(byBody, SHORT, "HTTP/1.1 503 No\r\n\r\n"), Kind.SILENT, "timeout after 300ms: no whole body");
    }

    @Test
    void aReportSaysHowWellItIs() throws Exception {
        passes(answered(reporting(), ok("", "{\"status\":\"UP\"}")));
        came(
                answered(reporting(), ok("", "{\"status\":\"up\",\"checks\":{\"x\":\"down\"}}")),
                Kind.PASS,
                "status 200, not well: x");
        CheckResult degraded = answered(reporting(), ok("", "{\"status\":\"degraded\",\"checks\":{\"db\":\"down\"}}"));
        came(degraded, Kind.PASS, "degraded: db");
        assertThat(degraded.share()).isEqualTo(40);
        came(answered(reporting(), ok("", "{\"status\":\"down\"}")), Kind.SICK, "down");
        came(
                answered(reporting(), "HTTP/1.1 503 No\r\n\r\n{\"status\":\"down\",\"checks\":{\"db\":\"down\"}}"),
                Kind.SICK,
                "status 503: down: db");
        passes(held(reporting(), LONG, ok("", "{\"status\":\"UP\"}")));
    }

    @Test
    void whatIsNoReportIsSick() throws Exception {
        came(answered(reporting(), ok("", "OK")), Kind.SICK, "status 200, but no JSON: no value at character 1: OK");
        came(
                answered(reporting(), ok("", "{\"status\":\"up\"}" + " ".repeat(50))),
                Kind.SICK,
                "status 200, but a body over 64");
        came(
                answered(reporting(), "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"status\":"),
                Kind.SICK,
                "status 200, but no JSON: no value at character 11: {\"status\":");
        came(answered(reporting(), "HTTP/1.1 204 No\r\n\r\n"), Kind.PASS, "status 204");
    }
}
