package dev.fairlead.net.probe;

import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.config.PoolConfig.WarmUpConfig;
import dev.fairlead.core.config.StatusRanges;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.Evidence;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.net.tls.BackendTls;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a backend for a few paths, one after another, so that its first client does not wait for cold caches.
 *
 * <p>Thread-safe. What is answered does not matter: whether the backend works is for its check to say.
 */
public final class WarmUp {
    private static final StatusRanges ANY = StatusRanges.parse("100-599");

    private final List<Probe> asks;
    private final Duration timeout;
    private final Ticker ticker;

    private WarmUp(List<Probe> asks, Duration timeout, Ticker ticker) {
        this.asks = asks;
        this.timeout = timeout;
        this.ticker = ticker;
    }

    /** What this configuration asks for. */
    public static WarmUp of(
            WarmUpConfig config,
            EventLoopGroup group,
            Class<? extends Channel> channel,
            Ticker ticker,
            @Nullable BackendTls tls) {
        var dialer = new Dialer(group, channel, Aim.own(), config.timeout(), ticker, tls);
        List<Probe> asks = config.paths().stream()
                .<Probe>map(path -> new HttpProbe(dialer, new HttpCheck(path, "GET", null, ANY)))
                .toList();
        return new WarmUp(asks, config.timeout(), ticker);
    }

    /** Begins and returns at once; {@code done} is told in a few words what came of it, exactly once, on any thread. */
    public void run(Backend backend, Consumer<String> done) {
        long began = ticker.nanos();
        ask(backend, 0, 0, began, done);
    }

    private void ask(Backend backend, int index, int answered, long began, Consumer<String> done) {
        long took = ticker.nanos() - began;
        if (index == asks.size() || took >= timeout.toNanos()) {
            String span = Evidence.span(Duration.ofMillis(took / 1_000_000));
            done.accept(answered + " of " + asks.size() + " paths answered in " + span);
            return;
        }
        asks.get(index).probe(backend, result -> {
            int more = result.kind() == CheckResult.Kind.PASS ? 1 : 0;
            ask(backend, index + 1, answered + more, began, done);
        });
    }
}
