package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** How connections are kept, reused and ended, and how pipelined requests are served. */
class KeepAliveTest extends DataPlaneTest {
    @Test
    void aRequestReachesTheBackendAndItsAnswerTheClient() throws IOException {
        RecordingBackend backend = answering("HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nX-Kind: small\r\n\r\nhello");
        RawClient client = proxy(backend).client();

        Message answer = client.send("GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\n\r\n")
                .answer();

        assertThat(answer.line()).isEqualTo("HTTP/1.1 200 Fine");
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.field("x-kind")).isEqualTo("small");
        Message seen = backend.request(0);
        assertThat(seen.line()).isEqualTo("GET /a?b=c HTTP/1.1");
        assertThat(seen.field("host")).isEqualTo("example.com");
        assertThat(seen.field("accept")).isEqualTo("*/*");
    }

    @Test
    void aBackendConnectionServesManyRequestsOfManyClients() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = proxy(backend);
        for (int i = 0; i < 10; i++) {
            try (RawClient client = proxy.client()) {
                assertThat(client.send(GET).answer().body()).isEqualTo("ok");
                assertThat(client.send(GET).answer().body()).isEqualTo("ok");
            }
        }
        assertThat(backend.requests()).hasSize(20);
        assertThat(backend.connections()).hasSize(1);
    }

    @Test
    void noMoreConnectionsAreKeptThanAllowed() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = use(proxy().kept(0).before(backend)).client();
        client.send(GET).answer();
        client.send(GET).answer();
        assertThat(backend.connections()).hasSize(2);
        backend.connection(0).awaitOver();
    }

    @Test
    void keptConnectionsAreClosedAfterTheirTime() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = use(proxy().keptMillis(100).before(backend)).client();
        client.send(GET).answer();
        backend.connection(0).awaitOver();
        assertThat(backend.connection(0).ended()).isTrue();
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderAndWorkedOnOneAtATime() throws IOException {
        RecordingBackend backend = backend(connection -> {
            while (true) {
                Message request = connection.request();
                String body = request.target();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            }
        });
        RawClient client = proxy(backend).client();
        var all = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            all.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        client.send(all.toString());
        for (int i = 0; i < 50; i++) {
            assertThat(client.answer().body()).isEqualTo("/" + i);
        }
        // A connection is not used again within the read that ended its answer: more might follow.
        assertThat(backend.connections()).hasSizeBetween(1, 2);
    }

    @Test
    void pipelinedRequestsWithBodiesKeepTheirBorders() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = proxy(backend).client();
        client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
                + "POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                + "GET /4 HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int i = 0; i < 4; i++) {
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(backend.requests()).extracting(Message::target).containsExactly("/1", "/2", "/3", "/4");
        assertThat(backend.requests()).extracting(Message::body).containsExactly("abc", "de", "", "");
    }

    @Test
    void aPipelinedRequestWaitsForTheAnswerBeforeIt() throws IOException, InterruptedException {
        var first = new java.util.concurrent.CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            connection.request();
            first.await();
            connection.send(OK);
            connection.request();
            connection.send(OK);
        });
        RawClient client = proxy(backend).client();
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        backend.request(0);
        assertThat(client.quietFor(100)).isTrue();
        assertThat(backend.everything()).doesNotContain("/2");
        first.countDown();
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(client.answer().status()).isEqualTo(200);
    }

    @Test
    void aClientThatAsksToCloseIsClosed() throws IOException {
        RawClient client = proxy(answering(OK)).client();
        Message answer = client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .answer();
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(client.ends()).isTrue();
    }

    @Test
    void requestsAfterOneThatAskedToCloseAreNotServed() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = proxy(backend).client();
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(client.ends()).isTrue();
        assertThat(backend.everything()).doesNotContain("/2");
    }

    @Test
    void anOldClientIsClosedUnlessItAsksToStay() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = proxy(backend);
        RawClient plain = proxy.client();
        Message answer = plain.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n").answer();
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(plain.ends()).isTrue();

        RawClient keeping = proxy.client();
        for (int i = 0; i < 3; i++) {
            Message kept = keeping.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
                    .answer();
            assertThat(kept.field("connection")).isEqualToIgnoringCase("keep-alive");
        }
        assertThat(backend.connections()).hasSize(1);
        assertThat(backend.request(0).line()).isEqualTo("GET / HTTP/1.1");
    }

    @Test
    void aConnectionServesOnlyAsManyRequestsAsAllowed() throws IOException {
        Proxy proxy = use(proxy().requestsPerConnection(2).before(answering(OK)));
        RawClient client = proxy.client();
        assertThat(client.send(GET).answer().has("connection")).isFalse();
        assertThat(client.send(GET).answer().field("connection")).isEqualTo("close");
        assertThat(client.ends()).isTrue();
        assertThat(proxy.count(Count.CLOSED_REQUESTS)).isEqualTo(1);
    }

    @Test
    void anEmptyLineBeforeARequestIsForgiven() throws IOException {
        RawClient client = proxy(answering(OK)).client();
        assertThat(client.send("\r\n" + GET).answer().status()).isEqualTo(200);
        assertThat(client.send("\r\n" + GET).answer().status()).isEqualTo(200);
    }

    @Test
    void aBackendThatClosesAfterItsAnswerIsNotReused() throws IOException {
        RecordingBackend backend = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        RawClient client = proxy(backend).client();
        for (int i = 0; i < 3; i++) {
            Message answer = client.send(GET).answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.has("connection")).isFalse();
        }
        assertThat(backend.connections()).hasSize(3);
        backend.connection(0).awaitOver();
    }

    @Test
    void anOldBackendIsReusedOnlyWhenItSaysSo() throws IOException {
        RecordingBackend backend = answering(
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok",
                OK);
        RawClient client = proxy(backend).client();
        for (int i = 0; i < 3; i++) {
            assertThat(client.send(GET).answer().line()).isEqualTo("HTTP/1.1 200 OK");
        }
        assertThat(backend.connections()).hasSize(2);
    }

    @Test
    void anIdleConnectionEndsBeforeTheBackendSaysItWill() throws IOException {
        RecordingBackend backend =
                answering("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=50\r\nContent-Length: 2\r\n\r\nok");
        Proxy proxy = use(proxy().keptMillis(60_000).before(backend));
        assertThat(proxy.client().send(GET).answer().field("keep-alive")).isEmpty();
        assertThat(proxy.backend(0).idleLimit().announced()).isEqualTo(1_000_000_000L);
        RecordingBackend.await("its end", () -> backend.connection(0).over());
    }
}
