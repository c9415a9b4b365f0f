package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** When a connection becomes a tunnel, when it must not, and how tunnels end. */
class UpgradeTest extends DataPlaneTest {
    private static final String ASK = "GET /chat HTTP/1.1\r\n"
            + "Host: a\r\n"
            + "Connection: Upgrade\r\n"
            + "Upgrade: websocket\r\n"
            + "Sec-WebSocket-Key: x\r\n\r\n";
    private static final String SWITCH = "HTTP/1.1 101 Switching Protocols\r\n"
            + "Connection: Upgrade\r\n"
            + "Upgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: y\r\n\r\n";

    @Test
    void bytesPassBothWaysAfterTheSwitch() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send(SWITCH);
            for (int i = 0; i < 100; i++) {
                connection.send("<" + connection.exactly(4) + ">");
            }
        });
        RawClient client = proxy(backend).client();
        Message answer = client.send(ASK).answer();
        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.field("upgrade")).isEqualTo("websocket");
        assertThat(answer.field("connection")).isEqualToIgnoringCase("upgrade");
        assertThat(answer.field("sec-websocket-accept")).isEqualTo("y");
        for (int i = 0; i < 100; i++) {
            String word = String.format("%04d", i);
            assertThat(client.send(word).exactly(6)).isEqualTo("<" + word + ">");
        }
        String head = backend.everything();
        assertThat(head).containsIgnoringCase("Connection: Upgrade\r\n").containsIgnoringCase("Upgrade: websocket\r\n");
    }

    @Test
    void whatComesWithTheSwitchPasses() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send(SWITCH + "first");
            connection.exactly(3);
            connection.send("second");
        });
        RawClient client = proxy(backend).client();
        assertThat(client.send(ASK).answer().status()).isEqualTo(101);
        assertThat(client.exactly(5)).isEqualTo("first");
        client.send("abc");
        assertThat(client.exactly(6)).isEqualTo("second");
    }

    @Test
    void noByteReachesTheBackendAsATunnelBeforeItsSwitch() throws IOException {
        var go = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            connection.head();
            go.await();
            connection.send(SWITCH);
            connection.exactly(5);
            connection.send("ok");
        });
        RawClient client = proxy(backend).client();
        client.send(ASK + "early");
        assertThat(client.quietFor(100)).isTrue();
        assertThat(backend.everything()).doesNotContain("early");
        go.countDown();
        assertThat(client.answer().status()).isEqualTo(101);
        assertThat(client.exactly(2)).isEqualTo("ok");
    }

    @Test
    void withoutASwitchWhatFollowsIsTheNextRequest() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = proxy(backend).client();
        client.send(ASK + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(backend.request(1).target()).isEqualTo("/next");
        assertThat(backend.request(1).has("via")).as("it was seen as a request").isTrue();
    }

    @Test
    void bytesThatAreNoRequestAfterARefusedSwitchAreRefused() throws IOException {
        RecordingBackend backend = answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        RawClient client = proxy(backend).client();
        client.send(ASK + "\u0081\u0085frame");
        assertThat(client.answer().status()).isEqualTo(403);
        assertThat(client.answer().status()).isEqualTo(400);
        assertThat(client.ends()).isTrue();
        assertThat(backend.everything()).doesNotContain("frame");
    }

    @Test
    void aSwitchNobodyAskedForIsABadAnswer() throws IOException {
        RecordingBackend backend = answering(SWITCH);
        RawClient client = proxy(backend).client();
        assertThat(client.send(GET).answer().status()).isEqualTo(502);
        backend.connection(0).awaitOver();
    }

    @Test
    void aSwitchToPlainHttp2IsNeverAskedFor() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = proxy(backend);
        for (String protocol : new String[] {"h2c", "H2C", "h2", "websocket, h2c"}) {
            RawClient client = proxy.client();
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: " + protocol
                    + "\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
        for (Message seen : backend.requests()) {
            assertThat(seen.has("upgrade")).isFalse();
            assertThat(seen.has("http2-settings")).isFalse();
            assertThat(seen.has("connection")).isFalse();
        }
    }

    @Test
    void anUpgradeThatConnectionDoesNotNameIsDropped() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = proxy(backend).client();
        client.send("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n").answer();
        assertThat(backend.request(0).has("upgrade")).isFalse();
    }

    @Test
    void anUpgradeOfARequestWithABodyIsDropped() throws IOException {
        RecordingBackend backend = answering(SWITCH);
        RawClient client = proxy(backend).client();
        client.send("POST / HTTP/1.1\r\n"
                + "Host: a\r\n"
                + "Connection: Upgrade\r\n"
                + "Upgrade: websocket\r\n"
                + "Content-Length: 2\r\n\r\n"
                + "hi");
        assertThat(client.answer().status()).isEqualTo(502);
        assertThat(backend.request(0).has("upgrade")).isFalse();
    }

    @Test
    void aClientThatEndsItsSideStillHearsTheBackend() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send(SWITCH);
            String all = connection.rest();
            connection.send("got " + all);
            connection.close();
        });
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        client.send(ASK).answer();
        client.send("hello").halfClose();
        assertThat(client.rest()).isEqualTo("got hello");
        RecordingBackend.await("the end of the exchange", () -> proxy.count(Count.ACTIVE) == 0);
        assertThat(proxy.backend(0).inflight()).isZero();
    }

    @Test
    void aBackendThatEndsItsSideStillHearsTheClient() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send(SWITCH + "bye");
            connection.halfClose();
            connection.rest();
        });
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        client.send(ASK).answer();
        assertThat(client.rest()).isEqualTo("bye");
        client.send("still here").halfClose();
        backend.connection(0).awaitOver();
        assertThat(backend.everything()).endsWith("still here");
        RecordingBackend.await("the end of the exchange", () -> proxy.count(Count.ACTIVE) == 0);
        RecordingBackend.await("the client's connection to go", () -> proxy.connections() == 0);
    }

    @Test
    void aTunnelThatBothSidesEndedLeavesNoConnection() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send(SWITCH);
            connection.rest();
            connection.halfClose();
            connection.rest();
        });
        Proxy proxy = use(proxy().tunnelMillis(300).before(backend));
        RawClient client = proxy.client();
        client.send(ASK).answer();
        client.halfClose();
        assertThat(client.ends()).isTrue();
        backend.connection(0).awaitOver();
        RecordingBackend.await("the end of the exchange", () -> proxy.count(Count.ACTIVE) == 0);
        // Past the tunnel's own deadline, which must not find anything to end.
        RawClient other = proxy.client();
        assertThat(other.quietFor(500)).isTrue();
    }

    @Test
    void aResetClientEndsTheBackendsSide() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send(SWITCH);
            connection.rest();
        });
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        client.send(ASK).answer();
        client.reset();
        backend.connection(0).awaitOver();
        RecordingBackend.await("the end of the exchange", () -> proxy.count(Count.ACTIVE) == 0);
    }

    @Test
    void aResetBackendEndsTheClientsSide() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send(SWITCH);
            Thread.sleep(30);
            connection.reset();
        });
        RawClient client = proxy(backend).client();
        client.send(ASK).answer();
        assertThat(client.ends()).isTrue();
    }

    @Test
    void anIdleTunnelIsEnded() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send(SWITCH);
            connection.rest();
        });
        RawClient client = use(proxy().tunnelMillis(150).before(backend)).client();
        client.send(ASK).answer();
        assertThat(client.ends()).isTrue();
        backend.connection(0).awaitOver();
    }

    @Test
    void aLotPassesThroughATunnel() throws IOException {
        int size = 8 << 20;
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send(SWITCH);
            connection.send(new byte[size]);
            connection.halfClose();
            long got = connection.skip();
            assertThat(got).isEqualTo(size);
        });
        RawClient client = proxy(backend).client();
        client.send(ASK).answer();
        Thread sender = Thread.ofVirtual().start(() -> {
            try {
                client.send(new byte[size]).halfClose();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertThat(client.skip()).isEqualTo(size);
        backend.connection(0).awaitOver();
        assertThat(backend.connection(0).broken()).isNull();
        assertThat(sender.isAlive()).isFalse();
    }
}
