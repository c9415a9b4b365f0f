package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.RuntimeConfig.TransportKind;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Clients that trickle are cut, whichever way; clients that are only waited for by nobody are not. */
class SlowClientsTest extends DataPlaneTest {
    /** Long for what is sent every 50 ms, on a busy machine too. */
    private static final int WINDOW_MILLIS = 800;

    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";

    /** Far below a hundred bytes a second, but never silent for long. */
    private static void trickle(RawClient client, String piece, Proxy proxy) throws InterruptedException {
        for (int i = 0; i < 800 && proxy.failed(Failure.BODY_TOO_SLOW) == 0; i++) {
            client.trySend(piece);
            Thread.sleep(25);
        }
    }

    @Test
    void aBodyThatTricklesIs408() throws Exception {
        RecordingBackend backend = backend(connection -> connection.request());
        Proxy proxy = use(proxy().bodyMillis(WINDOW_MILLIS).bodyRate(100).before(backend));
        RawClient client = proxy.client().send(POST + "Content-Length: 1000\r\n\r\n");
        trickle(client, "x", proxy);
        assertThat(client.answer().status()).isEqualTo(408);
        assertThat(proxy.failed(Failure.BODY_TOO_SLOW)).isEqualTo(1);
        backend.connection(0).awaitOver();
        assertThat(proxy.outcomes()).as("not the backend's fault").noneMatch(outcome -> outcome.blamesBackend());
    }

    @Test
    void framingBuysNoTime() throws Exception {
        RecordingBackend backend = backend(connection -> connection.request());
        Proxy proxy = use(proxy().bodyMillis(WINDOW_MILLIS).bodyRate(100).before(backend));
        RawClient client = proxy.client().send(POST + "Transfer-Encoding: chunked\r\n\r\n");
        trickle(client, "1;padding=paddingpadding\r\nx\r\n", proxy);
        assertThat(client.answer().status()).isEqualTo(408);
        assertThat(proxy.failed(Failure.BODY_TOO_SLOW)).isEqualTo(1);
    }

    @Test
    void aBodyThatKeepsTheRateMayTakeLongerThanAnyWindow() throws Exception {
        Proxy proxy = use(proxy().bodyMillis(WINDOW_MILLIS).bodyRate(20).before(answering(OK)));
        RawClient client = proxy.client().send(POST + "Content-Length: 160\r\n\r\n");
        for (int i = 0; i < 32; i++) {
            Thread.sleep(50);
            client.send("xxxxx");
        }
        assertThat(client.answer().status()).isEqualTo(200);
    }

    @Test
    void aSlowBackendIsNotTheClientsFault() throws Exception {
        byte[] large = new byte[30 << 20];
        RecordingBackend backend = backend(connection -> {
            connection.head();
            Thread.sleep(1_000);
            connection.exactly(large.length);
            connection.send(OK);
        });
        Proxy proxy = use(proxy().bodyMillis(600).bodyRate(100_000).before(backend));
        RawClient client = proxy.client().send(POST + "Content-Length: " + large.length + "\r\n\r\n");
        assertThat(client.send(large).answer().status()).isEqualTo(200);
    }

