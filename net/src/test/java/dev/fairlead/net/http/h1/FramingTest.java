package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** How bodies are framed on their way through, whatever the splits of the input. */
class FramingTest extends DataPlaneTest {
    private static final String CHUNKED_ANSWER = "HTTP/1.1 200 OK\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "Trailer: X-Sum\r\n\r\n"
            + "5\r\n"
            + "hello\r\n"
            + "1\r\n"
            + " \r\n"
            + "5;a=b\r\n"
            + "world\r\n"
            + "0\r\n"
            + "X-Sum: 11\r\n\r\n";

    @Test
    void aRequestMaySplitAnywhere() throws IOException, InterruptedException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        String request = "POST /s HTTP/1.1\r\nHost: a\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n2;x=\"y\"\r\nde\r\n0\r\nX-T: u\r\n\r\n";
        for (int split = 1; split < request.length(); split++) {
            client.sendApart(request.substring(0, split), request.substring(split));
            assertThat(client.answer().status()).as("split at %d", split).isEqualTo(200);
        }
        assertThat(backend.requests()).hasSize(request.length() - 1);
        for (Message seen : backend.requests()) {
            assertThat(seen.body()).isEqualTo("abcde");
            assertThat(seen.trailers()).isEqualTo("X-T: u\r\n");
            assertThat(seen.field("x-a")).isEqualTo("b");
        }
    }

    @Test
    void aRequestMayComeByteByByte() throws IOException, InterruptedException {
        RecordingBackend backend = answering(OK);
        RawClient client = proxy(backend).client();
        client.sendApart(
                "POST /s HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcdeGET /t HTTP/1.1\r\nHost: a\r\n\r\n"
                        .split(""));
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(backend.request(0).body()).isEqualTo("abcde");
        assertThat(backend.request(1).target()).isEqualTo("/t");
    }

    @Test
    void anAnswerMaySplitAnywhere() throws IOException {
        RecordingBackend backend = backend(connection -> {
            for (int split = 1; split < CHUNKED_ANSWER.length(); split++) {
                connection.request();
                connection.send(CHUNKED_ANSWER.substring(0, split));
                Thread.sleep(2);
                connection.send(CHUNKED_ANSWER.substring(split));
            }
        });
        RawClient client = proxy(backend).client();
        for (int split = 1; split < CHUNKED_ANSWER.length(); split++) {
            Message answer = client.send(GET).answer();
            assertThat(answer.body()).as("split at %d", split).isEqualTo("hello world");
            assertThat(answer.trailers()).isEqualTo("X-Sum: 11\r\n");
        }
        assertThat(backend.connections()).hasSize(1);
    }

    @Test
    void anAnswerWithALengthMaySplitAnywhere() throws IOException {
        String whole = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";
        RecordingBackend backend = backend(connection -> {
            for (int split = 1; split < whole.length(); split++) {
                connection.request();
                connection.send(whole.substring(0, split));
                Thread.sleep(2);
                connection.send(whole.substring(split));
            }
        });
        RawClient client = proxy(backend).client();
        for (int split = 1; split < whole.length(); split++) {
            assertThat(client.send(GET).answer().body())
                    .as("split at %d", split)
                    .isEqualTo("hello world");
        }
    }

    @Test
    void chunksAreFramedAnewAndExtensionsNeverPassed() throws IOException {
        RecordingBackend backend = answering(CHUNKED_ANSWER);
        RawClient client = proxy(backend).client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "00000005;name=\"va;l\\\"ue\";other\r\nhello\r\n00;last\r\nX-Sum: 5\r\n\r\n");
        Message answer = client.answer();
        assertThat(answer.framing()).isEqualTo("chunked");
        assertThat(answer.body()).isEqualTo("hello world");
        assertThat(answer.trailers()).isEqualTo("X-Sum: 11\r\n");
        assertThat(backend.request(0).body()).isEqualTo("hello");
        assertThat(backend.request(0).trailers()).isEqualTo("X-Sum: 5\r\n");
        assertThat(backend.everything()).doesNotContain("name").doesNotContain("last");
        assertThat(client.received()).doesNotContain("a=b");
    }

    @Test
    void trailersThatWouldSpeakInTheHeadAreDropped() throws IOException {
        RecordingBackend backend = answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\nx\r\n0\r\nContent-Length: 5\r\nX-Ok: 1\r\nSet-Cookie: a=b\r\n\r\n");
        RawClient client = proxy(backend).client();
        client.send("POST / HTTP/1.1\r\n"
                + "Host: a\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + "1\r\n"
                + "x\r\n"
                + "0\r\n"
                + "Host: b\r\n"
                + "Transfer-Encoding: chunked\r\n"
                + "X-Ok: 2\r\n"
                + "X-Forwarded-For: 1.1.1.1\r\n\r\n");
        assertThat(client.answer().trailers()).isEqualTo("X-Ok: 1\r\n");
        assertThat(backend.request(0).trailers()).isEqualTo("X-Ok: 2\r\n");
    }

    @Test
    void manyTinyChunksArriveWhole() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = proxy(backend).client();
        var body = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            body.append("1\r\n").append((char) ('a' + i % 26)).append("\r\n");
        }
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body + "0\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(backend.request(0).body()).hasSize(5000).startsWith("abcdefghij");
    }

    @Test
    void bodiesOfEverySizeAroundTheBuffersArriveUnchanged() throws IOException {
        RecordingBackend backend = backend(connection -> {
            while (true) {
                Message request = connection.request();
                String body = request.body();
                connection.send(
                        request.framing().equals("chunked")
                                ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                        + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n"
                                : "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            }
        });
        RawClient client = proxy(backend).client();
        for (int size :
                new int[] {1, 2, 255, 256, 511, 512, 513, 1024, 4095, 4096, 4097, 65_535, 65_536, 300_000, 1 << 20}) {
            String body = text(size);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n" + body);
            assertThat(client.answer().body().equals(body))
                    .as("length %d", size)
                    .isTrue();
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(size)
                    + "\r\n" + body + "\r\n0\r\n\r\n");
            assertThat(client.answer().body().equals(body)).as("chunk %d", size).isTrue();
        }
        assertThat(backend.connections()).hasSize(1);
    }

    private static String text(int size) {
        var text = new StringBuilder(size);
        for (int i = 0; i < size; i++) {
            text.append((char) ('!' + (i * 31 + i / 251) % 90));
        }
        return text.toString();
    }

    @Test
    void aRequestWithALengthOfZeroHasNoBody() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = proxy(backend).client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(backend.request(0).field("content-length")).isEqualTo("0");
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
    }

    @Test
    void anAnswerUntilCloseBecomesChunksForANewClient() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\n\r\nhello");
            Thread.sleep(20);
            connection.send(" world");
            connection.close();
        });
        RawClient client = proxy(backend).client();
        for (int i = 0; i < 2; i++) {
            Message answer = client.send(GET).answer();
            assertThat(answer.framing()).isEqualTo("chunked");
            assertThat(answer.body()).isEqualTo("hello world");
        }
        assertThat(backend.connections()).hasSize(2);
    }

    @Test
    void anAnswerUntilCloseStaysOneForAnOldClient() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\n\r\nhello world");
            connection.close();
        });
        RawClient client = proxy(backend).client();
        Message answer =
                client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").answer();
        assertThat(answer.framing()).isEqualTo("close");
        assertThat(answer.body()).isEqualTo("hello world");
        assertThat(answer.field("connection")).isEqualTo("close");
    }

    @Test
    void aChunkedAnswerReachesAnOldClientWithoutChunks() throws IOException {
        RecordingBackend backend = answering(CHUNKED_ANSWER);
        RawClient client = proxy(backend).client();
        Message answer = client.send("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
                .answer();
        assertThat(answer.framing()).isEqualTo("close");
        assertThat(answer.body()).isEqualTo("hello world");
        assertThat(answer.field("connection")).isEqualTo("close");
    }

    @Test
    void anEmptyAnswerUntilCloseEnds() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.0 200 OK\r\n\r\n");
            connection.close();
        });
        assertThat(proxy(backend).client().send(GET).answer().body()).isEmpty();
    }

    @Test
    void answersToHeadHaveNoBodyWhateverTheyAnnounce() throws IOException {
        RecordingBackend backend = answering(
                "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
                OK);
        RawClient client = proxy(backend).client();
        String head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
        assertThat(client.send(head).answerToHead().field("content-length")).isEqualTo("1234");
        assertThat(client.send(head).answerToHead().status()).isEqualTo(200);
        assertThat(client.send(head).answerToHead().status()).isEqualTo(200);
        assertThat(client.send(GET).answer().body()).isEqualTo("ok");
        assertThat(backend.connections()).hasSize(1);
    }

    @Test
    void noContentAndNotModifiedHaveNoBody() throws IOException {
        RecordingBackend backend = answering(
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nETag: \"x\"\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
                OK);
        RawClient client = proxy(backend).client();
        Message none = client.send(GET).answer();
        assertThat(none.status()).isEqualTo(204);
        assertThat(none.has("transfer-encoding")).isFalse();
        Message unchanged = client.send(GET).answer();
        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.field("content-length")).isEqualTo("99");
        assertThat(client.send(GET).answer().status()).isEqualTo(304);
        Message zero = client.send(GET).answer();
        assertThat(zero.has("content-length"))
                .as("RFC 9110 8.6: no length in a 204")
                .isFalse();
        assertThat(client.send(GET).answer().body()).isEqualTo("ok");
        assertThat(backend.connections()).hasSize(1);
    }

    @Test
    void resetContentEndsWithoutClosing() throws IOException {
        RecordingBackend backend = answering(
                "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 205 Reset Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                OK);
        RawClient client = proxy(backend).client();
        assertThat(client.send(GET).answer().status()).isEqualTo(205);
        assertThat(client.send(GET).answer().status()).isEqualTo(205);
        assertThat(client.send(GET).answer().body()).isEqualTo("ok");
    }

    @Test
    void aClientThatWaitsToBeToldToGoOnIsToldByTheBackend() throws IOException {
        RecordingBackend backend = backend(connection -> {
            String head = connection.head();
            assertThat(head).containsIgnoringCase("expect: 100-continue");
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            connection.exactly(5);
            connection.send(OK);
            connection.request();
            connection.send(OK);
        });
        RawClient client = proxy(backend).client();
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.answer().status()).isEqualTo(100);
        client.send("hello");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(client.send(GET).answer().status()).isEqualTo(200);
        assertThat(backend.connections()).hasSize(1);
    }

    @Test
    void aClientThatDoesNotWaitIsServedAsWell() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            connection.exactly(5);
            connection.send(OK);
        });
        RawClient client = proxy(backend).client();
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello");
        assertThat(client.answer().status()).isEqualTo(100);
        assertThat(client.answer().status()).isEqualTo(200);
    }

    @Test
    void aFinalAnswerInsteadOfGoOnReachesTheClientAndEndsTheConnection() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send("HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno");
        });
        RawClient client = proxy(backend).client();
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        Message answer = client.answer();
        assertThat(answer.status()).isEqualTo(417);
        assertThat(answer.field("connection")).isEqualTo("close");
        client.trySend("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.ends()).isTrue();
        backend.connection(0).awaitOver();
        assertThat(backend.everything()).doesNotContain("smuggled");
    }

    @Test
    void anOldClientsExpectationIsNotPassedOn() throws IOException {
        RecordingBackend backend = answering(OK);
        RawClient client = proxy(backend).client();
        client.send("PUT / HTTP/1.0\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(backend.request(0).has("expect")).isFalse();
    }

    @Test
    void interimAnswersPassBeforeTheFinalOne() throws IOException {
        RecordingBackend backend = answering(
                "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + OK);
        RawClient client = proxy(backend).client();
        Message early = client.send(GET).answer();
        assertThat(early.status()).isEqualTo(103);
        assertThat(early.field("link")).isEqualTo("</a.css>; rel=preload");
        assertThat(client.answer().status()).isEqualTo(103);
        assertThat(client.answer().body()).isEqualTo("ok");
        assertThat(client.send(GET).answer().status()).isEqualTo(103);
    }

    @Test
    void interimAnswersAreKeptFromOldClients() throws IOException {
        RecordingBackend backend = answering("HTTP/1.1 103 Early Hints\r\n\r\n" + OK);
        Message answer = proxy(backend)
                .client()
                .send("GET / HTTP/1.0\r\nHost: a\r\n\r\n")
                .answer();
        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void interimAnswersWithoutEndAreCut() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.request();
            for (int i = 0; i < 1000; i++) {
                connection.send("HTTP/1.1 103 Early Hints\r\n\r\n");
            }
        });
        RawClient client = use(proxy().retries(0).before(backend)).client();
        client.send(GET);
        Message answer = client.answer();
        for (int i = 0; answer.status() == 103 && i < 100; i++) {
            answer = client.answer();
        }
        assertThat(answer.status()).isEqualTo(502);
    }

    @Test
    void anAnswerCutShortOfItsLengthIsCutShortForTheClient() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            connection.close();
        });
        RawClient client = proxy(backend).client();
        client.send(GET);
        assertThatThrownBy(client::answer).isInstanceOf(EOFException.class);
    }

    @Test
    void aChunkedAnswerWithoutItsEndHasNoneForTheClient() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            connection.close();
        });
        RawClient client = proxy(backend).client();
        client.send(GET);
        assertThatThrownBy(client::answer).isInstanceOf(EOFException.class);
    }

    @Test
    void aResetAnswerUntilCloseNeverLooksWhole() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\n\r\nhello");
            Thread.sleep(50);
            connection.reset();
        });
        Proxy proxy = proxy(backend);
        RawClient newer = proxy.client();
        newer.send(GET);
        assertThatThrownBy(newer::answer).as("no last chunk").isInstanceOf(EOFException.class);
        RawClient older = proxy.client();
        older.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        assertThatThrownBy(older::answer).as("a reset").isInstanceOf(java.net.SocketException.class);
    }

    @Test
    void brokenChunksCutTheAnswer() throws IOException {
        RecordingBackend backend =
                answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n");
        RawClient client = proxy(backend).client();
        client.send(GET);
        assertThatThrownBy(client::answer).isInstanceOf(EOFException.class);
        backend.connection(0).awaitOver();
    }
}
