package dev.fairlead.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.server.Configs;
import dev.fairlead.server.control.Change;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Reloaded;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.load.Loader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that are passed on by name without being decrypted, over sockets. */
@Timeout(120)
class PassthroughTest {
    @TempDir
    private static Path folder;

    private static Certs.Made ours;
    private static Certs.Made theirs;

    @BeforeAll
    static void make() throws IOException {
        ours = Certs.ecdsa("a.example").to(folder, "a");
        theirs = Certs.ecdsa("pass.example");
    }

    private static Engine start(String transport, String tls, String pools) throws Exception {
        try {
            return Engine.start(config(transport, tls, pools, "off"), Surroundings.system());
        } catch (IllegalStateException e) {
            return abort(e.getMessage());
        }
    }

    private static Config config(String transport, String tls, String pools, String log) {
        return Configs.of(text(transport, tls, pools, log));
    }

    private static String text(String transport, String tls, String pools, String log) {
        return """
                listeners: { secure: { address: "127.0.0.1:0", tls: %s } }
                pools: %s
                admin: { enabled: false }
                access-log: { to: %s }
                runtime: { loops: 1, transport: %s }
                """.formatted(tls.replace("FOLDER", folder.toString()), pools, log, transport);
    }

    private static String pool(String name, int... ports) {
        String backends = String.join(
                ", ",
                Arrays.stream(ports).mapToObj(p -> "\"127.0.0.1:" + p + "\"").toList());
        return "%s: { backends: [%s], health: off }".formatted(name, backends);
    }

