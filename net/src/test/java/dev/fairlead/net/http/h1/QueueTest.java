package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairlead.core.config.RuntimeConfig.TransportKind;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** What happens to requests while every backend is at its cap. */
class QueueTest extends DataPlaneTest {
    private final Semaphore go = new Semaphore(0);

    /** Answers one request for each permit. */
    private RecordingBackend slow() {
        return backend(connection -> {
            while (true) {
                connection.request();
                go.acquire();
                connection.send(OK);
            }
        });
    }

    private static void waits(Proxy proxy, int count) {
        RecordingBackend.await(count + " to wait", () -> proxy.waiting() == count);
    }

    @Test
    void whoWaitsIsServedInOrderOverAllLoops() throws IOException {
        RecordingBackend backend = slow();
        Proxy proxy = use(proxy().loops(2).cap(1).queue(10, 10_000).before(backend));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            clients.add(proxy.client().send("GET /" + i + " HTTP/1.1\r\nHost: a\r\n\r\n"));
            if (i == 0) {
                backend.request(0);
            } else {
                waits(proxy, i);
            }
        }
        go.release(6);
        for (RawClient client : clients) {
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(backend.requests())
                .extracting(request -> request.target())
                .containsExactly("/0", "/1", "/2", "/3", "/4", "/5");
        RecordingBackend.await("the lines", () -> proxy.lines().toString().contains("\"path\":\"/5\""));
        assertThat(proxy.lines().toString()).contains("\"queue\":");
    }

