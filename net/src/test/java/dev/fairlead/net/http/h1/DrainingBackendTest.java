package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What clients are told by answers of a backend that is being drained. */
class DrainingBackendTest extends DataPlaneTest {
    @Test
    void anAnswerOfADrainingBackendEndsItsClientsConnection() throws Exception {
        var go = new CountDownLatch(1);
        RecordingBackend slow = backend(connection -> {
            while (true) {
                connection.request();
                go.await();
                connection.send(OK);
            }
        });
        RecordingBackend other = answering(OK);
        Proxy proxy = proxy(slow, other);
        RawClient client = proxy.client().send(GET);
        RawClient tenth = proxy.client();
        slow.request(0);
        assertThat(tenth.send(GET).answer().has("connection")).isFalse();
        proxy.wish(0, Wish.DRAIN);
        go.countDown();
        Message answer = client.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(answer.field("connection")).isEqualTo("close");
        assertThat(client.ends()).isTrue();
        assertThat(tenth.send(GET).answer().has("connection"))
                .as("the others' go on")
                .isFalse();
        proxy.wish(0, Wish.READY);
        for (int i = 0; i < 4; i++) {
            assertThat(tenth.send(GET).answer().has("connection")).isFalse();
        }
    }
}
