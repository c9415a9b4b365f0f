package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** When a request goes to another backend, and when it must not. */
class RetryTest extends DataPlaneTest {
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";

    /** An address where nobody listens. */
    private static InetSocketAddress nobody() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
    }

    @Test
    void aRefusedConnectionSendsAnyRequestToTheNextBackend() throws IOException {
        RecordingBackend good = answering(OK);
        Proxy proxy = use(proxy().before(nobody(), good.address()));
        RawClient client = proxy.client();
        for (int i = 0; i < 5; i++) {
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
            assertThat(client.send(POST).answer().status()).isEqualTo(200);
        }
        assertThat(good.requests()).hasSize(10);
        assertThat(good.requests())
                .filteredOn(r -> r.line().startsWith("POST"))
                .extracting(Message::body)
                .containsOnly("hello");
        assertThat(proxy.count(Count.RETRIES)).isPositive();
        assertThat(proxy.outcomes()).contains(Outcome.CONNECT_FAILED).contains(Outcome.OK);
    }

    @Test
    void aLargeUploadSurvivesARefusedConnection() throws IOException {
        RecordingBackend good = answering(OK);
        Proxy proxy = use(proxy().before(nobody(), nobody(), good.address()));
        String body = "0123456789".repeat(100_000);
        Message answer = proxy.client()
                .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(good.request(0).body().equals(body)).isTrue();
    }

    @Test
    void whenAllRefuseTheClientIsToldSo() throws IOException {
        Proxy proxy = use(proxy().before(nobody(), nobody()));
        RawClient client = proxy.client();
        Message answer = client.send(GET).answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("connect-refused");
        assertThat(client.send(GET).answer().status()).isEqualTo(503);
        assertThat(proxy.failed(Failure.CONNECT_REFUSED)).isEqualTo(2);
    }

    @Test
    void withoutRetriesTheFirstRefusalIsTheAnswer() throws IOException {
        Proxy proxy = use(proxy().retries(0).before(nobody(), answering(OK).address()));
        assertThat(proxy.client().send(GET).answer().status()).isEqualTo(503);
    }

    @Test
    void aConnectionThatIsNeverAcceptedTimesOutAndTheNextBackendServes() throws Exception {
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<java.net.Socket> fillers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                var filler = new java.net.Socket();
                fillers.add(filler);
                try {
                    filler.connect(full.getLocalSocketAddress(), 50);
                } catch (IOException e) {
                    break;
                }
            }
            var address = new InetSocketAddress(full.getInetAddress(), full.getLocalPort());
            Proxy proxy =
                    use(proxy().connectMillis(150).before(address, answering(OK).address()));
            assertThat(proxy.client().send(POST).answer().status()).isEqualTo(200);
            assertThat(proxy.outcomes()).contains(Outcome.CONNECT_FAILED);
            Proxy alone = use(proxy().connectMillis(150).before(address));
            Message answer = alone.client().send(GET).answer();
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("connect-timeout");
            for (java.net.Socket filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void aKeptConnectionThatTheBackendClosedCostsNoRequest() throws Exception {
        for (boolean reset : new boolean[] {false, true}) {
            RecordingBackend backend = backend(connection -> {
                connection.request();
                connection.send(OK);
                if (reset) {
                    Thread.sleep(10);
                    connection.reset();
                } else {
                    connection.close();
                }
            });
            Proxy proxy = proxy(backend);
            RawClient client = proxy.client();
            for (int i = 0; i < 30; i++) {
                assertThat(client.send(GET).answer().status()).isEqualTo(200);
                Thread.sleep(i % 4 * 4L);
            }
            // Nobody can save a POST that crosses the end of its connection, but one that comes later is safe.
            RecordingBackend.await("the backend's connections to go", () -> proxy.kept() == 0);
            assertThat(client.send(POST).answer().status()).isEqualTo(200);
            assertThat(backend.requests()).hasSize(31);
        }
    }

    /** The backend reads the second request of its connection and closes without an answer: it may have acted on it. */
    private RecordingBackend closingOnSecond(boolean reset) {
        return backend(connection -> {
            connection.request();
            connection.send(OK);
            connection.request();
            if (reset) {
                connection.reset();
            } else {
                connection.close();
            }
        });
    }

    @Test
    void aGetThatFindsItsKeptConnectionDyingIsServedByAnotherBackend() throws IOException {
        for (boolean reset : new boolean[] {false, true}) {
            RecordingBackend dying = closingOnSecond(reset);
            RecordingBackend good = answering(OK);
            Proxy proxy = proxy(dying, good);
            RawClient client = proxy.client();
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(GET).answer().status()).isEqualTo(200);
            }
            assertThat(proxy.count(Count.RETRIES)).isEqualTo(1);
            assertThat(dying.connections()).as("never the same backend twice").hasSize(1);
            assertThat(proxy.outcomes()).as("the keep-alive race blames nobody").doesNotContain(Outcome.BROKEN);
        }
    }

    @Test
    void theOnlyBackendIsAskedAgainOnANewConnection() throws IOException {
        for (boolean reset : new boolean[] {false, true}) {
            RecordingBackend dying = closingOnSecond(reset);
            Proxy proxy = proxy(dying);
            RawClient client = proxy.client();
            for (int i = 0; i < 4; i++) {
                assertThat(client.send(GET).answer().status()).isEqualTo(200);
            }
            assertThat(dying.connections()).hasSize(4);
            assertThat(proxy.count(Count.RETRIES)).isEqualTo(3);
        }
    }

    @Test
    void aPostIsNeverSentTwice() throws IOException {
        for (boolean reset : new boolean[] {false, true}) {
            for (String post : new String[] {POST, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"}) {
                RecordingBackend dying = closingOnSecond(reset);
                RecordingBackend other = closingOnSecond(reset);
                Proxy proxy = proxy(dying, other);
                RawClient client = proxy.client();
                client.send(GET).answer();
                client.send(GET).answer();
                Message answer = client.send(post).answer();
                assertThat(answer.status()).isEqualTo(502);
                long posts = dying.requests().stream()
                                .filter(r -> r.line().startsWith("POST"))
                                .count()
                        + other.requests().stream()
                                .filter(r -> r.line().startsWith("POST"))
                                .count();
                assertThat(posts).isEqualTo(1);
                assertThat(proxy.count(Count.RETRIES)).isZero();
            }
        }
    }

    @Test
    void anAnswerThatNeverBeginsIsA504() throws IOException {
        var done = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            connection.request();
            done.await();
        });
        Proxy proxy = use(proxy().firstByteMillis(150).retries(0).before(backend));
        Message answer = proxy.client().send(GET).answer();
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.body()).contains("first-byte-timeout");
        done.countDown();
        backend.connection(0).awaitOver();
        assertThat(proxy.outcomes()).containsExactly(Outcome.TIMED_OUT);
    }

    @Test
    void aGetThatIsNotAnsweredInTimeIsSentToAnother() throws IOException {
        var done = new CountDownLatch(1);
        RecordingBackend hanging = backend(connection -> {
            connection.request();
            done.await();
        });
        RecordingBackend good = answering(OK);
        Proxy proxy = use(proxy().firstByteMillis(150).before(hanging, good));
        RawClient client = proxy.client();
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
        done.countDown();
    }

    @Test
    void aPostThatIsNotAnsweredInTimeIsNotSentAgain() throws IOException {
        var done = new CountDownLatch(1);
        RecordingBackend.Script hang = connection -> {
            connection.request();
            done.await();
        };
        RecordingBackend first = backend(hang);
        RecordingBackend second = backend(hang);
        Proxy proxy = use(proxy().firstByteMillis(150).before(first, second));
        assertThat(proxy.client().send(POST).answer().status()).isEqualTo(504);
        assertThat(first.requests().size() + second.requests().size()).isEqualTo(1);
        done.countDown();
    }

    @Test
    void anAnswerThatStallsIsCut() throws IOException {
        var done = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            done.await();
        });
        Proxy proxy = use(proxy().answerIdleMillis(150).before(backend));
        RawClient client = proxy.client();
        client.send(GET);
        client.until("hello");
        assertThat(client.ends()).isTrue();
        RecordingBackend.await("the failure", () -> proxy.failed(Failure.ANSWER_STALLED) == 1);
        done.countDown();
    }

    @Test
    void moreThanTheCapIsRefusedAtOnce() throws IOException {
        var done = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            while (true) {
                connection.request();
                done.await();
                connection.send(OK);
            }
        });
        Proxy proxy = use(proxy().cap(2).before(backend));
        RawClient first = proxy.client().send(GET);
        RawClient second = proxy.client().send(GET);
        backend.request(1);
        RawClient third = proxy.client();
        Message answer = third.send(GET).answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("all-busy");
        assertThat(answer.has("retry-after")).isTrue();
        done.countDown();
        assertThat(first.answer().status()).isEqualTo(200);
        assertThat(second.answer().status()).isEqualTo(200);
        assertThat(third.send(GET).answer().status()).isEqualTo(200);
    }

    @Test
    void retriesStayWithinTheirBudget() throws IOException {
        Proxy proxy = use(proxy().retryBudget(0.01).before(nobody(), nobody(), nobody()));
        RawClient client = proxy.client();
        for (int i = 0; i < 50; i++) {
            assertThat(client.send(GET).answer().status()).isEqualTo(503);
        }
        assertThat(proxy.count(Count.RETRIES)).isBetween(10L, 14L);
        assertThat(proxy.retriesRefused()).as("requests that wanted one more").isBetween(36L, 50L);
    }

    @Test
    void manyLoopsHaveTogetherTheBudgetOfOne() throws IOException {
        Proxy proxy = use(proxy().loops(10).retryBudget(0.01).before(nobody(), nobody(), nobody()));
        for (int i = 0; i < 60; i++) {
            assertThat(proxy.client().send(GET).answer().status()).isEqualTo(503);
        }
        assertThat(proxy.count(Count.RETRIES)).isBetween(1L, 14L);
    }

    @Test
    void whatWaitsOnABackendThatGoesDownMovesWhenItMay() throws IOException {
        var done = new CountDownLatch(1);
        RecordingBackend hanging = backend(connection -> {
            connection.request();
            done.await();
        });
        RecordingBackend good = answering(OK);
        Proxy proxy = use(proxy().before(hanging, good));
        RawClient client = proxy.client();
        client.send(GET);
        hanging.request(0);
        proxy.down(0);
        assertThat(client.answer().status()).isEqualTo(200);
        done.countDown();
        hanging.connection(0).awaitOver();
    }

    @Test
    void aPostThatWaitsOnABackendThatGoesDownStays() throws IOException {
        var done = new CountDownLatch(1);
        RecordingBackend slow = backend(connection -> {
            connection.request();
            done.await();
            connection.send(OK);
        });
        RecordingBackend other = answering(OK);
        Proxy proxy = use(proxy().before(slow, other));
        RawClient client = proxy.client();
        client.send(POST);
        slow.request(0);
        proxy.down(0);
        assertThat(client.quietFor(100)).isTrue();
        done.countDown();
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(other.requests()).isEmpty();
    }

    @Test
    void whatWaitsOnTheLastBackendStaysWhenItGoesDown() throws IOException {
        var done = new CountDownLatch(1);
        RecordingBackend slow = backend(connection -> {
            connection.request();
            done.await();
            connection.send(OK);
        });
        Proxy proxy = use(proxy().before(slow));
        RawClient client = proxy.client();
        client.send(GET);
        slow.request(0);
        proxy.down(0);
        assertThat(client.quietFor(100)).as("there is nobody else to ask").isTrue();
        done.countDown();
        assertThat(client.answer().status()).isEqualTo(200);
    }

    @Test
    void idleConnectionsToABackendThatGoesDownClose() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().before(backend));
        proxy.client().send(GET).answer();
        proxy.down(0);
        backend.connection(0).awaitOver();
        Message answer = proxy.client().send(GET).answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("all-down");
    }

    private static final String BUSY = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy";

    private RecordingBackend busy() {
        return answering(BUSY);
    }

    @Test
    void aStatusThatAnotherBackendMayDoBetterThanIsNotPassedOn() throws IOException {
        RecordingBackend busy = busy();
        RecordingBackend good = answering(OK);
        Proxy proxy = use(proxy().retryStatuses("502-504").backOffMillis(5).before(busy, good));
        RawClient client = proxy.client();
        for (int i = 0; i < 6; i++) {
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
        }
        assertThat(busy.requests()).isNotEmpty();
        assertThat(proxy.count(Count.RETRIES)).isEqualTo(busy.requests().size());
        RecordingBackend.await("the lines", () -> proxy.lines().toString().contains("\"retried\":\"status-503\""));
        assertThat(proxy.outcomes()).contains(Outcome.SERVER_ERROR);
    }

    @Test
    void whereNoOtherIsLeftTheBackendsOwnAnswerIsPassedOn() throws IOException {
        Proxy proxy = use(proxy().retryStatuses("503").before(busy(), busy()));
        Message answer = proxy.client().send(GET).answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("busy");
        assertThat(proxy.count(Count.RETRIES)).isEqualTo(1);
    }

    @Test
    void aPostIsSentAgainOnlyWithAKey() throws IOException {
        RecordingBackend busy = busy();
        RecordingBackend good = answering(OK);
        Proxy proxy = use(proxy().retryStatuses("503").before(busy, good));
        RawClient client = proxy.client();
        int plain = 0;
        for (int i = 0; i < 4; i++) {
            plain += client.send(POST).answer().status() == 503 ? 1 : 0;
        }
        for (String useless : List.of("Idempotency-Key:", "Idempotency-Key: a\r\nIdempotency-Key: b")) {
            String keyed = POST.replace("Host: a", "Host: a\r\n" + useless);
            for (int i = 0; i < 4; i++) {
                plain += client.send(keyed).answer().status() == 503 ? 1 : 0;
            }
        }
        assertThat(plain).isEqualTo(busy.requests().size()).isPositive();
        int before = busy.requests().size();
        String keyed = POST.replace("Host: a", "Host: a\r\nIdempotency-Key: \"k1\"");
        for (int i = 0; i < 4; i++) {
            assertThat(client.send(keyed).answer().status()).isEqualTo(200);
        }
        assertThat(busy.requests().size()).isGreaterThan(before);
        assertThat(good.requests())
                .filteredOn(request -> request.line().startsWith("POST"))
                .extracting(Message::body)
                .containsOnly("hello");
    }

    @Test
    void aBodyInPiecesIsSentAgainWholeUpToItsLimit() throws IOException {
        RecordingBackend busy = busy();
        RecordingBackend good = answering(OK);
        Proxy proxy = use(proxy().retryStatuses("503").replay(1000).before(busy, good));
        RawClient client = proxy.client();
        for (int size : new int[] {1000, 1000, 1001, 1001}) {
            int atBusy = busy.requests().size();
            String half = "x".repeat(size / 2);
            String rest = "y".repeat(size - size / 2);
            String head = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            client.send(head + Integer.toHexString(half.length()) + "\r\n" + half + "\r\n");
            RecordingBackend.await(
                    "its first half",
                    () -> busy.everything().endsWith(half + "\r\n")
                            || good.everything().endsWith(half + "\r\n"));
            client.send(Integer.toHexString(rest.length()) + "\r\n" + rest + "\r\n0\r\n\r\n");
            boolean refused = busy.requests().size() > atBusy;
            int status = client.answer().status();
            if (size == 1000) {
                assertThat(status).isEqualTo(200);
                assertThat(good.requests().getLast().body()).isEqualTo(half + rest);
            } else if (refused) {
                assertThat(status).isEqualTo(503);
            }
        }
        assertThat(proxy.count(Count.RETRIES)).isPositive();
    }

    @Test
    void aLargeChunkedBodyIsSentAgainInItsOrderWhileMoreOfItArrives() throws Exception {
        RecordingBackend busy = backend(connection -> {
            connection.head();
            connection.exactly(1 << 20);
            connection.send(BUSY);
        });
        RecordingBackend good = answering(OK);
        Proxy proxy = use(
                proxy().retryStatuses("503").backOffMillis(200).replay(16 << 20).before(busy, good));
        for (int i = 0; i < 4; i++) {
            RawClient client = proxy.client();
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            var expected = new StringBuilder();
            for (int piece = 0; piece < 40; piece++) {
                String data = Character.toString('a' + piece % 26).repeat(50_000);
                expected.append(data);
                client.send(Integer.toHexString(data.length()) + "\r\n" + data + "\r\n");
                if (piece > 25) {
                    Thread.sleep(5);
                }
            }
            client.send("0\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(good.requests().getLast().body().equals(expected.toString()))
                    .isTrue();
        }
        assertThat(proxy.count(Count.RETRIES)).isPositive();
    }
}
