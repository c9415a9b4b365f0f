package dev.fairlead.net.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.HealthConfig.ExecCheck;
import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.config.HealthConfig.TcpCheck;
import dev.fairlead.core.config.HealthConfig.TlsCheck;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.CheckResult.Kind;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What tests of several kinds of check share. */
final class Probes {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofMillis(300);

    private Probes() {}

    static HealthConfig http(HttpCheck check, Duration timeout) {
        return config(check, null, null, null, timeout, null, null);
    }

    static HealthConfig tcp(@Nullable String send, @Nullable String expect, Duration timeout) {
        return config(null, new TcpCheck(send, expect), null, null, timeout, null, null);
    }

    static HealthConfig tls(TlsCheck check, Duration timeout) {
        return config(null, null, check, null, timeout, null, null);
    }

    static HealthConfig exec(ExecCheck check, Duration timeout) {
        return config(null, null, null, check, timeout, null, null);
    }

    static HealthConfig elsewhere(@Nullable Integer port, @Nullable String address) {
        return config(
                null, new TcpCheck(), null, null, LONG, port, address == null ? null : Address.parseBackend(address));
    }

    private static HealthConfig config(
            @Nullable HttpCheck http,
            @Nullable TcpCheck tcp,
            @Nullable TlsCheck tls,
            @Nullable ExecCheck exec,
            Duration timeout,
            @Nullable Integer port,
            @Nullable Address address) {
        Duration interval = Duration.ofSeconds(2);
        return new HealthConfig(http, tcp, tls, exec, interval, SHORT, null, timeout, 3, 2, port, address, 512);
    }

    static Backend backend(int port) {
        return new Backend(
                new BackendKey("app", "127.0.0.1:" + port),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                BackendState.gated(1, 0),
                8,
                1);
    }

    static CheckResult run(Probe probe, int port) throws InterruptedException {
        var results = new LinkedBlockingQueue<CheckResult>();
        probe.probe(backend(port), results::add);
        CheckResult result = results.poll(30, TimeUnit.SECONDS);
        assertThat(result).as("a result").isNotNull();
        return result;
    }

    static void came(CheckResult result, Kind kind, String evidence) {
        assertThat(result.evidence()).isEqualTo(evidence);
        assertThat(result.kind()).isEqualTo(kind);
    }
}
