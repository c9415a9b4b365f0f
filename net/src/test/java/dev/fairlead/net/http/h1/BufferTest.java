package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.RouteConfig.BufferConfig;
import dev.fairlead.core.config.RouteConfig.BufferConfig.Mode;
import dev.fairlead.core.config.Size;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** What requests wait for before they ask for a backend, and what becomes of their bodies meanwhile. */
class BufferTest extends DataPlaneTest {
    private static final int MEMORY = 4096;
    private static final int LARGE = 1 << 20;

    private static BufferConfig full() {
        return full(16 << 20);
    }

    private static BufferConfig full(int most) {
        return new BufferConfig(Mode.FULL, new Size(MEMORY), new Size(most));
    }

    private static BufferConfig headFirst() {
        return new BufferConfig(Mode.HEAD_FIRST, new Size(MEMORY), new Size(1));
    }

    /** An address where nobody listens. */
    private static InetSocketAddress nobody() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
    }

    /** Text of which no two pieces are alike. */
    private static String body(int length) {
        var text = new StringBuilder(length + 8);
        for (int i = 0; text.length() < length; i++) {
            text.append(i).append(' ');
        }
        return text.substring(0, length);
    }

    private static String head(String method, int length) {
        return method + " /up HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String chunked(String method, String body, int piece, String trailers) {
        var text = new StringBuilder(method + " /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < body.length(); i += piece) {
            String part = body.substring(i, Math.min(i + piece, body.length()));
            text.append(Integer.toHexString(part.length()))
                    .append("\r\n")
                    .append(part)
                    .append("\r\n");
        }
        return text.append("0\r\n").append(trailers).append("\r\n").toString();
    }

    private static void same(String found, String expected) {
        assertThat(found.equals(expected)).as("the body is the same").isTrue();
    }

    private static void lines(Proxy proxy, String part) {
        RecordingBackend.await(
                "a line with " + part, () -> proxy.lines().toString().contains(part));
    }

    /** Not by its connections: whoever looks for a port where nobody listens may try this one. */
    private static void untouched(Proxy proxy, RecordingBackend backend) {
        assertThat(proxy.backend(0).inflight()).isZero();
        assertThat(proxy.outcomes()).isEmpty();
        assertThat(backend.everything()).isEmpty();
    }

    @Test
    void aSlowUploadHoldsNoBackendUntilItIsWhole() throws Exception {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().cap(1).buffer(full()).before(backend));
        for (int length : new int[] {1000, 100_000}) {
            String body = body(length);
            RawClient slow = proxy.client().send(head("POST", length) + body.substring(0, length - 1));
            RecordingBackend.await("it to begin", () -> proxy.count(Count.ACTIVE) == 1);
            RecordingBackend.await("the disk", () -> length < MEMORY || proxy.spilled() >= length - 1 - MEMORY);
            int before = backend.requests().size();
            assertThat(proxy.client().send(GET).answer().status()).isEqualTo(200);
            assertThat(proxy.backend(0).inflight()).isZero();
            slow.send(body.substring(length - 1));
            assertThat(slow.answer().status()).isEqualTo(200);
            assertThat(backend.requests()).hasSize(before + 2);
            same(backend.request(before + 1).body(), body);
        }
        lines(proxy, "\"buffer\":");
        assertThat(proxy.spillNames()).isZero();
    }

    @Test
    void bodiesOfEverySizeArriveAsTheyWere() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().buffer(full()).before(backend));
        RawClient client = proxy.client();
        int number = 0;
        for (int length : new int[] {0, 1, MEMORY - 1, MEMORY, MEMORY + 1, 2 * MEMORY + 1, 100_000, LARGE}) {
            String body = body(length);
            assertThat(client.send(head("POST", length) + body).answer().status())
                    .isEqualTo(200);
            same(backend.request(number++).body(), body);
            for (int piece : new int[] {100, 5000}) {
                assertThat(client.send(chunked("POST", body, piece, "X-Sum: 1\r\n"))
                                .answer()
                                .status())
                        .isEqualTo(200);
                Message request = backend.request(number++);
                same(request.body(), body);
                assertThat(request.framing()).isEqualTo("chunked");
                assertThat(request.trailers()).containsIgnoringCase("x-sum: 1");
            }
        }
    }

    @Test
    void theNextRequestOfAConnectionWaitsForItsTurn() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().buffer(full()).before(backend));
        String body = body(50_000);
        RawClient client = proxy.client().send(head("POST", 50_000) + body + GET + head("PUT", 50_000) + body + GET);
        for (int i = 0; i < 4; i++) {
            assertThat(client.answer().status()).isEqualTo(200);
        }
        same(backend.request(0).body(), body);
        same(backend.request(2).body(), body);
        assertThat(backend.requests()).hasSize(4);
    }

    @Test
    void aBackendThatReadsSlowlyGetsItAll() throws Exception {
        int length = 12 << 20;
        RecordingBackend backend = backend(connection -> {
            connection.head();
            for (int i = 0; i < 12; i++) {
                Thread.sleep(10);
                connection.exactly(1 << 20);
            }
            connection.send(OK);
        });
        Proxy proxy = use(proxy().buffer(full()).before(backend));
        String body = body(length);
        assertThat(proxy.client().send(head("POST", length) + body).answer().status())
                .isEqualTo(200);
        assertThat(backend.everything().endsWith(body)).isTrue();
    }

    @Test
    void aBodyLargerThanMostIsAnswered413() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().buffer(full(100_000)).before(backend));
        Message announced = proxy.client().send(head("POST", 100_001)).answer();
        assertThat(announced.status()).isEqualTo(413);
        assertThat(announced.body()).contains("body-too-large");
        String body = body(100_001);
        assertThat(proxy.client()
                        .trySend(chunked("POST", body, 10_000, ""))
                        .answer()
                        .status())
                .isEqualTo(413);
        assertThat(proxy.client()
                        .send(head("POST", 100_000) + body.substring(0, 100_000))
                        .answer()
                        .status())
                .isEqualTo(200);
        assertThat(backend.requests()).hasSize(1);
        assertThat(proxy.failed(Failure.BODY_TOO_LARGE)).isEqualTo(2);
    }

    @Test
    void nothingOfAClientThatLeavesReachesABackend() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().buffer(full()).before(backend));
        for (int length : new int[] {0, 10, 200_000}) {
            RawClient client = proxy.client().send(head("POST", 300_000) + body(length));
            RecordingBackend.await("it to begin", () -> proxy.count(Count.ACTIVE) == 1);
            if (length > MEMORY) {
                RecordingBackend.await("the disk", () -> proxy.spilled() > 0);
                client.reset();
            } else {
                client.close();
            }
            RecordingBackend.await("its end", () -> proxy.count(Count.ACTIVE) == 0 && proxy.spilled() == 0);
        }
        assertThat(proxy.failed(Failure.CLIENT_GONE)).isEqualTo(3);
        untouched(proxy, backend);
        lines(proxy, "client-gone");
        assertThat(proxy.spillNames()).isZero();
    }

    @Test
    void aStalledBodyTimesOutAsEver() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().bodyMillis(150).buffer(full()).before(backend));
        Message late = proxy.client().send(head("POST", 50_000) + body(20_000)).answer();
        assertThat(late.status()).isEqualTo(408);
        assertThat(late.body()).contains("body-timeout");
        untouched(proxy, backend);
    }

    @Test
    void aBodyOnDiskSurvivesRefusedConnections() throws IOException {
        RecordingBackend good = answering(OK);
        Proxy proxy = use(proxy().buffer(full()).before(nobody(), nobody(), good.address()));
        String body = body(LARGE);
        assertThat(proxy.client().send(head("POST", LARGE) + body).answer().status())
                .isEqualTo(200);
        same(good.request(0).body(), body);
    }

    @Test
    void aBodyOnDiskIsSentAgainWhateverItsSize() throws IOException {
        RecordingBackend broken = backend(connection -> {
            connection.head();
            connection.exactly(300_000);
            connection.reset();
        });
        RecordingBackend busy = answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
        RecordingBackend good = answering(OK);
        Proxy proxy = use(proxy().retryStatuses("503")
                .replay(0)
                .buffer(full())
                .before(broken.address(), busy.address(), good.address()));
        String body = body(LARGE);
        assertThat(proxy.client().send(head("PUT", LARGE) + body).answer().status())
                .isEqualTo(200);
        same(busy.request(0).body(), body);
        same(good.request(0).body(), body);
    }

    @Test
    void aRequestThatMustNotBeRepeatedIsNotEvenIfItCould() throws IOException {
        RecordingBackend broken = backend(connection -> {
            connection.request();
            connection.reset();
        });
        RecordingBackend good = answering(OK);
        Proxy proxy = use(proxy().buffer(full()).before(broken, good));
        assertThat(proxy.client()
                        .send(head("POST", 50_000) + body(50_000))
                        .answer()
                        .status())
                .isEqualTo(502);
        assertThat(good.requests()).isEmpty();
    }

    @Test
    void whoWaitsFor100ContinueGetsItOnce() throws IOException {
        for (BufferConfig how : new BufferConfig[] {full(), headFirst()}) {
            RecordingBackend backend = backend(connection -> {
                connection.request();
                connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + OK);
            });
            Proxy proxy = use(proxy().buffer(how).before(backend));
            RawClient client = proxy.client();
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
            assertThat(client.answer().line()).isEqualTo("HTTP/1.1 100 Continue");
            untouched(proxy, backend);
            client.send(body(5000));
            assertThat(client.answer().status()).isEqualTo(103);
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(backend.request(0).has("expect")).isFalse();
            same(backend.request(0).body(), body(5000));
        }
    }

    @Test
    void anAnswerBeforeTheWholeBodyWasReadEndsTheUpload() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
            connection.skip();
        });
        Proxy proxy = use(proxy().buffer(full()).before(backend));
        RawClient client = proxy.client();
        String body = body(LARGE * 4);
        for (int i = 0; i < 2; i++) {
            assertThat(client.send(head("POST", body.length()) + body).answer().status())
                    .isEqualTo(403);
        }
    }

    @Test
    void aFullDiskIsAnswered503AndOthersGoOn() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().spill(100_000).buffer(full()).before(backend));
        RawClient first = proxy.client().send(head("POST", 90_000) + body(89_999));
        RecordingBackend.await("the disk", () -> proxy.spilled() > 80_000);
        Message refused =
                proxy.client().trySend(head("POST", 90_000) + body(90_000)).answer();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("spill-full");
        assertThat(proxy.client().send(head("POST", 1000) + body(1000)).answer().status())
                .isEqualTo(200);
        assertThat(first.send(body(90_000).substring(89_999)).answer().status()).isEqualTo(200);
        same(backend.request(1).body(), body(90_000));
        RecordingBackend.await("room", () -> proxy.spilled() == 0);
        assertThat(proxy.client()
                        .send(head("POST", 90_000) + body(90_000))
                        .answer()
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aDiskThatFailsIsToldOnce() throws IOException {
        Proxy proxy = use(proxy().buffer(full()).before(answering(OK)));
        proxy.spillFolder(false);
        for (int i = 0; i < 2; i++) {
            assertThat(proxy.client()
                            .trySend(head("POST", 90_000) + body(90_000))
                            .answer()
                            .status())
                    .isEqualTo(503);
        }
        assertThat(proxy.failed(Failure.SPILL_FULL)).isEqualTo(2);
        assertThat(proxy.errors()).singleElement().asString().contains("request bodies cannot be kept");
        proxy.forgetErrors();
        proxy.spillFolder(true);
        assertThat(proxy.client()
                        .send(head("POST", 90_000) + body(90_000))
                        .answer()
                        .status())
                .isEqualTo(200);
        assertThat(proxy.errors()).singleElement().asString().contains("again");
        proxy.forgetErrors();
    }

    @Test
    void aHeadWithoutItsBodyHoldsNoBackend() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().cap(1).buffer(headFirst()).before(backend));
        RawClient stalls = proxy.client().send(head("POST", 100_000));
        RawClient leaves = proxy.client().send(head("POST", 100_000));
        RawClient empty = proxy.client().send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        RecordingBackend.await("them to begin", () -> proxy.count(Count.ACTIVE) == 3);
        untouched(proxy, backend);
        assertThat(proxy.client().send(GET).answer().status()).isEqualTo(200);
        leaves.close();
        String body = body(100_000);
        stalls.send(body.substring(0, 1));
        RecordingBackend.await("a backend", () -> proxy.backend(0).inflight() == 1);
        assertThat(stalls.send(body.substring(1)).answer().status()).isEqualTo(200);
        same(backend.request(1).body(), body);
        assertThat(empty.send("0\r\n\r\n").answer().status()).isEqualTo(200);
        assertThat(backend.requests()).hasSize(3);
    }

    @Test
    void bodiesInMemoryCountAndGoToDiskWhenThatIsTight() throws IOException {
        RecordingBackend backend = answering(OK);
        var roomy = new BufferConfig(Mode.FULL, new Size(256 * 1024), new Size(16 << 20));
        Proxy proxy = use(proxy().buffers(4 << 20).buffer(roomy).before(backend));
        RawClient first = proxy.client().send(head("POST", 1_000_000) + body(60_000));
        for (int i = 0; i < 39; i++) {
            proxy.client().send(head("POST", 1_000_000) + body(60_000));
        }
        // None of them is large enough for the disk by itself.
        RecordingBackend.await("the disk", () -> {
            first.trySend("x");
            return proxy.spilled() > 0;
        });
        untouched(proxy, backend);
    }

    @Test
    void aWholeBodyWaitsInTheQueueLikeAnyRequest() throws IOException {
        RecordingBackend backend = backend(connection -> {
            while (true) {
                String target = connection.request().target();
                if (target.equals("/first")) {
                    connection.until("never");
                }
                connection.send(OK);
            }
        });
        Proxy proxy = use(proxy().cap(1).queue(10, 200).buffer(full()).before(backend));
        RawClient first = proxy.client().send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
        backend.request(0);
        RawClient waits = proxy.client().send(head("POST", 50_000) + body(50_000));
        RawClient leaves = proxy.client().send(head("POST", 50_000) + body(50_000));
        RecordingBackend.await("them to wait", () -> proxy.waiting() == 2);
        leaves.reset();
        assertThat(waits.answer().body()).contains("queue-timeout");
        first.reset();
        RecordingBackend.await("a place", () -> proxy.backend(0).inflight() == 0);
        assertThat(waits.send(head("POST", 50_000) + body(50_000)).answer().status())
                .isEqualTo(200);
    }
}
