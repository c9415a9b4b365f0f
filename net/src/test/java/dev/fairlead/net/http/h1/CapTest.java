package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Caps that are learnt count requests until their answer begins. */
class CapTest extends DataPlaneTest {
    @Test
    void streamsThatGoOnKeepNobodyOut() throws IOException {
        RecordingBackend backend = backend(connection -> {
            while (true) {
                boolean stream = connection.request().target().equals("/stream");
                connection.send(stream ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n" : OK);
            }
        });
        Proxy proxy = use(proxy().learn(1, 4).queue(100, 5_000).before(backend));
        List<RawClient> streams = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RawClient client = proxy.client();
            client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n").until("1\r\nx\r\n");
            streams.add(client);
        }
        assertThat(proxy.backend(0).cap()).isEqualTo(1);
        assertThat(proxy.backend(0).inflight()).isEqualTo(10);
        RawClient client = proxy.client();
        for (int i = 0; i < 10; i++) {
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
        }
        streams.forEach(RawClient::reset);
        RecordingBackend.await("the end of all", () -> proxy.count(Count.ACTIVE) == 0);
    }

    @Test
    void bodiesThatArriveSlowlyKeepNobodyOut() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().learn(1, 4).queue(100, 5_000).before(backend));
        List<RawClient> slow = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            slow.add(proxy.client().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe"));
        }
        RecordingBackend.await("all at the backend", () -> proxy.backend(0).inflight() == 10);
        RawClient client = proxy.client();
        for (int i = 0; i < 10; i++) {
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
        }
        for (RawClient one : slow) {
            assertThat(one.send("llo").answer().status()).isEqualTo(200);
        }
        RecordingBackend.await("the end of all", () -> proxy.backend(0).inflight() == 0);
    }

    @Test
    void aCapThatIsReachedAndDoesNoHarmGrows() throws Exception {
        RecordingBackend backend = answering(OK);
        Proxy proxy = use(proxy().learn(1, 64).queue(100, 5_000).before(backend));
        int before = proxy.backend(0).cap();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            RawClient client = proxy.client();
            clients.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int n = 0; n < 50; n++) {
                        client.send(GET).answer();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        assertThat(proxy.count(Count.STATUS_2XX)).isEqualTo(2000);
        assertThat(proxy.backend(0).cap()).isGreaterThanOrEqualTo(before);
        assertThat(proxy.backend(0).inflight()).isZero();
    }
}
