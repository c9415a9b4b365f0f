package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/** Exchanges that live are not cut, ends are told apart, and no answer reaches the wrong request. */
class PatienceTest extends DataPlaneTest {
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\n";

    @Test
    void aSurplusAnswerInTheNextReadNeverReachesTheNextRequest() throws IOException {
        // The first answer fills the first receive buffer to the byte, so the surplus comes in a read of its own.
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 2007\r\n\r\n";
        String first = head + "a".repeat(2007);
        assertThat(first).hasSize(2048);
        RecordingBackend backend = backend(connection -> {
            boolean stray = true;
            while (true) {
                String target = connection.request().target();
                if (stray) {
                    connection.send(first + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
                    stray = false;
                } else {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + target.length() + "\r\n\r\n" + target);
                }
            }
        });
        RawClient client = proxy(backend).client();
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.answer().body()).startsWith("aaa");
        assertThat(client.answer().body()).doesNotContain("poison");
    }

    @Test
    void anAnswersBodyMayBeginLaterThanItsHeadMust() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
            Thread.sleep(350);
            connection.send("ok");
        });
        Proxy proxy = use(proxy().firstByteMillis(200).before(backend));
        assertThat(proxy.client().send(GET).answer().body()).isEqualTo("ok");
    }

    @Test
    void aRequestsBodyMayBeginLaterThanItsHeadMust() throws Exception {
        Proxy proxy = use(proxy().headMillis(200).before(answering(OK)));
        RawClient client = proxy.client().send(POST + "Content-Length: 2\r\n\r\n");
        Thread.sleep(350);
        assertThat(client.send("hi").answer().status()).isEqualTo(200);
    }

    @Test
    void nobodyHasToSendABodyThatIsAnsweredAlready() throws IOException {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
            for (int i = 0; i < 4; i++) {
                Thread.sleep(200);
                connection.send("x");
            }
        });
        Proxy proxy = use(proxy().bodyMillis(300).before(backend));
        RawClient client = proxy.client().send(POST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        assertThat(client.answer().body()).isEqualTo("xxxx");
        assertThat(client.ends()).isTrue();
    }

    @Test
    void anUploadThatMovesKeepsItsAnswerAlive() throws Exception {
        RecordingBackend backend = backend(connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
            connection.exactly(5);
            connection.send("ok");
        });
        Proxy proxy = use(proxy().answerIdleMillis(400).before(backend));
        RawClient client = proxy.client().send(POST + "Content-Length: 5\r\n\r\n");
        for (int i = 0; i < 5; i++) {
            Thread.sleep(150);
            client.send("x");
        }
        assertThat(client.answer().body()).isEqualTo("ok");
    }

    @Test
    void theLastAnswerSurvivesARequestTooMany() throws Exception {
        int size = 1_000_000;
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            connection.send(new byte[size]);
        });
        Proxy proxy = use(proxy().requestsPerConnection(1).before(backend));
        RawClient client = proxy.client().send(GET);
        client.until("\r\n\r\n");
        Thread.sleep(200);
        client.send(GET);
        Thread.sleep(200);
        assertThat(client.skip()).isEqualTo(size);
    }

    @Test
    void anAnswerThatEndsWithTheConnectionAndIsCutEndsInAReset() throws Exception {
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\n\r\n");
            connection.send(new byte[30_000_000]);
        });
        Proxy proxy = use(proxy().writeMillis(300).before(backend));
        RawClient client = proxy.client(4096).send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        client.until("\r\n\r\n");
        RecordingBackend.await("the cut", () -> proxy.failed(Failure.ANSWER_NOT_READ) == 1);
        assertThatThrownBy(client::skip)
                .as("an orderly end would look like a whole answer")
                .isInstanceOf(SocketException.class);
    }

    @Test
    void anErrorToAHeadCountsNoBody() throws IOException {
        Proxy proxy = proxy(answering(OK));
        RawClient client = proxy.client();
        Message answer =
                client.send("HEAD / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").answerToHead();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(client.ends()).isTrue();
        RecordingBackend.await("its line", () -> !proxy.lines().isEmpty());
        assertThat(proxy.lines().getFirst()).contains("\"bytes_out\":0");
    }
}
