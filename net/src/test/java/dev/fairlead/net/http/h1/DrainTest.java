package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A listener that is being closed loses nothing. */
class DrainTest extends DataPlaneTest {
    @Test
    void idleConnectionsAreClosedSoon() throws IOException {
        Proxy proxy = proxy(answering(OK));
        RawClient idle = proxy.client();
        idle.send(GET).answer();
        RawClient fresh = proxy.client();
        RecordingBackend.await("both", () -> proxy.connections() == 2);
        proxy.drain();
        assertThat(idle.ends()).isTrue();
        assertThat(fresh.ends()).isTrue();
    }

    @Test
    void nobodyIsAcceptedAnyMore() {
        Proxy proxy = proxy(answering(OK));
        proxy.drain();
        assertThatThrownBy(proxy::client).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void whatIsUnderWayFinishesAndEndsItsConnection() throws IOException {
        var go = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            connection.request();
            go.await();
            connection.send(OK);
        });
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        client.send(GET + GET);
        backend.request(0);
        proxy.drain();
        go.countDown();
        Message answer = client.answer();
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(client.ends()).isTrue();
        assertThat(backend.requests()).as("nothing new is begun").hasSize(1);
    }

    @Test
    void anAnswerHalfSentFinishesAndThenTheConnectionEnds() throws IOException {
        var go = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            go.await();
            connection.send("world");
        });
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        client.send(GET).until("hello");
        proxy.drain();
        go.countDown();
        assertThat(client.exactly(5)).isEqualTo("world");
        assertThat(client.ends()).isTrue();
    }

    @Test
    void whoWasNotToldOfTheEndMayAskOnceMore() throws IOException {
        var go = new CountDownLatch(1);
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
            go.await();
            connection.send("world");
            connection.request();
            connection.send(OK);
        });
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client();
        client.send(GET).until("hello");
        proxy.drain();
        go.countDown();
        assertThat(client.exactly(5)).isEqualTo("world");
        Message answer = client.send(GET).answer();
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(client.ends()).isTrue();
    }

    @Test
    void anEmptyLineBehindABodyIsNoRequest() throws IOException {
        Proxy proxy = proxy(answering(OK));
        RawClient client = proxy.client();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab").answer();
        client.send("\r\n");
        assertThat(client.send(GET).answer().body()).isEqualTo("ok");
        client.send("\r\n");
        proxy.drain();
        assertThat(client.ends()).isTrue();
    }

    @Test
    void aRequestThatWasOnItsWayIsServed() throws IOException {
        Proxy proxy = proxy(answering(OK));
        RawClient client = proxy.client();
        client.send(GET).answer();
        proxy.drain();
        Message answer = client.send(GET).answer();
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(client.ends()).isTrue();
    }

    @Test
    void aHalfSentRequestIsServed() throws IOException {
        Proxy proxy = proxy(answering(OK));
        RawClient client = proxy.client();
        client.send("GET / HTTP/1.1\r\n");
        RecordingBackend.await("it to arrive", () -> proxy.connections() == 1);
        proxy.drain();
        assertThat(client.send("Host: a\r\n\r\n").answer().body()).isEqualTo("ok");
        assertThat(client.ends()).isTrue();
    }

    @Test
    void busyClientsLoseNoRequest() throws Exception {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().loops(2).kept(64).before(backend));
        var answered = new AtomicInteger();
        var lost = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            RawClient client = proxy.client();
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Message answer = client.send(GET).answer();
                        answered.incrementAndGet();
                        if (answer.field("connection").equals("close")) {
                            return;
                        }
                    }
                } catch (IOException e) {
                    lost.incrementAndGet();
                }
            }));
        }
        RecordingBackend.await("some traffic", () -> answered.get() > 500);
        proxy.drain();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(lost.get()).isZero();
    }
}
