package dev.fairlead.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RateLoadTest {
    private static final byte[] ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII);

    @AutoClose
    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());

    RateLoadTest() throws IOException {}

    @Test
    void oneStallIsChargedToEveryRequestThatFellDueMeanwhile() throws Exception {
        serveOneConnection(/* stallAt= */ 50, TimeUnit.MILLISECONDS.toNanos(500));

        long[] result = parse(new RateLoad(server.getLocalPort(), "/", 0, 1).run(1, 200));

        // Of 200 requests 5 ms apart, the 100 due within the stall waited 250 ms on average. A generator that waits
        // for answers would have seen one slow request, and a median of next to nothing.
        assertThat(result[0]).isEqualTo(200);
        assertThat(result[3]).as("errors").isZero();
        assertThat(result[5]).as("p99 in microseconds").isGreaterThan(400_000);
        assertThat(result[7]).as("longest").isGreaterThanOrEqualTo(490_000);
    }

    @Test
    void aConnectionThatEndsIsAnErrorAndIsOpenedAnew() throws Exception {
        serveOneConnection(/* stallAt= */ 10, -1);

        long[] result = parse(new RateLoad(server.getLocalPort(), "/", 0, 1).run(1, 100));

        assertThat(result[0]).isEqualTo(99);
        assertThat(result[3]).as("errors").isEqualTo(1);
    }

    @Test
    void theHeadEndsAfterItsEmptyLine() {
        byte[] head = "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody".getBytes(US_ASCII);
        assertThat(Asker.endOfHead(head, 0, head.length)).isEqualTo(head.length - "body".length());
        assertThat(Asker.endOfHead(head, 0, head.length - "\nbody".length())).isEqualTo(-1);
    }

    @Test
    void theLengthIsReadWhateverTheCaseOfItsName() throws Exception {
        byte[] head = "HTTP/1.1 200 OK\r\nDate: x\r\ncOnTent-length: 1048576\r\n\r\n".getBytes(US_ASCII);
        assertThat(Asker.contentLength(head, head.length)).isEqualTo(1_048_576);
    }

    @Test
    void anAnswerWithoutLengthIsRefused() {
        byte[] head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(US_ASCII);
        assertThatThrownBy(() -> Asker.contentLength(head, head.length)).hasMessageContaining("no Content-Length");
    }

    /** Answers every request; before answering number {@code stallAt} it waits, or ends the connection if negative. */
    private void serveOneConnection(int stallAt, long stallNanos) {
        var thread = new Thread(() -> {
            int answered = 0;
            boolean open = true;
            while (open) {
                try (Socket client = server.accept()) {
                    while (readHead(client.getInputStream())) {
                        if (++answered == stallAt) {
                            if (stallNanos < 0) {
                                break;
                            }
                            LockSupport.parkNanos(stallNanos);
                        }
                        client.getOutputStream().write(ANSWER);
                    }
                } catch (IOException e) {
                    open = !server.isClosed();
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static boolean readHead(InputStream in) throws IOException {
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
        return true;
    }

    private static long[] parse(String line) {
        assertThat(line).startsWith("RESULT ");
        return Arrays.stream(line.split(" ", -1))
                .skip(1)
                .mapToLong(Long::parseLong)
                .toArray();
    }
}
