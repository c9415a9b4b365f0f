package dev.fairlead.net.probe;

import static dev.fairlead.net.probe.Probes.LONG;
import static dev.fairlead.net.probe.Probes.SHORT;
import static dev.fairlead.net.probe.Probes.came;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.CheckResult.Kind;
import dev.fairlead.core.time.Ticker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpProbeTest {
    private static EventLoopGroup group;

    @BeforeAll
    static void start() {
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private static CheckResult run(HealthConfig config, int port) throws Exception {
        return Probes.run(Probe.of(config, group, NioSocketChannel.class, Ticker.system()), port);
    }

    /** Says {@code greeting}, then repeats each line it hears, with {@code +} before it. */
    private static FakeBackend echo(String greeting, LinkedBlockingQueue<String> heard) throws Exception {
        return new FakeBackend(socket -> {
            socket.getOutputStream().write(greeting.getBytes(StandardCharsets.UTF_8));
            var line = new StringBuilder();
            for (int b = socket.getInputStream().read();
                    b >= 0;
                    b = socket.getInputStream().read()) {
                line.append((char) b);
                if (b == '\n') {
                    heard.add(line.toString());
                    socket.getOutputStream().write(("+" + line).getBytes(StandardCharsets.UTF_8));
                    line.setLength(0);
                }
            }
        });
    }

    @Test
    void whatIsSentIsAnswered() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        try (FakeBackend backend = echo("", heard)) {
            came(run(Probes.tcp("PING\\r\\n", "+PING", LONG), backend.port()), Kind.PASS, "answered: +PING");
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("PING\r\n");
            came(run(Probes.tcp("PING\\n", null, LONG), backend.port()), Kind.PASS, "connected and sent");
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("PING\n");
            came(
                    run(Probes.tcp("PING\\n", "PONG", SHORT), backend.port()),
                    Kind.SICK,
                    "timeout after 300ms: another answer: +PING");
        }
    }

    @Test
    void aGreetingCanBeExpected() throws Exception {
        try (FakeBackend backend = echo("220 mail\r\n", new LinkedBlockingQueue<>())) {
            came(run(Probes.tcp(null, "220 ", LONG), backend.port()), Kind.PASS, "answered: 220 mail");
        }
        try (FakeBackend backend = new FakeBackend(
                socket -> socket.getOutputStream().write("554 no\r\n".getBytes(StandardCharsets.UTF_8)))) {
            came(run(Probes.tcp(null, "220 ", LONG), backend.port()), Kind.SICK, "another answer: 554 no");
        }
    }

    @Test
    void silenceIsSilenceAndChatterIsBounded() throws Exception {
        try (FakeBackend backend = new FakeBackend(socket -> {})) {
            came(run(Probes.tcp(null, "x", LONG), backend.port()), Kind.SILENT, "closed without an answer");
        }
        try (FakeBackend backend =
                new FakeBackend(socket -> socket.getInputStream().readAllBytes())) {
            came(run(Probes.tcp(null, "x", SHORT), backend.port()), Kind.SILENT, "timeout after 300ms: no answer");
        }
        try (FakeBackend backend = new FakeBackend(socket -> {
            while (true) {
                socket.getOutputStream().write("y".repeat(100).getBytes(StandardCharsets.UTF_8));
            }
        })) {
            came(run(Probes.tcp(null, "x", LONG), backend.port()), Kind.SICK, "another answer: " + "y".repeat(60));
        }
    }

    @Test
    void checksCanGoElsewhere() throws Exception {
        try (FakeBackend agent = new FakeBackend(socket -> {})) {
            came(run(Probes.elsewhere(agent.port(), null), 1), Kind.PASS, "connected");
            came(run(Probes.elsewhere(null, "localhost:" + agent.port()), 1), Kind.PASS, "connected");
        }
    }

    @Test
    void whereItGoesIsToldInTheSameWords() {
        var port = new Aim(Probes.elsewhere(9000, null));
        assertThat(port.text(Probes.backend(80))).isEqualTo("127.0.0.1:9000");
        assertThat(port.host(Probes.backend(80))).isEqualTo("127.0.0.1");
        assertThat(port.port(Probes.backend(80))).isEqualTo("9000");
        var address = new Aim(Probes.elsewhere(null, "[::1]:9000"));
        assertThat(address.text(Probes.backend(80))).isEqualTo("[::1]:9000");
        assertThat(address.host(Probes.backend(80))).isEqualTo("::1");
        assertThat(new Aim(Probes.elsewhere(null, null)).port(Probes.backend(80)))
                .isEqualTo("80");
    }

    @Test
    void escapesStandForBytes() {
        assertThat(Escapes.bytes("a\\r\\n\\t\\\\\\x00\\xfFé"))
                .isEqualTo(new byte[] {'a', '\r', '\n', '\t', '\\', 0, (byte) 0xFF, (byte) 0xC3, (byte) 0xA9});
        assertThat(Escapes.bytes("\\x0d\\")).isEqualTo(new byte[] {'\r', ' '});
    }
}