    private static Socket connect(Engine engine) throws IOException {
        var socket = new Socket(
                InetAddress.getLoopbackAddress(),
                Objects.requireNonNull(engine.addresses().get("secure")).getPort());
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static Status.ListenerStatus status(Engine engine) {
        return engine.status().listeners().getFirst();
    }

    private static int inflight(Engine engine) {
        return engine.status().pools().getFirst().backends().stream()
                .mapToInt(Status.BackendStatus::inflight)
                .sum();
    }

    /** What Java's own TLS says first. */
    private static byte[] hello(String name) throws Exception {
        SSLEngine engine = Certs.trusting().createSSLEngine(name, 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** The same with one more extension. */
    private static byte[] with(byte[] hello, int type, int length) {
        int session = 43 + 1 + hello[43];
        int suites = session + 2 + number(hello, session);
        int extensions = suites + 1 + hello[suites];
        ByteBuffer more = ByteBuffer.allocate(hello.length + 4 + length).put(hello);
        more.putShort((short) type).putShort((short) length);
        more.putShort(3, (short) (number(hello, 3) + 4 + length));
        more.putShort(7, (short) (number(hello, 7) + 4 + length));
        more.putShort(extensions, (short) (number(hello, extensions) + 4 + length));
        return more.array();
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    /** The same message in records of a few bytes. */
    private static byte[] inRecords(byte[] hello, int size) {
        var out = new ByteArrayOutputStream();
        for (int at = 5; at < hello.length; at += size) {
            int part = Math.min(size, hello.length - at);
            out.writeBytes(new byte[] {22, 3, 1, 0, (byte) part});
            out.write(hello, at, part);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio", "io_uring"})
    void aHelloReachesTheBackendByteForByteHoweverItComes(String transport) throws Exception {
        byte[] hello = hello("x.pass.example");
        byte[] hiding = with(hello, 0xFE0D, 200);
        byte[] large = with(hello, 0xABCD, 12_000);
        try (ServerSocket backend = listen();
                Engine engine = start(
                        transport,
                        "{ passthrough: { \"*.Pass.example\": app } }",
                        "{ %s }".formatted(pool("app", backend.getLocalPort())))) {
            for (byte[] each : List.of(hello, hiding, inRecords(hello, 7), large)) {
                try (Socket client = connect(engine)) {
                    for (byte b : each) {
                        client.getOutputStream().write(b);
                    }
                    try (Socket at = backend.accept()) {
                        assertThat(at.getInputStream().readNBytes(each.length)).isEqualTo(each);
                        at.getOutputStream().write("hi".getBytes(StandardCharsets.US_ASCII));
                        assertThat(client.getInputStream().readNBytes(2))
                                .isEqualTo("hi".getBytes(StandardCharsets.US_ASCII));
                    }
                }
            }
            await().until(() -> status(engine).open() == 0 && inflight(engine) == 0);
            assertThat(Objects.requireNonNull(status(engine).tls()).handshakes())
                    .containsEntry("passed", 4L);
        }
    }

    /** A server that speaks TLS itself, and says back what it hears. */
    private static SSLServerSocket echo() throws Exception {
        var listening = (SSLServerSocket)
                theirs.server().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!listening.isClosed()) {
                try {
                    Socket socket = listening.accept();
                    Thread.ofVirtual().start(() -> {
                        try (socket) {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException e) {
                            // The client has gone.
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
        return listening;
    }

    private static SSLSocket secured(Engine engine, String name) throws IOException {
        var socket = (SSLSocket) Certs.trusting().getSocketFactory().createSocket(connect(engine), name, 443, true);
        socket.startHandshake();
        return socket;
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio", "io_uring"})
    void oneNameIsAnsweredHereAndAnotherPassedOn(String transport) throws Exception {
        String tls = "{ certificates: [{ cert: FOLDER/a.pem, key: FOLDER/a.key }], unknown-name: refuse,"
                + " passthrough: { pass.example: app } }";
        try (SSLServerSocket backend = echo();
                ServerSocket web = listen();
                Engine engine = start(
                        transport,
                        tls,
                        "{ %s, %s }".formatted(pool("app", backend.getLocalPort()), pool("web", web.getLocalPort())))) {
            try (SSLSocket client = secured(engine, "pass.example")) {
                X509Certificate shown = (X509Certificate) client.getSession().getPeerCertificates()[0];
                assertThat(shown).isEqualTo(theirs.certificate());
                byte[] said = new byte[300_000];
                Arrays.fill(said, (byte) 'x');
                var wrote = CompletableFuture.runAsync(() -> {
                    try {
                        client.getOutputStream().write(said);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                assertThat(client.getInputStream().readNBytes(said.length)).isEqualTo(said);
                wrote.get(10, TimeUnit.SECONDS);
            }
            try (SSLSocket client = secured(engine, "a.example")) {
                X509Certificate shown = (X509Certificate) client.getSession().getPeerCertificates()[0];
                assertThat(shown).isEqualTo(ours.certificate());
            }
            try (Socket client = connect(engine)) {
                client.getOutputStream().write(hello("other.example"));
                // A fatal alert: nobody has this name.
                assertThat(client.getInputStream().readAllBytes())
                        .startsWith(21)
                        .endsWith(112);
            }
            await().until(() -> status(engine).open() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio", "io_uring"})
    void eachSideMayEndBeforeTheOther(String transport) throws Exception {
        try (ServerSocket backend = listen();
                Engine engine = start(
                        transport,
                        "{ passthrough: { pass.example: app } }",
                        "{ %s }".formatted(pool("app", backend.getLocalPort())))) {
            byte[] hello = hello("pass.example");
            try (Socket client = connect(engine)) {
                client.getOutputStream().write(hello);
                client.shutdownOutput();
                try (Socket at = backend.accept()) {
                    assertThat(at.getInputStream().readAllBytes()).isEqualTo(hello);
                    at.getOutputStream().write(new byte[100_000]);
                    at.shutdownOutput();
                    assertThat(client.getInputStream().readAllBytes()).hasSize(100_000);
                }
            }
            try (Socket client = connect(engine)) {
                client.getOutputStream().write(hello);
                try (Socket at = backend.accept()) {
                    at.getOutputStream().write(1);
                    at.shutdownOutput();
                    assertThat(client.getInputStream().readAllBytes()).hasSize(1);
                    client.getOutputStream().write(7);
                    client.shutdownOutput();
                    assertThat(at.getInputStream().readAllBytes()).hasSize(hello.length + 1);
                }
            }
            await().until(() -> status(engine).open() == 0 && inflight(engine) == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio", "io_uring"})
    void whoeverReadsSlowlyHoldsTheOtherSideUpInsteadOfMemory(String transport) throws Exception {
        try (ServerSocket backend = listen();
                Engine engine = start(
                        transport,
                        "{ passthrough: { pass.example: app } }",
                        "{ %s }".formatted(pool("app", backend.getLocalPort())));
                Socket client = connect(engine)) {
            client.getOutputStream().write(hello("pass.example"));
            try (Socket at = backend.accept()) {
                var written = new AtomicLong();
                int all = 64 << 20;
                var writing = CompletableFuture.runAsync(() -> {
                    try {
                        OutputStream out = at.getOutputStream();
                        byte[] piece = new byte[1 << 16];
                        for (int i = 0; i < all; i += piece.length) {
                            out.write(piece);
                            written.addAndGet(piece.length);
                        }
                        at.shutdownOutput();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                var last = new AtomicLong(-1);
                await().pollInterval(Duration.ofMillis(500))
                        .until(() -> written.get() > 0 && last.getAndSet(written.get()) == written.get());
                assertThat(written.get()).isLessThan(all);
                InputStream in = client.getInputStream();
                assertThat(in.readNBytes(all)).hasSize(all);
                writing.get(10, TimeUnit.SECONDS);
            }
        }
    }

    private static int refusing() throws IOException {
        try (ServerSocket gone = listen()) {
            return gone.getLocalPort();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio", "io_uring"})
    void aBackendThatRefusesIsPassedOverAndNoneAtAllIsTold(String transport) throws Exception {
        Path log = folder.resolve("log-" + transport);
        int dead = refusing();
        try (ServerSocket backend = listen()) {
            String pools = "{ %s, %s }".formatted(pool("app", dead, backend.getLocalPort()), pool("none", dead));
            Engine started;
            try {
                started = Engine.start(
                        config(
                                transport,
                                "{ passthrough: { pass.example: app, none.example: none } }",
                                pools,
                                "\"" + log + "\""),
                        Surroundings.system());
            } catch (IllegalStateException e) {
                abort(e.getMessage());
                return;
            }
            try (Engine engine = started) {
                byte[] hello = hello("pass.example");
                for (int i = 0; i < 6; i++) {
                    try (Socket client = connect(engine)) {
                        client.getOutputStream().write(hello);
                        try (Socket at = backend.accept()) {
                            assertThat(at.getInputStream().readNBytes(hello.length))
                                    .isEqualTo(hello);
                            at.getOutputStream().write(1);
                            assertThat(client.getInputStream().read()).isEqualTo(1);
                        }
                    }
                }
                try (Socket client = connect(engine)) {
                    client.getOutputStream().write(hello("none.example"));
                    assertThat(ended(client)).isTrue();
                }
                await().until(() -> status(engine).open() == 0);
            }
            List<String> lines = Files.readAllLines(log);
            assertThat(lines).hasSize(7);
            assertThat(lines.get(0))
                    .contains(
                            "\"passed\":\"pass.example\"",
                            "\"pool\":\"app\"",
                            "\"backend\":\"127.0.0.1:" + backend.getLocalPort() + "\"",
                            "\"reason\":\"ok\"",
                            "\"bytes_in\":" + hello("pass.example").length,
                            "\"bytes_out\":1");
            assertThat(lines).anyMatch(line -> line.contains("\"tries\":2"));
            assertThat(lines.getLast()).contains("\"reason\":\"connect-refused\"", "\"passed\":\"none.example\"");
        }
    }

    private static boolean ended(Socket client) throws IOException {
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void stopLetsThemFinishAndThenCutsThem() throws Exception {
        try (ServerSocket backend = listen();
                Engine engine = start(
                        "auto",
                        "{ passthrough: { pass.example: app } }",
                        "{ %s }".formatted(pool("app", backend.getLocalPort())));
                Socket client = connect(engine)) {
            client.getOutputStream().write(hello("pass.example"));
            try (Socket at = backend.accept()) {
                at.getOutputStream().write(1);
                assertThat(client.getInputStream().read()).isEqualTo(1);
                var stopping = CompletableFuture.runAsync(() -> {
                    try {
                        engine.stop(Duration.ofSeconds(2));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                await().until(engine::draining);
                at.getOutputStream().write(2);
                assertThat(client.getInputStream().read()).isEqualTo(2);
                assertThat(ended(client)).isTrue();
                stopping.get(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aDrainKeepsThemUntilItsTimeIsOver() throws Exception {
        try (ServerSocket backend = listen();
                Engine engine = start(
                        "auto",
                        "{ passthrough: { pass.example: app } }",
                        "{ %s }".formatted(pool("app", backend.getLocalPort())));
                Socket client = connect(engine)) {
            client.getOutputStream().write(hello("pass.example"));
            try (Socket at = backend.accept()) {
                at.getOutputStream().write(1);
                assertThat(client.getInputStream().read()).isEqualTo(1);
                String address = "127.0.0.1:" + backend.getLocalPort();
                var drain = new Change(
                        BackendState.Wish.DRAIN, null, null, Duration.ofSeconds(1), null, 1, 0, null, "test");
                engine.operator().change("app", address, drain, null);
                at.getOutputStream().write(2);
                assertThat(client.getInputStream().read()).isEqualTo(2);
                assertThat(ended(client)).isTrue();
                try (Socket late = connect(engine)) {
                    late.getOutputStream().write(hello("pass.example"));
                    assertThat(ended(late)).isTrue();
                }
                await().until(() -> status(engine).open() == 0 && inflight(engine) == 0);
                assertThat(status(engine).failures())
                        .containsEntry(Failure.DRAIN_CUT, 1L)
                        .containsEntry(Failure.ALL_OUT, 1L);
            }
        }
    }

    @Test
    void aBackendThatDoesNotAnswerTheHelloIsBlamed() throws Exception {
        try (ServerSocket backend = listen();
                Engine engine = start(
                        "auto",
                        "{ passthrough: { pass.example: app } }",
                        "{ app: { backends: [\"127.0.0.1:%d\"], health: off, timeouts: { first-byte: 300ms } } }"
                                .formatted(backend.getLocalPort()));
                Socket client = connect(engine)) {
            client.getOutputStream().write(hello("pass.example"));
            assertThat(ended(client)).isTrue();
            await().until(() -> status(engine).open() == 0 && inflight(engine) == 0);
            assertThat(status(engine).failures()).containsEntry(Failure.FIRST_BYTE_TIMEOUT, 1L);
            assertThat(engine.status().pools().getFirst().backends().getFirst().outcomes())
                    .containsEntry(Outcome.TIMED_OUT, 1L);
        }
    }

    @Test
    void aReloadChangesWhereNewConnectionsGo() throws Exception {
        try (ServerSocket one = listen();
                ServerSocket two = listen()) {
            String pools = "{ %s, %s }".formatted(pool("one", one.getLocalPort()), pool("two", two.getLocalPort()));
            String before = "{ passthrough: { pass.example: one, x.example: two } }";
            String after = "{ passthrough: { pass.example: two, x.example: one } }";
            var surroundings = Surroundings.system()
                    .reading(() -> Loader.parse(text("auto", after, pools, "off"), "test.yaml", variable -> null));
            try (Engine engine = Engine.start(config("auto", before, pools, "off"), surroundings);
                    Socket first = connect(engine)) {
                first.getOutputStream().write(hello("pass.example"));
                try (Socket at = one.accept()) {
                    Reloaded reloaded = engine.reloads().reload("test");
                    assertThat(reloaded).isInstanceOf(Reloaded.Done.class);
                    try (Socket second = connect(engine)) {
                        second.getOutputStream().write(hello("pass.example"));
                        try (Socket other = two.accept()) {
                            assertThat(other.getInputStream().read()).isEqualTo(22);
                        }
                    }
                    at.getOutputStream().write(1);
                    assertThat(first.getInputStream().read()).isEqualTo(1);
                }
            }
        }
    }
}
