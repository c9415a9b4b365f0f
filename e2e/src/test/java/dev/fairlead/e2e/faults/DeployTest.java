package dev.fairlead.e2e.faults;

import static dev.fairlead.e2e.faults.Wire.ascii;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.health.Event;
import dev.fairlead.core.health.Event.Kind;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.server.control.Timeline;
import dev.fairlead.server.deploy.Rollout;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A rolling deploy of three processes while clients of every kind go on. */
@Timeout(120)
class DeployTest {
    /** Longer than any request here, shorter than the open connection. */
    private static final Duration DRAIN = Duration.ofSeconds(3);

    @TempDir
    private Path folder;

    @Test
    void aDeployFailsNoRequestAndEndsAnOpenConnectionAtTheDeadline() throws Exception {
        Path pids = Files.createDirectory(folder.resolve("pids"));
        try (Scene scene = Scene.start(folder.resolve("posts"), "health: " + Scene.CHECKED);
                Restarts restarts = new Restarts(scene, pids, DRAIN);
                Load small = Load.start(scene.front(), new Load.Style(150, "/work", 0));
                Load slow = Load.start(scene.front(), new Load.Style(10, "/slow/1000", 0));
                Load uploads = Load.start(scene.front(), new Load.Style(10, "/upload", 300_000));
                WebSocket socket = WebSocket.open(scene)) {
            Scene.pause(Duration.ofMillis(500));
            Rollout.Outcome outcome = restarts.run();
            assertThat(outcome).as("%s", restarts.said()).isEqualTo(new Rollout.Outcome(true, true, ""));
            Scene.pause(Duration.ofMillis(500));
            for (Load load : List.of(small, slow, uploads)) {
                load.finish();
                assertThat(load.samples()).hasSizeGreaterThan(20);
                assertThat(Row.errors(load.samples())).isEmpty();
            }
            assertThat(Load.doubled(scene.posts())).isEmpty();
            long closed = socket.closed();
            assertThat(socket.echoed()).isGreaterThan(5);
            assertThat(closed)
                    .as("open until its backend's deadline, when it was cut")
                    .isBetween(cut(scene) - 500, cut(scene) + 5_000);
        }
    }

    /** When the one backend that was not done at its deadline was cut. */
    private static long cut(Scene scene) {
        List<Event> cuts = scene.engine().timeline().after(0, 1_000).stream()
                .map(Timeline.Entry::event)
                .filter(event -> event.kind() == Kind.DRAINED && event.why().contains("deadline"))
                .toList();
        assertThat(cuts).hasSize(1);
        assertThat(cuts.getFirst().why()).endsWith("cut 1 in work");
        return cuts.getFirst().when();
    }

    /** An upgraded connection on which bytes come back until it ends. */
    private static final class WebSocket implements AutoCloseable {
        private static final long EVERY_MILLIS = 50;

        private final Socket socket;
        private final WallClock wall = WallClock.system();
        private final Thread thread;
        private volatile int echoed;
        private volatile long closed;

        private WebSocket(Socket socket, InputStream in) {
            this.socket = socket;
            this.thread = Thread.ofVirtual().start(() -> run(in));
        }

        static WebSocket open(Scene scene) throws IOException {
            var socket = new Socket(scene.front().getAddress(), scene.front().getPort());
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(ascii("GET /chat HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
            var in = new BufferedInputStream(socket.getInputStream());
            Wire.Head head = Wire.head(in);
            assertThat(head).isNotNull();
            assertThat(head.start()).contains(" 101 ");
            return new WebSocket(socket, in);
        }

        private void run(InputStream in) {
            try {
                while (true) {
                    socket.getOutputStream().write('x');
                    if (in.read() != 'x') {
                        break;
                    }
                    echoed = echoed + 1;
                    TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
                }
            } catch (SocketTimeoutException e) {
                // Neither alive nor closed: never what is asked for.
                return;
            } catch (IOException e) {
                // Closed while writing.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            closed = wall.epochMillis();
        }

        int echoed() {
            return echoed;
        }

        /** When it was closed by the other side. */
        long closed() throws InterruptedException {
            assertThat(thread.join(Duration.ofSeconds(10))).as("closed at last").isTrue();
            return closed;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
