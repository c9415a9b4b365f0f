package dev.fairlead.net.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.config.RuntimeConfig.TransportKind;
import dev.fairlead.core.config.StatusRanges;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.net.transport.Transport;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ProbeTransportTest {
    private static Transport here(TransportKind kind) {
        try {
            return Transport.of(kind);
        } catch (IllegalStateException e) {
            return abort(e.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportKind.class,
            names = {"NIO", "EPOLL", "IO_URING"})
    void everyTransportSaysTheSame(TransportKind kind) throws Exception {
        Transport transport = here(kind);
        var group = new MultiThreadIoEventLoopGroup(1, transport.handlers());
        var check = new HttpCheck("/", "GET", null, StatusRanges.parse("200"));
        Duration second = Duration.ofSeconds(1);
        var config = new HealthConfig(check, null, second, second, second, 3, 2);
        Probe probe = Probe.of(config, group, transport.channel(), Ticker.system());
        try (FakeBackend good = FakeBackend.answering("HTTP/1.1 200 OK\r\n\r\n");
                FakeBackend silent =
                        new FakeBackend(socket -> socket.getInputStream().readAllBytes());
                FakeBackend resetting = new FakeBackend(socket -> {
                    socket.getInputStream().read(new byte[1024]);
                    socket.setSoLinger(true, 0);
                })) {
            assertThat(evidence(probe, good.port())).isEqualTo("status 200");
            assertThat(evidence(probe, silent.port())).isEqualTo("timeout after 1s: no status");
            assertThat(evidence(probe, resetting.port())).isEqualTo("connection reset");
            assertThat(evidence(probe, unusedPort())).isEqualTo("connect refused");
            Backend unresolved = backend(InetSocketAddress.createUnresolved("nowhere.invalid", 1));
            assertThat(evidence(probe, unresolved)).isEqualTo("address not resolved");
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static int unusedPort() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return server.getLocalPort();
        }
    }

    private static String evidence(Probe probe, int port) throws InterruptedException {
        return evidence(probe, backend(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    private static String evidence(Probe probe, Backend backend) throws InterruptedException {
        var results = new LinkedBlockingQueue<CheckResult>();
        probe.probe(backend, results::add);
        CheckResult result = results.poll(30, TimeUnit.SECONDS);
        assertThat(result).as("a result").isNotNull();
        return result.evidence();
    }

    private static Backend backend(InetSocketAddress address) {
        return new Backend(new BackendKey("app", "b:1"), address, BackendState.gated(1, 0), 8, 1);
    }
}
