package dev.fairlead.server.tls;

import static dev.fairlead.server.tls.TlsScene.GET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Configs;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Reloaded;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.load.Loader;
import dev.fairlead.server.ocsp.StaplePicture;
import dev.fairlead.server.ocsp.StaplePicture.State;
import dev.fairlead.testkit.OcspAuthority;
import dev.fairlead.testkit.OcspAuthority.About;
import dev.fairlead.testkit.OcspAuthority.Answer;
import dev.fairlead.testkit.OcspAuthority.Holder;
import dev.fairlead.testkit.OcspAuthority.Says;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Java's own client is shown with a certificate, over sockets, while its responder does this and that. */
@Timeout(120)
class StaplingTest {
    private static final String TLS = "{ certificates: [{ cert: FOLDER/a.pem, key: FOLDER/a.key }] }";
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private Responder responder;
    private Holder leaf;

    @BeforeEach
    void start() throws IOException {
        responder = Responder.start();
        leaf = responder.certificate(folder, "a", false);
    }

    @AfterEach
    void stop() {
        responder.close();
    }

    private Surroundings world() {
        Surroundings system = Surroundings.system();
        return new Surroundings(system.ticker(), responder::now, system.seeds(), null, null, null, null);
    }

    private TlsScene scene(String provider, String tls) throws Exception {
        var backend = RecordingBackend.start(connection -> {
            while (true) {
                connection.request();
                connection.send(TlsScene.HELLO);
            }
        });
        return TlsScene.start(0, folder, provider, tls, "", backend, world());
    }

    private TlsScene scene() throws Exception {
        return scene("boringssl", TLS);
    }

    /** What a client that asks for it is shown with the certificate; {@code null} for nothing. */
    private static byte[] shown(TlsScene scene, String version) throws IOException {
        // One that does not remember: in a session that goes on nothing is shown.
        try (SSLSocket socket = scene.connect(Certs.trustingAnyone(), "a.example", parameters -> {
            parameters.setProtocols(new String[] {version});
        })) {
            assertThat(RawClient.over(socket).send(GET).answer().status()).isEqualTo(200);
            List<byte[]> answers = ((ExtendedSSLSession) socket.getSession()).getStatusResponses();
            return answers.isEmpty() || answers.getFirst().length == 0 ? null : answers.getFirst();
        }
    }

    private static byte[] shown(TlsScene scene) throws IOException {
        return shown(scene, "TLSv1.3");
    }

    private static StaplePicture picture(TlsScene scene) {
        return Objects.requireNonNull(scene.tls().certificates().getFirst().ocsp());
    }

    private static void awaitState(TlsScene scene, State state) {
        await(state.word())
                .atMost(Duration.ofSeconds(20))
                .until(() -> picture(scene).state() == state);
    }

    private static long count(TlsScene scene, String result) {
        return scene.engine.status().ocsp().getOrDefault(result, 0L);
    }

