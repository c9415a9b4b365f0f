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
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Who is blamed where it could look like someone else's fault. */
class BlameTest extends DataPlaneTest {
    /** Answers the first request, then does this with the second and closes. */
    private RecordingBackend secondly(RecordingBackend.Script what) {
        return backend(connection -> {
            connection.request();
            connection.send(OK);
            connection.request();
            what.serve(connection);
            connection.close();
        });
    }

    @Test
    void aBackendThatHasWorkedOnARequestDidNotJustCloseAKeptConnection() throws IOException {
        RecordingBackend crashes = secondly(connection -> Thread.sleep(1200));
        Proxy proxy = proxy(crashes);
        RawClient client = proxy.client();
        client.send(GET).answer();
        Message answer = client.send(GET).answer();
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body()).contains("backend-closed");
        assertThat(crashes.connections()).as("never the same backend twice").hasSize(1);
        assertThat(proxy.failed(Failure.BACKEND_STALE)).isZero();
        assertThat(proxy.outcomes()).containsExactly(Outcome.OK, Outcome.BROKEN);
    }

    @Test
    void norDidOneThatHasBegunToAnswer() throws IOException {
        RecordingBackend crashes = secondly(connection -> connection.send("HTTP/1.1 200"));
        Proxy proxy = proxy(crashes);
        RawClient client = proxy.client();
        client.send(GET).answer();
        assertThat(client.send(GET).answer().body()).contains("backend-closed");
        assertThat(crashes.connections()).hasSize(1);
        assertThat(proxy.outcomes()).containsExactly(Outcome.OK, Outcome.BROKEN);
    }

    @Test
    void norDidOneThatHasSaidSomething() throws IOException {
        Proxy proxy = proxy(secondly(connection -> connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")));
        RawClient client = proxy.client();
        client.send(GET).answer();
        assertThat(client.send(GET).answer().status()).isEqualTo(103);
        assertThat(client.answer().body()).contains("backend-closed");
        assertThat(proxy.outcomes()).containsExactly(Outcome.OK, Outcome.BROKEN);
    }

    @Test
    void whatNoOtherBackendCanDoIsNoRetry() throws IOException {
        InetSocketAddress nobody;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
        Proxy proxy = use(proxy().before(nobody));
        assertThat(proxy.client().send(GET).answer().body()).contains("connect-refused");
        assertThat(proxy.count(Count.RETRIES)).isZero();
        RecordingBackend.await("its line", () -> !proxy.lines().isEmpty());
        assertThat(proxy.lines().get(0)).doesNotContain("retried");
    }

    @Test
    void whoSendsAsFastAsTheBackendReadsIsNotToBlame() throws IOException {
        var done = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            connection.head();
            done.await();
        });
        Proxy proxy = use(proxy().exchangeMillis(400).before(backend));
        RawClient client = proxy.client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
        var sending = new Thread(() -> {
            for (int i = 0; i < 1000; i++) {
                client.trySend("x".repeat(1_000_000));
            }
        });
        sending.start();
        try {
            assertThat(client.head()).startsWith("HTTP/1.1 504 ").contains("Connection: close");
            assertThat(proxy.failed(Failure.EXCHANGE_TIMEOUT)).isEqualTo(1);
            assertThat(proxy.outcomes()).containsExactly(Outcome.TIMED_OUT);
        } finally {
            done.countDown();
            client.close();
        }
    }

    @Test
    void whoWaitsInTheLineIsNotToBlameForABodyThatNobodyReads() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
            connection.rest();
        });
        Proxy proxy = use(proxy().cap(1).queue(10, 10_000).exchangeMillis(300).before(backend));
        // A tunnel has no such limit, and so keeps its place.
        RawClient tunnel =
                proxy.client().send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        tunnel.head();
        RawClient client = proxy.client()
                .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + "x".repeat(100_000));
        assertThat(client.answer().body()).contains("exchange-timeout");
        tunnel.close();
    }

    @Test
    void whoDoesNotSendItsBodyIs() throws IOException {
        Proxy proxy = use(proxy().exchangeMillis(200).before(answering(OK)));
        RawClient client = proxy.client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        Message answer = client.answer();
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.body()).contains("body-timeout");
    }
}
