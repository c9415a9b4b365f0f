package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A slow side slows the other one down; what waits in between is bounded. */
class BackPressureTest extends DataPlaneTest {
    /** Far more than all buffers on the way, the kernel's too, can hold. */
    private static final int PIECES = 64;

    private static final byte[] PIECE = new byte[1 << 20];
    private static final int LARGE = PIECES * PIECE.length;

    /** Most memory that one connection with a slow reader may take up, in whole chunks of the allocator. */
    private static final long BOUND = 16 << 20;

    /** Most that the kernel takes: it lets the buffer of a socket that is read fast at first grow to 32 MiB. */
    private static final long KERNELS = 45L << 20;

    private static long memory() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    /** Waits until {@code count} has stood still for a while. */
    private static void standstill(AtomicLong count) throws InterruptedException {
        long before = -1;
        for (int still = 0; still < 20; still++) {
            if (count.get() != before || before == 0) {
                before = count.get();
                still = 0;
            }
            Thread.sleep(10);
        }
    }

    @Test
    void aLargeAnswerWaitsAtTheBackendUntilTheClientReads() throws Exception {
        for (String framing :
                new String[] {"Content-Length: " + LARGE, "Transfer-Encoding: chunked", "X: until close"}) {
            var sent = new AtomicLong();
            RecordingBackend backend = backend(connection -> {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
                for (int i = 0; i < PIECES; i++) {
                    if (framing.endsWith("chunked")) {
                        connection.send("100000\r\n");
                    }
                    connection.send(PIECE);
                    if (framing.endsWith("chunked")) {
                        connection.send("\r\n");
                    }
                    sent.addAndGet(PIECE.length);
                }
                if (framing.endsWith("chunked")) {
                    connection.send("0\r\n\r\n");
                } else if (framing.startsWith("X")) {
                    connection.close();
                }
            });
            Proxy proxy = proxy(backend);
            long before = memory();
            RawClient client = proxy.client(64 << 10);
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n").until("\r\n\r\n");
            standstill(sent);
            assertThat(sent.get()).as("what the backend could get rid of").isLessThan(40L << 20);
            assertThat(memory() - before).as("memory, " + framing).isLessThan(BOUND);
            assertThat(client.skip()).as(framing).isEqualTo(LARGE);
            proxy.close();
        }
    }

    @Test
    void whatWaitsOnOneConnectionIsAsMuchAsWasSet() throws Exception {
        for (int most : new int[] {16 << 10, 1 << 20}) {
            RecordingBackend backend = backend(connection -> {
                connection.request();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
                for (int i = 0; i < PIECES; i++) {
                    connection.send(PIECE);
                }
            });
            Proxy proxy = use(proxy().connectionBuffer(most).before(backend));
            RecordingBackend.await("the end of what others held", () -> proxy.held() < 64 << 10);
            RawClient client = proxy.client(64 << 10);
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n").until("\r\n\r\n");
            long held = proxy.held();
            for (int i = 0; i < 40; i++) {
                Thread.sleep(10);
                held = Math.max(held, proxy.held());
            }
            // Beside it one receive buffer; and each that waits counts whole, of which little more than a fifth may be
            // filled.
            assertThat(held).as("%d waiting", most).isBetween((long) most / 2, 6L * most + (128 << 10));
            assertThat(client.skip()).isEqualTo(LARGE);
            proxy.close();
        }
    }

