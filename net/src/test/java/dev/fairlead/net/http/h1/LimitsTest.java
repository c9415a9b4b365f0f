package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How much a client may send, and how long it may take. */
class LimitsTest extends DataPlaneTest {
    @Test
    void aLongRequestLineIs414() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().heads(256, 1024, 10).before(backend));
        String fits = "GET /" + "a".repeat(256 - 16) + " HTTP/1.1\r\n";
        assertThat(fits).hasSize(256);
        assertThat(proxy.client().send(fits + "Host: a\r\n\r\n").answer().status())
                .isEqualTo(200);
        for (int more : new int[] {1, 100, 5000}) {
            RawClient client = proxy.client();
            client.trySend("GET /" + "a".repeat(256 - 16 + more) + " HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.answer().status()).as("%d more", more).isEqualTo(414);
            assertThat(client.ends()).isTrue();
        }
        assertThat(backend.requests()).hasSize(1);
    }

    @Test
    void aLargeHeadIs431() throws IOException {
        Proxy proxy = use(proxy().heads(256, 1024, 10).before(answering(OK)));
        for (int size : new int[] {1000, 10_000, 1_000_000}) {
            RawClient client = proxy.client();
            client.trySend("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(size) + "\r\n\r\n");
            assertThat(client.answer().status()).as("%d", size).isEqualTo(431);
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void tooManyFieldsAre431() throws IOException {
        Proxy proxy = use(proxy().heads(256, 1024, 10).before(answering(OK)));
        RawClient fits = proxy.client();
        assertThat(fits.send("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(9) + "\r\n")
                        .answer()
                        .status())
                .isEqualTo(200);
        RawClient client = proxy.client();
        assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(10) + "\r\n")
                        .answer()
                        .status())
                .isEqualTo(431);
    }

    @Test
    void aBodyAnnouncedTooLargeIs413BeforeItIsSent() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = use(proxy().maxBody(1000).before(backend)).client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(413);
        assertThat(client.ends()).isTrue();
        assertThat(backend.connections()).isEmpty();
    }

    @Test
    void chunksThatGrowTooLargeAre413() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().maxBody(1000).before(backend));
        RawClient client = proxy.client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + "64\r\n" + "x".repeat(100)
                + "\r\n");
        backend.connection(0);
        client.trySend(("64\r\n" + "x".repeat(100) + "\r\n").repeat(10));
        assertThat(client.answer().status()).isEqualTo(413);
        assertThat(client.ends()).isTrue();
        backend.connection(0).awaitOver();
        assertThat(backend.everything()).as("never a whole body").doesNotContain("0\r\n\r\n");
        assertThat(proxy.client()
                        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + "x".repeat(1000))
                        .answer()
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aRefusalReachesAClientThatGoesOnSending() throws IOException {
        RawClient client = use(proxy().maxBody(1000).before(answering(OK))).client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
        client.trySend("x".repeat(8_000_000));
        Message answer = client.answer();
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.field("connection")).isEqualTo("close");
    }

    @Test
    void aHeadThatComesTooSlowlyIs408() throws IOException, InterruptedException {
        Proxy proxy = use(proxy().headMillis(200).before(answering(OK)));
        RawClient client = proxy.client();
        client.send("GET / HTTP/1.1\r\n");
        for (int i = 0; i < 4; i++) {
            Thread.sleep(40);
            client.trySend("X: y\r\n");
        }
        assertThat(client.answer().status()).isEqualTo(408);
        assertThat(client.ends()).isTrue();
        assertThat(proxy.failed(Failure.HEAD_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void aConnectionThatNeverSaysAnythingIsClosedWithoutAWord() throws IOException {
        Proxy proxy = use(proxy().headMillis(150).before(answering(OK)));
        assertThat(proxy.client().ends()).isTrue();
        assertThat(proxy.count(Count.REQUESTS)).isZero();
        assertThat(proxy.count(Count.CLOSED_SILENT)).isEqualTo(1);
        assertThat(proxy.count(Count.CLOSED_IDLE)).isZero();
    }

    @Test
    void anIdleConnectionIsClosedWithoutAWord() throws IOException {
        Proxy proxy = use(proxy().idleMillis(150).before(answering(OK)));
        RawClient client = proxy.client();
        client.send(GET).answer();
        assertThat(client.ends()).isTrue();
        assertThat(proxy.count(Count.CLOSED_IDLE)).isEqualTo(1);
        assertThat(proxy.count(Count.CLOSED_SILENT)).isZero();
    }

    @Test
    void theHeadsTimeBeginsWithItsFirstByteOnAKeptConnection() throws Exception {
        Proxy proxy = use(proxy().headMillis(250).idleMillis(5_000).before(answering(OK)));
        RawClient client = proxy.client();
        client.send(GET).answer();
        Thread.sleep(300);
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
        client.send("GET");
        assertThat(client.answer().status()).isEqualTo(408);
    }

    @Test
    void aBodyThatStallsIs408() throws IOException {
        RecordingBackend backend = backend(connection -> connection.request());
        Proxy proxy = use(proxy().bodyMillis(150).before(backend));
        RawClient client = proxy.client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
        assertThat(client.answer().status()).isEqualTo(408);
        assertThat(client.ends()).isTrue();
        backend.connection(0).awaitOver();
        assertThat(proxy.failed(Failure.BODY_TIMEOUT)).isEqualTo(1);
        assertThat(proxy.outcomes()).as("not the backend's fault").noneMatch(outcome -> outcome.blamesBackend());
    }

    @Test
    void aSlowButSteadyBodyArrives() throws Exception {
        RecordingBackend backend = answering(OK);
        RawClient client = use(proxy().bodyMillis(200).firstByteMillis(200).before(backend))
                .client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        for (int i = 0; i < 10; i++) {
            Thread.sleep(60);
            client.send("x");
        }
        assertThat(client.answer().status()).isEqualTo(200);
    }

    @Test
    void moreConnectionsThanAllowedAre503AndClosed() throws IOException {
        Proxy proxy = use(proxy().maxConnections(2).before(answering(OK)));
        RawClient first = proxy.client();
        RawClient second = proxy.client();
        first.send(GET).answer();
        second.send(GET).answer();
        RawClient third = proxy.client();
        Message full = third.answer();
        assertThat(full.status()).isEqualTo(503);
        assertThat(full.field("retry-after")).isEqualTo("1");
        assertThat(full.field("connection")).isEqualTo("close");
        assertThat(third.ends()).isTrue();
        RecordingBackend.await("the count", () -> proxy.count(Count.CONNECTIONS_REFUSED) == 1);
        first.close();
        RecordingBackend.await("one to go", () -> proxy.connections() == 1);
        assertThat(proxy.client().send(GET).answer().status()).isEqualTo(200);
    }

    @Test
    void anAnswerThatNobodyReadsIsGivenUp() throws IOException {
        RecordingBackend backend =
                answering("HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n" + "z".repeat(50_000_000));
        Proxy proxy = use(proxy().writeMillis(200).before(backend));
        RawClient client = proxy.client(4096);
        client.send(GET).until("\r\n\r\n");
        RecordingBackend.await("the failure", () -> proxy.failed(Failure.ANSWER_NOT_READ) == 1);
        RecordingBackend.await("the connection to go", () -> proxy.connections() == 0);
        backend.connection(0).awaitOver();
    }

    @Test
    void aClientThatReadsSlowlyGetsAllOfItsAnswer() throws Exception {
        int size = 3_000_000;
        RecordingBackend backend =
                answering("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n" + "z".repeat(size));
        Proxy proxy = use(proxy().writeMillis(300).before(backend));
        RawClient client = proxy.client(4096);
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").until("\r\n\r\n");
        for (int left = size; left > 0; left -= 30_000) {
            assertThat(client.exactly(Math.min(left, 30_000))).doesNotContain("y");
            Thread.sleep(10);
        }
        assertThat(client.ends()).isTrue();
    }

    @Test
    void theLastBytesReachAClientThatPausesBeforeItReadsThem() throws Exception {
        var size = new AtomicInteger();
        RecordingBackend backend = backend(connection -> {
            while (true) {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size.get() + "\r\n\r\n");
                connection.send(new byte[size.get()]);
            }
        });
        Proxy proxy = proxy(backend);
        // As much as goes into the kernel's buffers and our own when nobody reads: then the exchange is over, but not
        // all
        // is with the kernel. How much that is differs a little from time to time.
        int fits = 8 << 20;
        List<Pausing> pausing = new ArrayList<>();
        for (String story :
                new String[] {"plain", "half-closed", "half-closed late", "pipelined", "pipelined and half-closed"}) {
            RawClient client;
            do {
                size.set(fits -= fits / 25);
                client = proxy.client(4096);
                client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                        + (story.startsWith("pipelined") ? GET : ""));
                if (story.endsWith("half-closed")) {
                    client.halfClose();
                }
                client.until("\r\n\r\n");
            } while (!overSoon(proxy, client));
            if (story.endsWith("late")) {
                client.halfClose();
            }
            pausing.add(new Pausing(story, client, fits));
            if (!story.startsWith("pipelined")) {
                Thread.sleep(100);
                pausing.removeLast().reads();
            }
        }
        // Longer than a client may linger that has nothing left to read.
        Thread.sleep(2_200);
        for (Pausing one : pausing) {
            one.reads();
        }
    }

    /** Who has still to read so much. */
    private record Pausing(String story, RawClient client, int size) {
        void reads() throws IOException {
            assertThat(client.skip()).as(story).isEqualTo(size);
        }
    }

    private static boolean overSoon(Proxy proxy, RawClient client) throws InterruptedException {
        for (int i = 0; i < 30; i++) {
            if (proxy.count(Count.ACTIVE) == 0) {
                return true;
            }
            Thread.sleep(2);
        }
        client.reset();
        RecordingBackend.await("the exchange to end", () -> proxy.count(Count.ACTIVE) == 0);
        return false;
    }

    @Test
    void aClientThatGoesAwayEndsItsExchange() throws IOException {
        var done = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            connection.request();
            done.await();
        });
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        client.send(GET);
        backend.request(0);
        client.reset();
        RecordingBackend.await("the exchange to end", () -> proxy.count(Count.ACTIVE) == 0);
        assertThat(proxy.failed(Failure.CLIENT_GONE)).isEqualTo(1);
        done.countDown();
        backend.connection(0).awaitOver();
    }

    @Test
    void aClientThatGoesAwayWhileSendingEndsItsExchange() throws IOException {
        RecordingBackend backend = backend(connection -> connection.request());
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
        // Before that, a connection still being made would be kept for others.
        RecordingBackend.await("the head", () -> backend.connection(0).size() > 0);
        client.close();
        backend.connection(0).awaitOver();
        assertThat(backend.requests()).isEmpty();
        RecordingBackend.await("the exchange to end", () -> proxy.failed(Failure.CLIENT_GONE) == 1);
    }

    @Test
    void aClientThatEndsItsSideGetsItsAnswer() throws IOException {
        RecordingBackend backend = backend(connection -> {
            while (true) {
                connection.request();
                Thread.sleep(50);
                connection.send(OK);
            }
        });
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        client.send(GET).halfClose();
        assertThat(client.answer().body()).isEqualTo("ok");
        assertThat(client.ends()).isTrue();
        RawClient posting = proxy.client();
        posting.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
                .halfClose();
        assertThat(posting.answer().body()).isEqualTo("ok");
        assertThat(posting.ends()).isTrue();
    }

    @Test
    void aClientThatEndsItsSideGetsALargeAnswerHoweverSlowly() throws Exception {
        int size = 12_000_000;
        RecordingBackend backend = backend(connection -> {
            connection.request();
            Thread.sleep(50);
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            connection.send(new byte[size]);
        });
        RawClient client = proxy(backend).client(4096);
        client.send(GET).halfClose();
        Thread.sleep(150);
        assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 200");
        assertThat(client.skip()).isEqualTo(size);
    }

    @Test
    void aLargeUploadOfAClientThatEndsItsSideReachesASlowBackend() throws Exception {
        int size = 12_000_000;
        RecordingBackend backend = backend(connection -> {
            connection.head();
            Thread.sleep(200);
            long got = 0;
            while (got < size) {
                got += connection.exactly(Math.min(400_000, size - got)).length();
            }
            connection.send(OK);
        });
        RawClient client = proxy(backend).client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
        client.send(new byte[size]).halfClose();
        assertThat(client.answer().body()).isEqualTo("ok");
    }

    @Test
    void aLargeAnswerOfABackendThatClosesReachesASlowClient() throws Exception {
        int size = 12_000_000;
        for (String framing : new String[] {"Content-Length: " + size, "Connection: close"}) {
            RecordingBackend backend = backend(connection -> {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
                connection.send(new byte[size]);
                connection.close();
            });
            RawClient client = proxy(backend).client(4096);
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            Thread.sleep(150);
            assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 200");
            assertThat(client.skip()).as(framing).isEqualTo(size);
        }
    }

    @Test
    void aClientThatEndsItsSideGetsAllItsPipelinedAnswers() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = proxy(backend).client();
        client.send(GET + GET + GET).halfClose();
        for (int i = 0; i < 3; i++) {
            assertThat(client.answer().body()).isEqualTo("ok");
        }
        assertThat(client.ends()).isTrue();
    }

    @Test
    void anAnswerThatComesEarlyReachesAClientThatIsStillSending() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large");
            Thread.sleep(30);
            connection.close();
        });
        for (int i = 0; i < 4; i++) {
            Proxy proxy = proxy(backend);
            RawClient client = proxy.client();
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
            client.trySend("x".repeat(8_000_000));
            Message answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("too large");
            assertThat(answer.field("connection")).isEqualTo("close");
            proxy.close();
        }
    }

    @Test
    void anAnswerThatComesEarlyFromABackendThatClosesAtOnceReachesTheClient() throws IOException {
        // Closing with bytes unread resets: what we still write fails, but the answer was sent before.
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\n\r\ntoo large");
            connection.close();
        });
        int served = 0;
        for (int i = 0; i < 8; i++) {
            Proxy proxy = use(proxy().retries(0).before(backend));
            RawClient client = proxy.client();
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
            client.trySend("x".repeat(3_000_000));
            Message answer = client.answer();
            assertThat(answer.status()).isIn(413, 502);
            served += answer.status() == 413 ? 1 : 0;
            proxy.close();
        }
        assertThat(served).as("early answers of 8").isGreaterThanOrEqualTo(6);
    }

    @Test
    void anEarlyLongAnswerArrivesWholeWhileTheClientSends() throws IOException {
        int size = 2_000_000;
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            connection.send(new byte[size]);
            connection.skip();
        });
        RawClient client = proxy(backend).client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\nhello");
        assertThat(client.answer().body()).hasSize(size);
        assertThat(client.ends()).isTrue();
    }

    @Test
    void aConversationThatStreamsBothWaysWorks() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 20; i++) {
                String chunk = connection.until("\r\n") + connection.until("\r\n");
                connection.send(chunk);
            }
            connection.until("0\r\n\r\n");
            connection.send("0\r\n\r\n");
        });
        RawClient client = proxy(backend).client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 200");
        for (int i = 0; i < 20; i++) {
            client.send("3\r\n" + (100 + i) + "\r\n");
            assertThat(client.until("\r\n") + client.until("\r\n")).isEqualTo("3\r\n" + (100 + i) + "\r\n");
        }
        client.send("0\r\n\r\n");
        assertThat(client.until("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
    }
}