    private static void awaitShown(TlsScene scene, byte[] answer) {
        await().until(() -> Arrays.equals(shown(scene), answer));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theAnswerIsStapled(String version) throws Exception {
        Answer said = responder.answer(leaf);
        byte[] answer = responder.says(said.bytes());
        try (TlsScene scene = scene()) {
            awaitState(scene, State.GOOD);

            assertThat(shown(scene, version)).isEqualTo(answer);
            assertThat(picture(scene).responder()).isEqualTo(responder.url());
            assertThat(picture(scene).until()).isEqualTo(said.nextUpdate());
            assertThat(picture(scene).problem()).isNull();
            assertThat(count(scene, "good")).isEqualTo(1);
            assertThat(responder.questions())
                    .singleElement()
                    .matches(question -> question.method().equals("GET"));
            assertThat(responder.asked(leaf)).isEqualTo(1);
        }
    }

    @Test
    void whoeverIsAllowedToMaySignIt() throws Exception {
        byte[] answer = responder.says(leaf, a -> a.by(responder.authority().delegate(true)));
        try (TlsScene scene = scene()) {
            awaitState(scene, State.GOOD);
            assertThat(shown(scene)).isEqualTo(answer);
        }
    }

    @Test
    void aRevocationIsStapledAsWell() throws Exception {
        byte[] answer = responder.says(leaf, a -> a.saying(Says.REVOKED));
        try (TlsScene scene = scene()) {
            awaitState(scene, State.REVOKED);
            assertThat(shown(scene)).isEqualTo(answer);
            assertThat(count(scene, "revoked")).isEqualTo(1);
        }
    }

    @Test
    void anAnswerIsReplacedAtHalfOfItsTimeAndNoLaterThanItsEndIsGone() throws Exception {
        byte[] first = responder.says(leaf, a -> a);
        try (TlsScene scene = scene()) {
            awaitState(scene, State.GOOD);
            assertThat(shown(scene)).isEqualTo(first);

            // Of three hours one and a half are over, and a half of those was when it was asked.
            responder.later(Duration.ofMinutes(31));
            byte[] second = responder.says(leaf, a -> a);
            awaitShown(scene, second);
            assertThat(count(scene, "good")).isEqualTo(2);

            responder.replies(exchange -> exchange.sendResponseHeaders(503, -1));
            responder.later(HOUR);
            await().until(() -> picture(scene).problem() != null);
            assertThat(picture(scene).problem()).isEqualTo("it answers with the status 503");
            assertThat(picture(scene).state()).isEqualTo(State.GOOD);
            assertThat(shown(scene)).as("the answer before, which still holds").isEqualTo(second);

            responder.later(HOUR);
            awaitShown(scene, null);
            awaitState(scene, State.NONE);
            assertThat(picture(scene).until()).isZero();

            responder.later(HOUR);
            byte[] third = responder.says(leaf, a -> a);
            awaitShown(scene, third);
            assertThat(picture(scene).problem()).isNull();
        }
    }

    @Test
    void whatWasSaidBeforeTheAnswerThereIsDoesNotReplaceIt() throws Exception {
        byte[] before = responder.answer(leaf).bytes();
        responder.later(Duration.ofMinutes(10));
        byte[] revoked = responder.says(leaf, a -> a.saying(Says.REVOKED));
        try (TlsScene scene = scene()) {
            awaitState(scene, State.REVOKED);

            responder.says(before);
            responder.later(Duration.ofMinutes(40));
            await().until(() -> picture(scene).problem() != null);
            assertThat(picture(scene).problem()).isEqualTo("the answer is older than the one before");
            assertThat(shown(scene)).isEqualTo(revoked);
        }
    }

    static Stream<Arguments> useless() {
        UnaryOperator<Answer> about = answer -> answer.about(About.ANOTHER);
        UnaryOperator<Answer> forged = Answer::forged;
        UnaryOperator<Answer> unknown = answer -> answer.saying(Says.UNKNOWN);
        UnaryOperator<Answer> old =
                answer -> answer.between(answer.thisUpdate() - HOUR.toMillis(), answer.thisUpdate());
        UnaryOperator<Answer> endless = answer -> answer.between(answer.thisUpdate(), null);
        return Stream.of(
                Arguments.of("bad", about, "the answer is about another certificate"),
                Arguments.of("bad", forged, "the answer cannot be verified: "),
                Arguments.of("bad", old, "the answer held until "),
                Arguments.of("bad", endless, "the answer does not say until when it holds"),
                Arguments.of("refused", unknown, "it does not know the certificate"));
    }

    @ParameterizedTest
    @MethodSource("useless")
    void anAnswerThatDoesNotHoldIsNotStapled(String result, UnaryOperator<Answer> changed, String problem)
            throws Exception {
        responder.says(leaf, changed);
        isNotStapled(result, problem, "GET", "POST");
    }

    @Test
    void nobodyElsesDelegateIsBelieved() throws Exception {
        responder.says(leaf, answer -> answer.by(responder.authority().delegate(false)));
        isNotStapled("bad", "the answer cannot be verified: ", "GET", "POST");
    }

    @Test
    void garbageIsNotStapled() throws Exception {
        responder.says("<html>Sign in to the network</html>".getBytes(StandardCharsets.US_ASCII));
        isNotStapled("bad", "the answer cannot be read: ", "GET", "POST");
    }

    @Test
    void nothingIsNotStapled() throws Exception {
        responder.says(new byte[0]);
        isNotStapled("bad", "the answer cannot be read: cut short", "GET", "POST");
    }

    @Test
    void aRefusalIsNotStapled() throws Exception {
        responder.says(OcspAuthority.error(6));
        isNotStapled("refused", "it does not answer for this certificate (unauthorized)", "GET", "POST");
    }

    @Test
    void whereverItIsSentNobodyGoes() throws Exception {
        String elsewhere = responder.url() + "/elsewhere";
        responder.replies(exchange -> {
            exchange.getResponseHeaders().set("Location", elsewhere);
            exchange.sendResponseHeaders(302, -1);
        });
        isNotStapled("refused", "it answers with the status 302", "GET", "POST");
    }

    @Test
    void aHugeAnswerIsCut() throws Exception {
        byte[] piece = new byte[1 << 16];
        responder.replies(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(piece);
            }
        });
        isNotStapled("too-large", "the answer has more than 65536 bytes", "GET");
    }

    @Test
    void aConnectionThatBreaksIsToldSo() throws Exception {
        responder.replies(exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
        });
        isNotStapled("unreachable", "the connection broke", "GET");
    }

    @Test
    void aResponderThatIsNotThereIsToldSo() throws Exception {
        responder.close();
        isNotStapled("unreachable", "connection refused");
    }

    /** After one question nothing is stapled, and clients are served; {@code methods} is how it was asked. */
    private void isNotStapled(String result, String problem, String... methods) throws Exception {
        try (TlsScene scene = scene()) {
            awaitState(scene, State.NONE);

            assertThat(picture(scene).problem()).startsWith(problem);
            assertThat(picture(scene).until()).isZero();
            assertThat(picture(scene).nextAt()).isGreaterThan(responder.now());
            assertThat(shown(scene)).isNull();
            assertThat(count(scene, result)).isEqualTo(1);
            assertThat(scene.engine.status().ocsp().values().stream()
                            .mapToLong(n -> n)
                            .sum())
                    .isEqualTo(1);
            assertThat(responder.questions())
                    .extracting(Responder.Question::method)
                    .containsExactly(methods);
        }
    }

    @Test
    void aResponderThatTakesNoGetIsAskedByPost() throws Exception {
        byte[] answer = responder.answer(leaf).bytes();
        responder.replies(exchange -> {
            if (exchange.getRequestMethod().equals("POST")) {
                assertThat(exchange.getRequestHeaders().getFirst("Content-Type"))
                        .isEqualTo("application/ocsp-request");
                Responder.send(exchange, answer);
            } else {
                exchange.sendResponseHeaders(405, -1);
            }
        });
        try (TlsScene scene = scene()) {
            awaitState(scene, State.GOOD);
            assertThat(shown(scene)).isEqualTo(answer);
            assertThat(responder.asked(leaf)).isEqualTo(2);
            assertThat(count(scene, "refused")).isZero();
        }
    }

    @Test
    void aSlowResponderHoldsUpNobodyAndIsGivenUp() throws Exception {
        var over = new CountDownLatch(1);
        responder.replies(exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            try {
                // Never silent, and never done.
                while (!over.await(100, TimeUnit.MILLISECONDS)) {
                    exchange.getResponseBody().write(0);
                    exchange.getResponseBody().flush();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (TlsScene scene = scene()) {
            assertThat(shown(scene)).isNull();
            assertThat(picture(scene).state()).isEqualTo(State.WAITING);
            awaitState(scene, State.NONE);
            assertThat(picture(scene).problem()).isEqualTo("no answer within 10s");
            assertThat(count(scene, "late")).isEqualTo(1);
        } finally {
            over.countDown();
        }
    }

    @Test
    void theEndDoesNotWaitForAResponder() throws Exception {
        var over = new CountDownLatch(1);
        responder.replies(exchange -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            TlsScene scene = scene();
            await().until(() -> responder.asked(leaf) == 1);
            long before = System.nanoTime();
            scene.close();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        } finally {
            over.countDown();
        }
    }

    @Test
    void aRenewedCertificateHasAnAnswerOfItsOwn() throws Exception {
        responder.says(leaf, a -> a);
        try (TlsScene scene = scene()) {
            awaitState(scene, State.GOOD);

            byte[] old = responder.answer(leaf).bytes();
            Holder fresh = responder.certificate(folder, "a", false);
            await().until(() -> picture(scene).state() == State.NONE);
            assertThat(picture(scene).problem()).isEqualTo("the answer is about another certificate");
            assertThat(shown(scene)).isNull();

            byte[] answer = responder.says(fresh, a -> a);
            responder.later(Duration.ofMinutes(2));
            awaitShown(scene, answer);
            assertThat(answer).isNotEqualTo(old);
            assertThat(responder.asked(leaf)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereNothingCanBeStapledNobodyIsAsked(boolean mustStaple) throws Exception {
        leaf = responder.certificate(folder, "a", mustStaple);
        responder.says(leaf, a -> a);
        Files.writeString(folder.resolve("alone.pem"), leaf.cert());
        try (TlsScene off = scene("boringssl", TLS.replace("] }", "], ocsp: off }"));
                TlsScene alone = scene("boringssl", TLS.replace("a.pem", "alone.pem"));
                TlsScene java = scene("jdk", TLS)) {
            assertThat(picture(off).state()).isEqualTo(State.OFF);
            assertThat(picture(alone).state()).isEqualTo(State.NO_ISSUER);
            assertThat(picture(java).state()).isEqualTo(State.UNSUPPORTED);
            assertThat(picture(java).mustStaple()).isEqualTo(mustStaple);
            for (TlsScene scene : List.of(off, alone, java)) {
                assertThat(shown(scene)).isNull();
                assertThat(picture(scene).nextAt()).isZero();
            }
            // Time enough for two looks.
            await().during(Duration.ofMillis(600))
                    .until(() -> responder.questions().isEmpty());
        }
    }

    @Test
    void aCertificateThatNamesNobodyHasNoPicture() throws Exception {
        Certs.ecdsa("a.example").to(folder, "a");
        try (TlsScene scene = scene()) {
            assertThat(scene.tls().certificates().getFirst().ocsp()).isNull();
            assertThat(shown(scene)).isNull();
        }
    }

    @Test
    void anAnswerOutlivesAReloadAndServesAllListeners() throws Exception {
        byte[] answer = responder.says(leaf, a -> a);
        String config = """
                listeners:
                  secure: { address: "127.0.0.1:0", tls: { certificates: [CERT]MORE } }
                  other: { address: "127.0.0.1:0", tls: { certificates: [CERT]MORE } }
                pools: { app: { backends: ["127.0.0.1:1"], health: off } }
                admin: { enabled: false }
                access-log: { to: off }
                runtime: { loops: 2, tls: boringssl }
                """.replace("CERT", "{ cert: %1$s/a.pem, key: %1$s/a.key }".formatted(folder));
        var text = new AtomicReference<>(config.replace("MORE", ""));
        Surroundings world = world().reading(() -> Loader.parse(text.get(), "test.yaml", name -> null));
        try (Engine engine = Engine.start(Configs.of(text.get()), world)) {
            await().until(() -> states(engine).equals(List.of(State.GOOD, State.GOOD)));
            // Whoever asked now would be refused.
            responder.replies(exchange -> exchange.sendResponseHeaders(503, -1));

            text.set(config.replace("MORE", ", unknown-name: refuse"));
            assertThat(engine.reloads().reload("test")).isInstanceOf(Reloaded.Done.class);
            assertThat(states(engine)).containsExactly(State.GOOD, State.GOOD);
            text.set(config.replace("MORE", ", ocsp: off"));
            assertThat(engine.reloads().reload("test")).isInstanceOf(Reloaded.Done.class);
            assertThat(states(engine)).containsExactly(State.OFF, State.OFF);
            assertThat(responder.asked(leaf)).isEqualTo(1);
            assertThat(answer).isNotEmpty();
        }
    }

    private static List<State> states(Engine engine) {
        return engine.status().listeners().stream()
                .map(listener -> Objects.requireNonNull(Objects.requireNonNull(listener.tls())
                                .certificates()
                                .getFirst()
                                .ocsp())
                        .state())
                .toList();
    }
}
