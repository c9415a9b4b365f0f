package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Answers that must not be believed, and connections that must not be used again. */
class BadAnswerTest extends DataPlaneTest {
    /** Each is answered 502, or passed on as one clean answer; its connection never serves another request. */
    private static final List<String> BAD = List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\nok",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
            "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\n Content-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nX y\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 600 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 2x0 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1\t200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200\tOK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 O\0K\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/11 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            " HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "hello, I am no web server\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n"
                    + "Content-Length: 2\r\n"
                    + "Content-Length: 3\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\n"
                    + "Content-Length: 0\r\n\r\n");

    @Test
    void badAnswersAre502AndTheirConnectionsAreNeverUsedAgain() throws IOException {
        for (String bad : BAD) {
            RecordingBackend backend = answering(bad, OK);
            Proxy proxy = proxy(backend);
            RawClient client = proxy.client();
            Message answer = client.send(GET).answer();
            assertThat(answer.status()).as(bad).isEqualTo(502);
            assertThat(answer.has("connection"))
                    .as("the client's own connection goes on")
                    .isFalse();
            assertThat(client.send(GET).answer().body()).as("after " + bad).isEqualTo("ok");
            assertThat(backend.connections()).as(bad).hasSize(2);
            backend.connection(0).awaitOver();
            assertThat(proxy.failed(Failure.BAD_ANSWER)).isEqualTo(1);
            closeQuietly(proxy, backend);
        }
    }

    private static void closeQuietly(Proxy proxy, RecordingBackend backend) {
        proxy.close();
        backend.close();
    }

    @Test
    void badAnswersAreNotRetried() throws IOException {
        RecordingBackend first = answering("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n");
        RecordingBackend second = answering("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n");
        RawClient client = proxy(first, second).client();
        assertThat(client.send(GET).answer().status()).isEqualTo(502);
        assertThat(first.requests().size() + second.requests().size()).isEqualTo(1);
    }

    @Test
    void bytesBehindAnAnswerAreNeverTheNextAnswer() throws IOException {
        String poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
        for (String before : new String[] {
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        }) {
            RecordingBackend backend = answering(before + poison, OK);
            Proxy proxy = proxy(backend);
            RawClient client = proxy.client();
            int status = client.send(GET).answer().status();
            assertThat(status).as(before).isEqualTo(Integer.parseInt(before.substring(9, 12)));
            assertThat(client.send(GET).answer().body()).as(before).isEqualTo("ok");
            assertThat(backend.connections()).hasSize(2);
            backend.connection(0).awaitOver();
            closeQuietly(proxy, backend);
        }
    }

    @Test
    void aBodyBehindAnAnswerToHeadIsNeverTheNextAnswer() throws IOException {
        RecordingBackend backend = answering(
                "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n" + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
                OK);
        RawClient client = proxy(backend).client();
        assertThat(client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                        .answerToHead()
                        .status())
                .isEqualTo(200);
        assertThat(client.send(GET).answer().body()).isEqualTo("ok");
        assertThat(backend.connections()).hasSize(2);
    }

    @Test
    void bytesOnAnIdleConnectionCloseIt() throws IOException {
        var sent = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            while (true) {
                connection.request();
                connection.send(OK);
                if (connection.number() == 0) {
                    Thread.sleep(20);
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
                    sent.countDown();
                }
            }
        });
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        client.send(GET).answer();
        backend.connection(0).awaitOver();
        assertThat(proxy.kept()).isZero();
        assertThat(client.send(GET).answer().body()).isEqualTo("ok");
    }

    @Test
    void anAnswerHeadTooLargeIs502() throws IOException {
        RecordingBackend backend = answering("HTTP/1.1 200 OK\r\nX: " + "y".repeat(70_000) + "\r\n\r\n");
        Proxy proxy = proxy(backend);
        assertThat(proxy.client().send(GET).answer().status()).isEqualTo(502);
        assertThat(proxy.failed(Failure.ANSWER_HEAD_TOO_LARGE)).isEqualTo(1);
    }

    @Test
    void anAnswerWithTooManyFieldsIs502() throws IOException {
        RecordingBackend backend = answering("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(1000) + "\r\n");
        assertThat(proxy(backend).client().send(GET).answer().status()).isEqualTo(502);
    }

    @Test
    void aFastAnswerHeadWithAHugeBodyIsNoHeadTooLarge() throws IOException {
        int size = 500_000;
        RecordingBackend backend = answering("HTTP/1.1 200 OK\r\nX: " + "y".repeat(30_000) + "\r\nContent-Length: "
                + size + "\r\n\r\n" + "z".repeat(size));
        assertThat(proxy(backend).client().send(GET).answer().body()).hasSize(size);
    }

    @Test
    void fieldsOfTheConnectionAreNotPassedToTheClient() throws IOException {
        RecordingBackend backend = answering("HTTP/1.1 200 OK\r\n"
                + "Connection: keep-alive, X-Hop\r\n"
                + "Keep-Alive: timeout=5\r\n"
                + "X-Hop: secret\r\n"
                + "X-Stays: 1\r\n"
                + "Proxy-Authenticate: Basic\r\n"
                + "Upgrade: h2c\r\n"
                + "Content-Length: 2\r\n\r\n"
                + "ok");
        Message answer = proxy(backend).client().send(GET).answer();
        for (String name : new String[] {"connection", "keep-alive", "x-hop", "proxy-authenticate", "upgrade"}) {
            assertThat(answer.has(name)).as(name).isFalse();
        }
        assertThat(answer.field("x-stays")).isEqualTo("1");
        assertThat(answer.has("date")).isTrue();
    }

    @Test
    void theLengthCannotBeNamedAwayAndOthersCan() throws IOException {
        RecordingBackend backend = answering("HTTP/1.1 200 OK\r\n"
                + "Connection: close, Content-Length, X-Mine\r\n"
                + "X-Mine: a=b\r\n"
                + "Content-Length: 2\r\n\r\n"
                + "ok");
        Message answer = proxy(backend).client().send(GET).answer();
        assertThat(answer.framing()).isEqualTo("length");
        assertThat(answer.has("x-mine")).isFalse();
    }
}
