package dev.fairlead.net.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.config.HealthConfig.TcpCheck;
import dev.fairlead.core.config.StatusRanges;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.time.Ticker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProbeTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static EventLoopGroup group;

    private final List<FakeBackend> open = new ArrayList<>();

    @BeforeAll
    static void start() {
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @AfterEach
    void close() {
        open.forEach(FakeBackend::close);
    }

    private FakeBackend open(FakeBackend backend) {
        open.add(backend);
        return backend;
    }

    private static HealthConfig config(@Nullable HttpCheck http, Duration timeout) {
        return new HealthConfig(
                http, http == null ? new TcpCheck() : null, Duration.ofSeconds(2), SHORT, timeout, 3, 2);
    }

    private static Probe http(Duration timeout) {
        return probe(config(new HttpCheck("/healthz?x=1", "GET", null, StatusRanges.parse("200-399")), timeout));
    }

    private static Probe tcp(Duration timeout) {
        return probe(config(null, timeout));
    }

    private static Probe probe(HealthConfig config) {
        return Probe.of(config, group, NioSocketChannel.class, Ticker.system());
    }

    private static Backend backend(int port) {
        return new Backend(
                new BackendKey("app", "127.0.0.1:" + port),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                BackendState.gated(1, 0),
                8,
                1);
    }

    private static CheckResult run(Probe probe, Backend backend) throws InterruptedException {
        var results = new LinkedBlockingQueue<CheckResult>();
        probe.probe(backend, results::add);
        CheckResult result = results.poll(30, TimeUnit.SECONDS);
        assertThat(result).as("a result").isNotNull();
        // Anything that could report twice has its turn on the loop before this.
        group.submit(() -> {}).sync();
        assertThat(results).as("further results").isEmpty();
        return result;
    }

    private CheckResult answered(String... pieces) throws IOException, InterruptedException {
        return run(http(LONG), backend(open(FakeBackend.answering(pieces)).port()));
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return server.getLocalPort();
        }
    }

    private static void fails(CheckResult result, String evidence) {
        assertThat(result.evidence()).isEqualTo(evidence);
        assertThat(result.pass()).isFalse();
    }

    private static void passes(CheckResult result, String evidence) {
        assertThat(result.evidence()).isEqualTo(evidence);
        assertThat(result.pass()).isTrue();
        assertThat(result.tookNanos()).isPositive();
    }

    @Test
    void tcpPassesWhenConnectedAndCloses() throws Exception {
        var self = new FakeBackend[1];
        self[0] = open(new FakeBackend(socket -> self[0].awaitClose(socket)));
        passes(run(tcp(LONG), backend(self[0].port())), "connected");
        assertThat(self[0].closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void refusedConnectionsFailBothKinds() throws Exception {
        Backend nobody = backend(unusedPort());
        fails(run(tcp(LONG), nobody), "connect refused");
        fails(run(http(LONG), nobody), "connect refused");
    }

    @Test
    void aConnectionThatIsNotMadeTimesOut() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var waiting = new ArrayList<SocketChannel>();
            // Fills the backlog of a process that never accepts, as one that hangs.
            for (int i = 0; i < 8; i++) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(full.getLocalSocketAddress());
                waiting.add(channel);
            }
            fails(run(tcp(SHORT), backend(full.getLocalPort())), "timeout after 300ms: no connection");
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    @Test
    void theRequestIsPlainAndComplete() throws Exception {
        FakeBackend backend = open(FakeBackend.answering("HTTP/1.1 200 OK\r\n\r\n"));
        passes(run(http(LONG), backend(backend.port())), "status 200");
        assertThat(backend.requests)
                .containsExactly("GET /healthz?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + backend.port()
                        + "\r\nUser-Agent: fairlead-check\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    }

    @Test
    void methodHostAndStatusesAreThoseConfigured() throws Exception {
        var check = new HttpCheck("/up", "HEAD", "app.example", StatusRanges.parse("204,401"));
        FakeBackend backend = open(FakeBackend.answering("HTTP/1.0 401 \r\n\r\n"));
        passes(run(probe(config(check, LONG)), backend(backend.port())), "status 401");
        assertThat(backend.requests)
                .singleElement()
                .asString()
                .startsWith("HEAD /up HTTP/1.1\r\nHost: app.example\r\n");
        backend = open(FakeBackend.answering("HTTP/1.1 200 OK\r\n\r\n"));
        fails(run(probe(config(check, LONG)), backend(backend.port())), "status 200");
    }

    @Test
    void interimAnswersAreNotTheAnswer() throws Exception {
        passes(
                answered("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Hi\r\nLink: a\r\n\r\nHTTP/1.1 200\r\n\r\n"),
                "status 200");
        fails(answered("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 No\r\n\r\n"), "status 503");
        fails(answered("HTTP/1.1 100 Continue\r\n\r\n"), "closed within the head of the answer");
        fails(answered("HTTP/1.1 101 Switching\r\n\r\n"), "status 101");
    }

    @Test
    void aFailingAnswerExplainsItselfInAFewWords() throws Exception {
        fails(
                answered("HTTP/1.1 503 No\r\nContent-Length: 24\r\n\r\n", "database\r\n\tis\u0000 down\u001b[31m"),
                "status 503: database is. down.[31m");
        fails(
                answered("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\noops\r\n0\r\n\r\n"),
                "status 500: oops");
        fails(answered("HTTP/1.1 500 No\r\n\r\n" + "x".repeat(5000)), "status 500: " + "x".repeat(100));
    }

    @Test
    void aFailingAnswerThatStaysOpenIsNotWaitedForLong() throws Exception {
        var self = new FakeBackend[1];
        self[0] = open(new FakeBackend(socket -> {
            self[0].readHead(socket);
            socket.getOutputStream().write("HTTP/1.1 500 No\r\n\r\nbro".getBytes(StandardCharsets.US_ASCII));
            self[0].awaitClose(socket);
        }));
        fails(run(http(LONG), backend(self[0].port())), "status 500: bro");
        assertThat(self[0].closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aPassingAnswerIsNotReadToItsEnd() throws Exception {
        var self = new FakeBackend[1];
        self[0] = open(new FakeBackend(socket -> {
            self[0].readHead(socket);
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nendless".getBytes(StandardCharsets.US_ASCII));
            self[0].awaitClose(socket);
        }));
        passes(run(http(LONG), backend(self[0].port())), "status 200");
        assertThat(self[0].closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void silenceTimesOutAndIsClosed() throws Exception {
        var self = new FakeBackend[1];
        self[0] = open(new FakeBackend(socket -> self[0].awaitClose(socket)));
        fails(run(http(SHORT), backend(self[0].port())), "timeout after 300ms: no status");
        assertThat(self[0].closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aDribbleDoesNotExtendTheTimeout() throws Exception {
        var stopped = new CountDownLatch(1);
        FakeBackend backend = open(new FakeBackend(socket -> {
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            while (!stopped.await(20, TimeUnit.MILLISECONDS)) {
                socket.getOutputStream().write("a: b\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        }));
        fails(run(http(SHORT), backend(backend.port())), "timeout after 300ms: no status");
        stopped.countDown();
    }

    @Test
    void anAnswerByteByByteIsAnAnswer() throws Exception {
        passes(answered("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n".split("")), "status 200");
    }

    @Test
    void garbageIsShownAndRefused() throws Exception {
        fails(answered("SSH-2.0-OpenSSH_9.2\r\n"), "no HTTP/1 answer: SSH-2.0-OpenSSH_9.2");
        fails(answered("\u0015\u0003\u0001\u0000\u0002"), "no HTTP/1 answer: .....");
        fails(answered("HTTP/2 200\r\n\r\n"), "no HTTP/1 answer: HTTP/2 200");
        fails(answered("HTTP/1.1 2000 OK\r\n\r\n"), "odd status line: HTTP/1.1 2000 OK");
        fails(answered("HTTP/1.1 200 OK\n\n"), "bare line feed in the head");
        fails(answered("HTTP/1.1 200 OK\r\nx y\r\n\r\n"), "odd field: x y");
    }

    @Test
    void anEndlessHeadIsCutAtItsLimit() throws Exception {
        var self = new FakeBackend[1];
        self[0] = open(new FakeBackend(socket -> {
            self[0].readHead(socket);
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] more = "a: 0123456789\r\n".repeat(100).getBytes(StandardCharsets.US_ASCII);
            while (true) {
                socket.getOutputStream().write(more);
            }
        }));
        fails(run(http(LONG), backend(self[0].port())), "head over 16 KiB");
    }

    @Test
    void closingEarlyFails() throws Exception {
        fails(answered(), "closed without an answer");
        fails(answered("HTTP/1.1 200 OK\r\nA: b\r\n"), "closed within the head of the answer");
        fails(answered("HTTP/1"), "closed within the head of the answer");
    }

    @Test
    void aResetFails() throws Exception {
        var self = new FakeBackend[1];
        self[0] = open(new FakeBackend(socket -> {
            self[0].readHead(socket);
            socket.setSoLinger(true, 0);
        }));
        fails(run(http(LONG), backend(self[0].port())), "connection reset");
    }

    @Test
    void manyChecksAtOnceEachReportOnce() throws Exception {
        FakeBackend backend = open(FakeBackend.answering("HTTP/1.1 200 OK\r\n\r\n"));
        var results = new LinkedBlockingQueue<CheckResult>();
        Probe probe = http(LONG);
        for (int i = 0; i < 200; i++) {
            probe.probe(backend(backend.port()), results::add);
        }
        for (int i = 0; i < 200; i++) {
            assertThat(results.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
        group.submit(() -> {}).sync();
        assertThat(results).isEmpty();
    }

    @Test
    void anAddressThatCannotBeDialledIsAResultToo() throws Exception {
        Backend unresolved = new Backend(
                new BackendKey("app", "nowhere:1"),
                InetSocketAddress.createUnresolved("nowhere.invalid", 1),
                BackendState.gated(1, 0),
                8,
                1);
        fails(run(tcp(LONG), unresolved), "address not resolved");
    }

    @Test
    void stoppedLoopsAreAResultToo() throws Exception {
        var stopped = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        stopped.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        Probe probe = Probe.of(config(null, LONG), stopped, NioSocketChannel.class, Ticker.system());
        assertThat(run(probe, backend(1)).evidence()).startsWith("not checked: ");
    }

    @Test
    void withoutACheckTheResultIsAPassAtOnce() throws Exception {
        var off = new HealthConfig(null, null, LONG, SHORT, LONG, 3, 2);
        assertThat(run(probe(off), backend(1)).pass()).isTrue();
    }

    @Test
    void whatCouldSplitTheRequestIsRefused() {
        for (String bad : List.of("/a b", "/a\r\nX: y", "", "/é")) {
            var check = new HttpCheck(bad, "GET", null, StatusRanges.parse("200"));
            assertThatThrownBy(() -> probe(config(check, LONG)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("path: '" + bad + "'");
        }
        var check = new HttpCheck("/", "GET", "a\r\nb", StatusRanges.parse("200"));
        assertThatThrownBy(() -> probe(config(check, LONG))).hasMessageStartingWith("host: ");
    }
}