    @Test
    void aReaderThatTakesTooLittleIsCut() throws Exception {
        byte[] large = new byte[60 << 20];
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + large.length + "\r\n\r\n");
            connection.send(large);
        });
        Proxy proxy = use(proxy().writeMillis(1_000).writeRate(250_000).before(backend));
        RawClient client = proxy.client(64 << 10).send(GET);
        client.until("\r\n\r\n");
        try {
            for (int i = 0; i < 300 && cut(proxy) == 0; i++) {
                client.exactly(16 << 10);
                Thread.sleep(100);
            }
        } catch (IOException e) {
            // Cut while it read.
        }
        RecordingBackend.await("it to be cut", () -> cut(proxy) == 1);
        RecordingBackend.await("it to be gone", () -> proxy.count(Count.UNREAD) == 0);
    }

    /** Where the kernel takes much at once, it looks as if nothing had been read. */
    private long cut(Proxy proxy) {
        long all = proxy.failed(Failure.ANSWER_READ_TOO_SLOW);
        return transport == TransportKind.EPOLL ? all : all + proxy.failed(Failure.ANSWER_NOT_READ);
    }

    @Test
    void aReaderThatIsBehindIsCounted() throws Exception {
        byte[] large = new byte[12 << 20];
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + large.length + "\r\n\r\n");
            connection.send(large);
        });
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client(4096).send(GET);
        client.until("\r\n\r\n");
        RecordingBackend.await("it to be behind", () -> proxy.count(Count.UNREAD) == 1);
        assertThat(client.exactly(large.length)).hasSize(large.length);
        RecordingBackend.await("it to have caught up", () -> proxy.count(Count.UNREAD) == 0);
    }

    @Test
    void aStreamThatHasNothingToSayIsNotReadTooSlowly() throws Exception {
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 20\r\n\r\n");
            for (int i = 0; i < 5; i++) {
                Thread.sleep(150);
                connection.send("a:b\n");
            }
        });
        Proxy proxy = use(proxy().writeMillis(100)
                .writeRate(1_000_000)
                .bodyMillis(100)
                .bodyRate(1_000_000)
                .before(backend));
        assertThat(proxy.client().send(GET).answer().body()).hasSize(20);
    }

    @Test
    void oneByteChunksAreGathered() throws Exception {
        int size = 1 << 15;
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send(OK);
        });
        Proxy proxy = proxy(backend);
        byte[] chunks = "1\r\nx\r\n".repeat(size).getBytes(StandardCharsets.ISO_8859_1);
        RawClient client = proxy.client().send(POST + "Transfer-Encoding: chunked\r\n\r\n");
        client.send(chunks).send("0\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(backend.request(0).body()).hasSize(size);
        assertThat(backend.connection(0).size()).as("bytes to the backend").isLessThan(size + size / 10);
    }

    @Test
    void aClientWithTooManyConnectionsIsTurnedAwayAndOthersAreNot() throws Exception {
        Proxy proxy = use(proxy().loops(3).perClient(2).before(answering(OK)));
        RawClient first = proxy.client();
        RawClient second = proxy.client();
        assertThat(first.send(GET).answer().status()).isEqualTo(200);
        assertThat(second.send(GET).answer().status()).isEqualTo(200);
        assertThat(proxy.client().send(GET).answer().status()).isEqualTo(503);
        RecordingBackend.await("the count", () -> proxy.count(Count.CONNECTIONS_REFUSED_CLIENT) == 1);
        assertThat(proxy.count(Count.CONNECTIONS_REFUSED)).isZero();
        first.close();
        RecordingBackend.await("one to go", () -> proxy.connections() == 1);
        assertThat(proxy.client().send(GET).answer().status()).isEqualTo(200);
    }

    @Test
    void aTrustedProxyMayHaveAnyNumber() throws Exception {
        Proxy proxy = use(proxy().perClient(1).trusting("127.0.0.0/8").before(answering(OK)));
        for (int i = 0; i < 5; i++) {
            assertThat(proxy.client().send(GET).answer().status()).isEqualTo(200);
        }
    }

    @Test
    void theLimitOfConnectionsIsOneForAllLoops() throws Exception {
        Proxy proxy = use(proxy().loops(3).maxConnections(4).before(answering(OK)));
        for (int i = 0; i < 4; i++) {
            assertThat(proxy.client().send(GET).answer().status()).isEqualTo(200);
        }
        RawClient fifth = proxy.client();
        Thread.sleep(50);
        assertThat(fifth.send(GET).answer().status()).isEqualTo(503);
        RecordingBackend.await("the count", () -> proxy.count(Count.CONNECTIONS_REFUSED) == 1);
    }

    @Test
    void beyondSoManyASecondNobodyIsToldThatThereIsNoRoom() throws Exception {
        Proxy proxy = use(proxy().maxConnections(1).before(answering(OK)));
        assertThat(proxy.client().send(GET).answer().status()).isEqualTo(200);
        int told = 0;
        for (int i = 0; i < 200; i++) {
            RawClient client = proxy.client();
            told += client.ends() ? 0 : 1;
            client.close();
        }
        // In two seconds, if it takes that long.
        assertThat(told).isBetween(64, 192);
        assertThat(proxy.count(Count.CONNECTIONS_REFUSED)).isEqualTo(200);
    }

    @Test
    void whoComesWhileBuffersAreFullIs503() throws Exception {
        byte[] large = new byte[12 << 20];
        RecordingBackend backend = backend(connection -> {
            while (true) {
                boolean much = connection.request().target().equals("/large");
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + (much ? large.length : 2) + "\r\n\r\n");
                connection.send(much ? large : new byte[2]);
            }
        });
        Proxy proxy = use(proxy().buffers(256 << 10).before(backend));
        List<RawClient> stuck = new ArrayList<>();
        Message answer;
        do {
            stuck.add(proxy.client(4096).send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"));
            // Longer than a look at what is held takes to come round.
            Thread.sleep(50);
            answer = proxy.client().send(GET).answer();
        } while (answer.status() == 200 && stuck.size() < 50);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("retry-after")).isEqualTo("1");
        assertThat(answer.body()).contains("buffers-full");
        assertThat(proxy.failed(Failure.BUFFERS_FULL)).isPositive();
        stuck.forEach(RawClient::reset);
        RecordingBackend.await("the end of all", () -> proxy.count(Count.ACTIVE) == 0);
        Thread.sleep(50);
        assertThat(proxy.client().send(GET).answer().status()).isEqualTo(200);
    }

    @Test
    void moreRequestsThanAllowedAre503AtOnce() throws Exception {
        var go = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            connection.request();
            go.await();
            connection.send(OK);
        });
        Proxy proxy = use(proxy().exchanges(1).before(backend));
        RawClient first = proxy.client().send(GET);
        backend.request(0);
        RawClient second = proxy.client().send(GET);
        var refusal = second.answer();
        assertThat(refusal.status()).isEqualTo(503);
        assertThat(refusal.field("retry-after")).isNotNull();
        assertThat(refusal.body()).contains("overloaded");
        assertThat(proxy.failed(Failure.OVERLOADED)).isEqualTo(1);
        assertThat(backend.connections()).hasSize(1);
        go.countDown();
        assertThat(first.answer().status()).isEqualTo(200);
    }
}
