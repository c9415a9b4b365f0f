package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Fault;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.ProxyPlan;
import dev.fairlead.net.http.Hedges.Result;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a request is sent to a second backend while the first has not answered, and what becomes of the two. */
class HedgeTest extends DataPlaneTest {
    private static final int AFTER = 40;
    private static final String FIRST = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst";
    private static final String SECOND = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond";
    private static final String BUSY = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy";

    private final CountDownLatch go = new CountDownLatch(1);

    private ProxyPlan hedging() {
        return proxy().hedge(AFTER, 1);
    }

    /** Answers when it is told to. */
    private RecordingBackend slow(String answer) {
        return backend(connection -> {
            while (true) {
                connection.request();
                go.await();
                connection.send(answer);
            }
        });
    }

    /** Closes its connection, without an answer, when it is told to. */
    private RecordingBackend failing(CountDownLatch when) {
        return backend(connection -> {
            connection.request();
            when.await();
            connection.close();
        });
    }

    private static InetSocketAddress nobody() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
    }

    private static void line(Proxy proxy, String part) {
        RecordingBackend.await(
                "a line with " + part, () -> proxy.lines().toString().contains(part));
    }

    @Test
    void aSlowBackendIsOvertakenByASecondOne() throws Exception {
        RecordingBackend slow = slow(FIRST);
        RecordingBackend quick = answering(SECOND);
        Proxy proxy = use(hedging().before(slow, quick));
        RawClient client = proxy.client();
        assertThat(client.send(GET).answer().body()).isEqualTo("second");
        go.countDown();
        slow.connection(0).awaitOver();
        assertThat(proxy.outcomes()).containsExactly(Outcome.OVERTAKEN, Outcome.OK);
        assertThat(proxy.hedges(Result.WON)).isEqualTo(1);
        assertThat(proxy.count(Count.RETRIES)).isZero();
        line(proxy, "\"backend\":\"" + proxy.backend(1).key().address() + "\",\"tries\":2");
        line(proxy, "\"hedged\":\"won\",\"other\":\"" + proxy.backend(0).key().address() + "\"");
        // Only the winner's connection is kept.
        RecordingBackend.await("one kept connection", () -> proxy.kept() == 1);
        assertThat(proxy.backend(0).latency().nanos()).isGreaterThan(AFTER * 1e6);
        assertThat(client.send(GET).answer().body()).isEqualTo("first");
        assertThat(slow.connections()).hasSize(2);
    }

    @Test
    void bothGetTheSameRequest() throws Exception {
        RecordingBackend slow = slow(FIRST);
        RecordingBackend quick = answering(SECOND);
        Proxy proxy = use(hedging().before(slow, quick));
        String head = "GET /a?b=c HTTP/1.1\r\nHost: x.example\r\nX-Own: 1\r\n\r\n";
        assertThat(proxy.client().send(head).answer().status()).isEqualTo(200);
        assertThat(quick.request(0).head()).isEqualTo(slow.request(0).head());
        go.countDown();
    }

    @Test
    void whoAnswersInTimeIsTheOnlyOneAsked() throws Exception {
        RecordingBackend one = answering(FIRST);
        RecordingBackend other = answering(SECOND);
        Proxy proxy = use(hedging().before(one, other));
        RawClient client = proxy.client();
        for (int i = 0; i < 20; i++) {
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
        }
        Thread.sleep(2 * AFTER);
        assertThat(one.requests().size() + other.requests().size()).isEqualTo(20);
        assertThat(proxy.outcomes()).containsOnly(Outcome.OK);
    }

    @Test
    void theFirstMayStillWin() throws Exception {
        var never = new CountDownLatch(1);
        RecordingBackend slow = slow(FIRST);
        RecordingBackend slower = failing(never);
        Proxy proxy = use(hedging().before(slow, slower));
        RawClient client = proxy.client().send(GET);
        slower.request(0);
        go.countDown();
        assertThat(client.answer().body()).isEqualTo("first");
        never.countDown();
        slower.connection(0).awaitOver();
        assertThat(proxy.outcomes()).containsExactly(Outcome.DROPPED, Outcome.OK);
        assertThat(proxy.hedges(Result.LOST)).isEqualTo(1);
        line(proxy, "\"hedged\":\"lost\"");
        assertThat(proxy.kept()).isEqualTo(1);
    }

    @Test
    void whenTheSecondFailsTheFirstGoesOn() throws Exception {
        RecordingBackend bad = failing(new CountDownLatch(0));
        for (InetSocketAddress second : List.of(bad.address(), nobody())) {
            var answer = new CountDownLatch(1);
            RecordingBackend slow = backend(connection -> {
                connection.request();
                answer.await();
                connection.send(FIRST);
            });
            Proxy proxy = use(hedging().retries(0).before(slow.address(), second));
            RawClient client = proxy.client().send(GET);
            RecordingBackend.await("its failure", () -> proxy.outcomes().size() == 1);
            assertThat(client.quietFor(50)).isTrue();
            answer.countDown();
            assertThat(client.answer().body()).isEqualTo("first");
            assertThat(proxy.hedges(Result.FAILED)).isEqualTo(1);
            assertThat(proxy.outcomes()).last().isEqualTo(Outcome.OK);
        }
    }

    @Test
    void whenTheFirstFailsTheSecondGoesOn() throws Exception {
        var fail = new CountDownLatch(1);
        RecordingBackend bad = failing(fail);
        RecordingBackend slow = slow(SECOND);
        Proxy proxy = use(hedging().retries(0).before(bad, slow));
        RawClient client = proxy.client().send(GET);
        slow.request(0);
        fail.countDown();
        assertThat(client.quietFor(50)).isTrue();
        go.countDown();
        assertThat(client.answer().body()).isEqualTo("second");
        assertThat(proxy.outcomes()).containsExactly(Outcome.BROKEN, Outcome.OK);
        assertThat(proxy.hedges(Result.WON)).isEqualTo(1);
        assertThat(client.send(GET).answer().status())
                .as("the connection goes on")
                .isIn(200, 502);
    }

    @Test
    void onlyWhenBothHaveFailedIsItOverOrTriedAnew() throws Exception {
        for (int retries = 0; retries < 2; retries++) {
            var fail = new CountDownLatch(1);
            RecordingBackend one = failing(fail);
            RecordingBackend two = failing(fail);
            RecordingBackend three = answering(OK);
            Proxy proxy = use(hedging().retries(retries).before(one, two, three));
            RawClient client = proxy.client().send(GET);
            two.request(0);
            fail.countDown();
            assertThat(client.answer().status()).isEqualTo(retries == 0 ? 502 : 200);
            assertThat(proxy.count(Count.RETRIES)).isEqualTo(retries);
            assertThat(proxy.hedges(Result.FAILED)).isEqualTo(1);
        }
    }

    @Test
    void onlyGetAndHeadWithoutBodyAreSentTwice() throws Exception {
        RecordingBackend slow = slow(FIRST);
        RecordingBackend other = slow(SECOND);
        Proxy proxy = use(hedging().before(slow, other));
        List<RawClient> clients = new ArrayList<>();
        for (String request : List.of(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
                "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
                "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")) {
            clients.add(proxy.client().send(request));
        }
        RecordingBackend.await(
                "all of them", () -> slow.requests().size() + other.requests().size() == clients.size());
        Thread.sleep(2 * AFTER);
        assertThat(slow.requests().size() + other.requests().size()).isEqualTo(clients.size());
        RawClient head = proxy.client().send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        RecordingBackend.await(
                "a HEAD at both",
                () -> slow.requests().size() + other.requests().size() == clients.size() + 2);
        head.reset();
        go.countDown();
        for (RawClient client : clients) {
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void secondSendingsStayWithinTheirBudget() throws Exception {
        RecordingBackend slow = slow(FIRST);
        RecordingBackend other = slow(SECOND);
        Proxy proxy = use(proxy().hedge(AFTER, 0.01).before(slow, other));
        for (int i = 0; i < 40; i++) {
            var _ = proxy.client().send(GET);
        }
        RecordingBackend.await(
                "some twice", () -> slow.requests().size() + other.requests().size() >= 50);
        assertThat(proxy.client().send(GET).quietFor(2 * AFTER)).isTrue();
        assertThat(slow.requests().size() + other.requests().size()).isBetween(51, 54);
        go.countDown();
    }

    @Test
    void whereTheOthersHaveNoPlaceNothingIsSentTwice() throws Exception {
        RecordingBackend one = slow(FIRST);
        RecordingBackend other = slow(SECOND);
        Proxy proxy = use(hedging().cap(1).before(one, other));
        RawClient first = proxy.client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        one.request(0);
        RawClient second = proxy.client().send(GET);
        other.request(0);
        assertThat(second.quietFor(2 * AFTER)).isTrue();
        assertThat(one.requests()).hasSize(1);
        go.countDown();
        assertThat(first.answer().body()).isEqualTo("first");
        assertThat(second.answer().body()).isEqualTo("second");
        for (Result result : Result.values()) {
            assertThat(proxy.hedges(result)).isZero();
        }
    }

    @Test
    void aClientThatLeavesEndsBoth() throws Exception {
        RecordingBackend one = slow(FIRST);
        RecordingBackend other = slow(SECOND);
        Proxy proxy = use(hedging().before(one, other));
        RawClient client = proxy.client().send(GET);
        other.request(0);
        client.reset();
        RecordingBackend.await("both to be over", () -> proxy.outcomes().size() == 2);
        assertThat(proxy.outcomes()).containsOnly(Outcome.CLIENT_GONE);
        go.countDown();
        one.connection(0).awaitOver();
        other.connection(0).awaitOver();
        assertThat(proxy.kept()).isZero();
    }

    @Test
    void whenTheirTimeIsOverBothEnd() throws Exception {
        RecordingBackend one = slow(FIRST);
        RecordingBackend other = slow(SECOND);
        Proxy proxy = use(hedging().exchangeMillis(300).before(one, other));
        Message answer = proxy.client().send(GET).answer();
        assertThat(answer.status()).isEqualTo(504);
        assertThat(other.requests()).hasSize(1);
        assertThat(proxy.failed(Failure.EXCHANGE_TIMEOUT)).isEqualTo(1);
        assertThat(proxy.hedges(Result.FAILED)).isEqualTo(1);
        go.countDown();
    }

    @Test
    void anAnswerThatTheOtherMayDoBetterThanDoesNotWin() throws Exception {
        RecordingBackend slow = slow(FIRST);
        RecordingBackend busy = answering(BUSY);
        Proxy proxy = use(hedging().retryStatuses("502-504").before(slow, busy));
        RawClient client = proxy.client().send(GET);
        RecordingBackend.await("the refusal", () -> proxy.outcomes().contains(Outcome.SERVER_ERROR));
        assertThat(client.quietFor(50)).isTrue();
        go.countDown();
        assertThat(client.answer().body()).isEqualTo("first");
        assertThat(proxy.hedges(Result.FAILED)).isEqualTo(1);
        assertThat(proxy.count(Count.RETRIES)).isZero();
    }

    @Test
    void aLateRefusalOfTheFirstDoesNotWinEither() throws Exception {
        var never = new CountDownLatch(1);
        RecordingBackend busy = slow(BUSY);
        RecordingBackend slow = backend(connection -> {
            connection.request();
            never.await();
            connection.send(SECOND);
        });
        Proxy proxy = use(hedging().retryStatuses("502-504").before(busy, slow));
        RawClient client = proxy.client().send(GET);
        slow.request(0);
        go.countDown();
        assertThat(client.quietFor(50)).isTrue();
        never.countDown();
        assertThat(client.answer().body()).isEqualTo("second");
        assertThat(proxy.outcomes()).containsExactly(Outcome.SERVER_ERROR, Outcome.OK);
        assertThat(proxy.hedges(Result.WON)).isEqualTo(1);
        // The last one's refusal is an answer like any other.
        RecordingBackend last = answering(BUSY);
        RecordingBackend gone = failing(new CountDownLatch(0));
        Proxy both = use(hedging().retryStatuses("502-504").retries(0).before(gone, last));
        assertThat(both.client().send(GET).answer().status()).isEqualTo(502);
    }

    @Test
    void aSecondThatIsStillConnectingIsGivenUpOrWaitedFor() throws Exception {
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> fillers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                var filler = new Socket();
                fillers.add(filler);
                try {
                    filler.connect(full.getLocalSocketAddress(), 50);
                } catch (IOException e) {
                    break;
                }
            }
            var unreachable = new InetSocketAddress(full.getInetAddress(), full.getLocalPort());
            RecordingBackend slow = slow(FIRST);
            Proxy proxy = use(hedging().connectMillis(1_500).before(slow.address(), unreachable));
            RawClient client = proxy.client().send(GET);
            RecordingBackend.await("the second", () -> proxy.backend(1).inflight() == 1);
            go.countDown();
            assertThat(client.answer().body()).isEqualTo("first");
            assertThat(proxy.outcomes()).containsExactly(Outcome.UNUSED, Outcome.OK);

            var fail = new CountDownLatch(1);
            RecordingBackend bad = failing(fail);
            Proxy alone = use(hedging().connectMillis(500).retries(0).before(bad.address(), unreachable));
            RawClient other = alone.client().send(GET);
            RecordingBackend.await("the second", () -> alone.backend(1).inflight() == 1);
            fail.countDown();
            Message answer = other.answer();
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).contains("connect-timeout");
            assertThat(alone.outcomes()).containsExactly(Outcome.BROKEN, Outcome.CONNECT_FAILED);
            for (Socket filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void whoGoesDownLeavesItToTheOther() throws Exception {
        for (int down = 0; down < 2; down++) {
            var answer = new CountDownLatch(1);
            RecordingBackend.Script late = connection -> {
                connection.request();
                answer.await();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            };
            RecordingBackend one = backend(late);
            RecordingBackend other = backend(late);
            Proxy proxy = use(hedging().retries(0).before(one, other));
            RawClient client = proxy.client().send(GET);
            other.request(0);
            proxy.down(down);
            RecordingBackend.await("one to be over", () -> proxy.outcomes().size() == 1);
            assertThat(client.quietFor(50)).isTrue();
            answer.countDown();
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(proxy.hedges(down == 0 ? Result.WON : Result.FAILED)).isEqualTo(1);
        }
    }

    @Test
    void aFaultThatIsActedOutIsOvertakenLikeAnyOther() throws Exception {
        RecordingBackend slow = slow(FIRST);
        RecordingBackend quick = answering(SECOND);
        Proxy proxy = use(hedging().retryStatuses("500").before(slow, quick));
        proxy.backend(1).fault(new Fault.Errors(1));
        RawClient client = proxy.client().send(GET);
        RecordingBackend.await("the error", () -> proxy.outcomes().contains(Outcome.SERVER_ERROR));
        go.countDown();
        assertThat(client.answer().body()).isEqualTo("first");
        Proxy other = use(hedging().before(failing(new CountDownLatch(1)), quick));
        other.backend(1).fault(new Fault.Errors(1));
        assertThat(other.client().send(GET).answer().status()).isEqualTo(500);
        assertThat(other.hedges(Result.WON)).isEqualTo(1);
    }

    @Test
    void manyAtOnceAreEachAnsweredOnce() throws Exception {
        RecordingBackend one = backend(connection -> {
            for (int i = 0; ; i++) {
                connection.request();
                Thread.sleep(i % 3 == 0 ? 12 : 0);
                connection.send(FIRST);
            }
        });
        RecordingBackend other = backend(connection -> {
            for (int i = 0; ; i++) {
                connection.request();
                Thread.sleep(i % 4 == 0 ? 12 : 0);
                connection.send(SECOND);
            }
        });
        Proxy proxy = use(proxy().loops(2).hedge(10, 1).before(one, other));
        List<Thread> threads = new ArrayList<>();
        var served = new AtomicInteger();
        for (int i = 0; i < 16; i++) {
            RawClient client = proxy.client();
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int n = 0; n < 50; n++) {
                        assertThat(client.send(GET).answer().body()).isIn("first", "second");
                        served.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(served).hasValue(16 * 50);
        RecordingBackend.await("all lines", () -> proxy.lines().size() == 16 * 50);
        assertThat(proxy.outcomes()).doesNotContain(Outcome.BROKEN, Outcome.CLIENT_GONE);
    }
}
