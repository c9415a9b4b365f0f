package dev.fairlead.server.control;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.PoolConfig;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.Grade;
import dev.fairlead.core.health.Grade.Looks;
import dev.fairlead.core.health.Testimony;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.net.probe.Examiner;
import dev.fairlead.net.probe.Probe;
import dev.fairlead.net.tls.BackendTls;
import dev.fairlead.net.tls.TlsProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks every backend of a configuration once, as a running balancer would, and judges the checks themselves; nothing is
 * started and nothing is changed. For one thread; blocks.
 */
public final class Survey {
    /** Beyond a check's own timeout. */
    private static final Duration SPARE = Duration.ofSeconds(5);

    /** What one backend's check said. */
    public record Seen(String backend, boolean passed, String evidence, long micros) {}

    /**
     * One pool.
     *
     * @param grade how far its check can be believed, with the evidence; without real traffic to compare with
     * @param advice against losing sessions; {@code null} when nothing speaks for it
     */
    public record Result(
            String pool,
            List<Seen> backends,
            String grade,
            @Nullable String advice) {}

    private final Surroundings world;
    private final EventLoopGroup group;

    private Survey(Surroundings world, EventLoopGroup group) {
        this.world = world;
        this.group = group;
    }

    /** Looks at all pools. */
    public static List<Result> of(Config config, Surroundings world) throws InterruptedException {
        var group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            var survey = new Survey(world, group);
            List<Result> results = new ArrayList<>();
            for (Map.Entry<String, PoolConfig> pool : config.pools().entrySet()) {
                BackendTls tls = BackendTrusts.of(
                        pool.getKey(),
                        pool.getValue().tls(),
                        () -> TlsProvider.of(config.runtime().tls()),
                        world.wall());
                results.add(survey.pool(pool.getKey(), pool.getValue(), tls));
            }
            return results;
        } finally {
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(3, TimeUnit.SECONDS);
        }
    }

    private Result pool(String name, PoolConfig pool, @Nullable BackendTls tls) throws InterruptedException {
        HealthConfig health = pool.health();
        Probe probe = Probe.of(health, group, NioSocketChannel.class, world.ticker(), tls);
        List<Seen> seen = new ArrayList<>();
        Backend passing = null;
        for (PoolConfig.BackendConfig written : pool.backends()) {
            InetSocketAddress address = new Resolved(written.address()).address();
            String text = written.address().toString();
            if (address.isUnresolved()) {
                seen.add(new Seen(text, false, "the name cannot be resolved", 0));
                continue;
            }
            var backend = new Backend(
                    new BackendKey(name, text),
                    address,
                    BackendState.gated(1, world.wall().epochMillis()),
                    1,
                    1);
            CheckResult none = CheckResult.silent("no result", 0);
            CheckResult result = wait(done -> probe.probe(backend, done), health.patience(), none);
            seen.add(new Seen(text, result.pass(), result.evidence(), result.tookNanos() / 1_000));
            passing = passing == null && result.pass() ? backend : passing;
        }
        return new Result(name, seen, grade(health, passing, tls).toString(), advice(pool, passing, tls));
    }

    private @Nullable String advice(PoolConfig pool, @Nullable Backend passing, @Nullable BackendTls tls)
            throws InterruptedException {
        if (passing == null || pool.backends().size() < 2 || !Sessions.spread(pool.balance())) {
            return null;
        }
        for (String cookie : Sessions.COOKIES) {
            HealthConfig asking = Sessions.asking(cookie, pool.health());
            Probe probe = Probe.of(asking, group, NioSocketChannel.class, world.ticker(), tls);
            CheckResult none = CheckResult.silent("no result", 0);
            if (wait(done -> probe.probe(passing, done), asking.patience(), none)
                    .pass()) {
                return Sessions.advice(cookie);
            }
        }
        return null;
    }

    private Grade grade(HealthConfig health, @Nullable Backend passing, @Nullable BackendTls tls)
            throws InterruptedException {
        HealthConfig.HttpCheck http = health.http();
        Looks looks = Looks.NONE;
        if (http != null && passing != null) {
            Examiner examiner = Examiner.of(
                    health,
                    http,
                    group,
                    NioSocketChannel.class,
                    world.ticker(),
                    world.seeds().generator(),
                    tls);
            looks = wait(
                    done -> examiner.examine(passing, done), health.patience().multipliedBy(5), looks);
        }
        return Grade.of(Grading.way(health), looks, Testimony.NONE);
    }

    private static <T> T wait(Consumer<Consumer<T>> begin, Duration patience, T otherwise) throws InterruptedException {
        var answer = new CompletableFuture<T>();
        begin.accept(answer::complete);
        try {
            return answer.get(patience.plus(SPARE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return otherwise;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a check failed", e.getCause());
        }
    }
}