    @Test
    void aLargeUploadWaitsAtTheClientUntilTheBackendReads() throws Exception {
        for (boolean chunked : new boolean[] {false, true}) {
            var go = new CountDownLatch(1);
            var sent = new AtomicLong();
            RecordingBackend backend = backend(connection -> {
                connection.head();
                go.await();
                if (chunked) {
                    connection.until("0\r\n\r\n");
                } else {
                    for (int i = 0; i < PIECES; i++) {
                        connection.exactly(PIECE.length);
                    }
                }
                connection.send(OK);
            });
            Proxy proxy = proxy(backend);
            long before = memory();
            RawClient client = proxy.client();
            client.send("POST / HTTP/1.1\r\nHost: a\r\n"
                    + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + LARGE) + "\r\n\r\n");
            int pieces = PIECES;
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < pieces; i++) {
                        if (chunked) {
                            client.send("100000\r\n");
                        }
                        client.send(PIECE);
                        if (chunked) {
                            client.send("\r\n");
                        }
                        sent.addAndGet(PIECE.length);
                    }
                    if (chunked) {
                        client.send("0\r\n\r\n");
                    }
                } catch (IOException e) {
                    sent.set(-1);
                }
            });
            standstill(sent);
            assertThat(sent.get()).as("what the client could get rid of").isBetween(0L, KERNELS);
            assertThat(memory() - before).as("memory").isLessThan(BOUND);
            go.countDown();
            assertThat(client.answer().body()).isEqualTo("ok");
            sender.join();
            assertThat(sent.get()).isEqualTo((long) pieces * PIECE.length);
            proxy.close();
        }
    }

    @Test
    void pipelinedRequestsWaitUntilTheirAnswersAreRead() throws Exception {
        RecordingBackend backend = answering("HTTP/1.1 200 OK\r\nContent-Length: 16384\r\n\r\n" + "p".repeat(16384));
        Proxy proxy = proxy(backend);
        RawClient client = proxy.client(4096);
        int most = 4000;
        var sent = new AtomicLong();
        Thread sender = Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < most; i += 100) {
                    client.send(GET.repeat(100));
                    sent.addAndGet(100);
                }
            } catch (IOException e) {
                sent.set(-1);
            }
        });
        long before = memory();
        standstill(sent);
        assertThat(memory() - before).as("memory").isLessThan(BOUND);
        assertThat(proxy.count(Count.REQUESTS))
                .as("served to a client that does not read")
                .isLessThan(most / 2);
        for (int i = 0; i < most; i++) {
            assertThat(client.answer().body()).hasSize(16384);
        }
        sender.join();
        assertThat(sent.get()).isEqualTo(most);
    }

    @Test
    void manyClientsThatDoNotReadCostLittleAndHarmNobody() throws Exception {
        int size = 12 << 20;
        RecordingBackend backend = backend(connection -> {
            while (true) {
                boolean large = connection.request().target().equals("/large");
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + (large ? size : 2) + "\r\n\r\n");
                connection.send(large ? new byte[size] : new byte[2]);
            }
        });
        Proxy proxy = proxy(backend);
        long before = memory();
        List<RawClient> stuck = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawClient client = proxy.client(4096);
            client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").until("\r\n\r\n");
            stuck.add(client);
        }
        Thread.sleep(200);
        assertThat(memory() - before).as("memory of 20").isLessThan(40L << 20);
        RawClient other = proxy.client();
        for (int i = 0; i < 50; i++) {
            assertThat(other.send(GET).answer().status()).isEqualTo(200);
        }
        stuck.forEach(RawClient::reset);
        RecordingBackend.await("the end of all", () -> proxy.count(Count.ACTIVE) == 0);
    }

    /** Forty-eight that hold half a megabyte each are at the limit; many more stay well below it when each holds little. */
    @Test
    void togetherTheyHoldNoMoreThanTheyMay() throws Exception {
        byte[] large = new byte[12 << 20];
        RecordingBackend backend = backend(connection -> {
            connection.request();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + large.length + "\r\n\r\n");
            connection.send(large);
        });
        long most = 24L << 20;
        Proxy proxy = use(proxy().buffers(most).before(backend));
        for (int i = 0; i < 90; i++) {
            proxy.client(4096).send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").until("\r\n\r\n");
            // Longer than a look at what is held takes to come round.
            Thread.sleep(10);
        }
        Thread.sleep(200);
        assertThat(PooledByteBufAllocator.DEFAULT.pinnedDirectMemory())
                .as("held")
                .isLessThan(most);
        assertThat(proxy.failed(Failure.BUFFERS_FULL)).as("refused").isZero();
    }
}