    @Test
    void aFullQueueAndALongWaitAreAnswered503() throws IOException {
        RecordingBackend backend = slow();
        Proxy proxy = use(proxy().cap(1).queue(1, 200).before(backend));
        RawClient first = proxy.client().send(GET);
        backend.request(0);
        RawClient second = proxy.client().send(GET);
        waits(proxy, 1);
        Message full = proxy.client().send(GET).answer();
        assertThat(full.status()).isEqualTo(503);
        assertThat(full.body()).contains("queue-full");
        assertThat(full.field("retry-after")).isEqualTo("1");
        Message late = second.answer();
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.body()).contains("queue-timeout");
        assertThat(proxy.failed(Failure.QUEUE_TIMEOUT)).isEqualTo(1);
        assertThat(proxy.failed(Failure.QUEUE_FULL)).isEqualTo(1);
        assertThat(proxy.waiting()).isZero();
        go.release(2);
        assertThat(first.answer().status()).isEqualTo(200);
        // The connection of a request that waited in vain is as good as any.
        assertThat(second.send(GET).answer().status()).isEqualTo(200);
    }

    @Test
    void aRequestWhoseClientLeftNeverReachesTheBackend() throws IOException {
        RecordingBackend backend = slow();
        Proxy proxy = use(proxy().cap(1).queue(10, 10_000).before(backend));
        RawClient first = proxy.client().send(GET);
        backend.request(0);
        RawClient gone = proxy.client().send("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n");
        RawClient reset = proxy.client().send("GET /reset HTTP/1.1\r\nHost: a\r\n\r\n");
        waits(proxy, 2);
        gone.close();
        reset.reset();
        waits(proxy, 0);
        go.release(2);
        assertThat(first.answer().status()).isEqualTo(200);
        assertThat(proxy.client()
                        .send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
                        .answer()
                        .status())
                .isEqualTo(200);
        assertThat(backend.requests()).extracting(request -> request.target()).containsExactly("/", "/next");
        assertThat(proxy.failed(Failure.LEFT_QUEUE)).isEqualTo(2);
    }

    @Test
    void whoLeavesWithBytesUnreadIsDroppedFromTheLine() throws Exception {
        assumeTrue(transport != TransportKind.NIO, "NIO tells of an end only to who reads on");
        for (String story : new String[] {"pipelined", "body", "body in parts", "half-closed", "known before"}) {
            RecordingBackend backend = slow();
            Proxy proxy = use(proxy().cap(1).queue(10, 10_000).before(backend));
            RawClient first = proxy.client().send(GET);
            backend.request(0);
            RawClient gone = proxy.client();
            String body = "x".repeat(40_000);
            String post = "POST /gone HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n";
            switch (story) {
                case "pipelined" -> gone.send("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n" + GET);
                case "body in parts" -> {
                    gone.send(post);
                    waits(proxy, 1);
                    gone.sendApart(body.substring(0, 1_000), body.substring(1_000, 20_000), body.substring(20_000));
                }
                default -> gone.send(post + body);
            }
            if (!story.equals("known before")) {
                waits(proxy, 1);
                Thread.sleep(20);
            }
            if (story.equals("half-closed")) {
                gone.halfClose();
                Message told = gone.answer();
                assertThat(told.status()).isEqualTo(503);
                assertThat(told.field("connection")).isEqualTo("close");
            } else {
                gone.close();
            }
            RecordingBackend.await(story + " to be taken for gone", () -> proxy.waiting() == 0);
            RecordingBackend.await(
                    story + " to be counted",
                    () -> proxy.failed(Failure.LEFT_QUEUE) + proxy.failed(Failure.CLIENT_GONE) == 1);
            go.release(1);
            assertThat(first.answer().status()).as(story).isEqualTo(200);
            go.release(1);
            assertThat(proxy.client().send(GET).answer().status()).isEqualTo(200);
            assertThat(backend.requests())
                    .as(story)
                    .hasSize(2)
                    .noneMatch(r -> r.target().equals("/gone"));
            proxy.close();
        }
    }

    @Test
    void aFairLineTellsClientsBehindATrustedProxyApart() throws Exception {
        for (String[] addresses : new String[][] {
            {"198.51.100.1", "198.51.100.1", "203.0.113.77"}, {"2001:db8:1::1", "2001:db8:1::2", "2001:db8:2::1"}
        }) {
            RecordingBackend backend = slow();
            Proxy proxy = use(proxy().cap(1)
                    .queue(10, 10_000)
                    .fair()
                    .trusting("127.0.0.0/8")
                    .before(backend));
            List<RawClient> clients = new ArrayList<>();
            clients.add(proxy.client().send(GET));
            backend.request(0);
            for (int i = 0; i < 4; i++) {
                String address = addresses[i == 3 ? 2 : i & 1];
                clients.add(proxy.client()
                        .send("GET /" + i + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + address + "\r\n\r\n"));
                waits(proxy, i + 1);
            }
            go.release(5);
            for (RawClient client : clients) {
                assertThat(client.answer().status()).isEqualTo(200);
            }
            List<String> order =
                    backend.requests().stream().map(request -> request.target()).toList();
            assertThat(order.indexOf("/3"))
                    .as("the turn of another client, %s", order)
                    .isBetween(1, 2);
            assertThat(order.indexOf("/0")).isBetween(1, 2);
        }
    }

    @Test
    void pipelinedRequestsOfWhoEndedItsSideAreAnsweredWhileThereIsAPlace() throws Exception {
        RecordingBackend backend = slow();
        Proxy proxy = use(proxy().cap(1).queue(10, 10_000).before(backend));
        RawClient client = proxy.client().send(GET + GET).halfClose();
        backend.request(0);
        go.release(2);
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(client.ends()).isTrue();
    }

    @Test
    void aBodyWaitsWithItsRequest() throws Exception {
        RecordingBackend backend = slow();
        Proxy proxy = use(proxy().cap(1).queue(10, 10_000).before(backend));
        RawClient first = proxy.client().send(GET);
        backend.request(0);
        String body = "0123456789".repeat(100_000);
        RawClient second = proxy.client();
        Thread sender = Thread.ofVirtual().start(() -> {
            try {
                second.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        waits(proxy, 1);
        go.release(2);
        assertThat(first.answer().status()).isEqualTo(200);
        assertThat(second.answer().status()).isEqualTo(200);
        assertThat(sender.join(Duration.ofSeconds(10))).isTrue();
        assertThat(backend.request(1).body().equals(body)).isTrue();
    }

    @Test
    void oneSlowBackendHoldsOnlyItsOwnShare() throws IOException {
        RecordingBackend stuck = slow();
        RecordingBackend quick = answering(OK);
        Proxy proxy = use(proxy().cap(3).queue(30, 10_000).before(stuck, quick));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            clients.add(proxy.client().send(GET));
        }
        RecordingBackend.await("27 answers", () -> proxy.count(Count.STATUS_2XX) == 27);
        assertThat(stuck.requests()).hasSize(3);
        go.release(3);
        for (RawClient client : clients) {
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aWholeExchangeHasItsTime() throws IOException {
        RecordingBackend backend = slow();
        Proxy proxy = use(proxy().exchangeMillis(200).before(backend));
        Message late = proxy.client().send(GET).answer();
        assertThat(late.status()).isEqualTo(504);
        assertThat(late.body()).contains("exchange-timeout");
        assertThat(proxy.failed(Failure.EXCHANGE_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void whoWaitsForASecondBackendInVainHasNoConnectionInItsLine() throws IOException {
        RecordingBackend slow = slow();
        RecordingBackend breaks = backend(connection -> {
            connection.request();
            connection.close();
        });
        Proxy proxy = use(proxy().cap(1).queue(10, 200).before(slow, breaks));
        RawClient first = proxy.client().send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
        slow.request(0);
        Message late =
                proxy.client().send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n").answer();
        assertThat(late.body()).contains("queue-timeout");
        RecordingBackend.await("its line", () -> proxy.lines().toString().contains("/late"));
        String line = proxy.lines().stream()
                .filter(l -> l.contains("/late"))
                .findFirst()
                .orElseThrow();
        assertThat(line)
                .contains("\"retried\":\"backend-closed\"")
                .contains("\"queue\":")
                .doesNotContain("\"connect\":");
        go.release(1);
        assertThat(first.answer().status()).isEqualTo(200);
    }
}
