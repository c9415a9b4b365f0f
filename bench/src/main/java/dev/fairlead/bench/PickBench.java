package dev.fairlead.bench;

import dev.fairlead.core.balance.Balancers;
import dev.fairlead.core.balance.Hash;
import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.pool.Acquired;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.pool.Roster;
import dev.fairlead.core.pool.Tried;
import dev.fairlead.core.pool.Watch;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a pick costs, by algorithm and size of the pool; to be flat in the size and free of allocation.
 *
 * <p>Weights are 1 to 4, three backends in four have a request or more in flight. {@code bench/jmh PickBench -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PickBench {
    @Param({"round-robin", "least-connections", "p2c", "peak-ewma", "random", "source-hash", "maglev", "ring"})
    public String algorithm = "";

    @Param({"10", "1000", "10000"})
    public int backends;

    private final Tried none = new Tried();
    private final Tried one = new Tried();
    private @Nullable Picker picker;
    private long next;

    private static BalanceConfig config(String algorithm) {
        return switch (algorithm) {
            case "round-robin" -> new BalanceConfig.RoundRobin();
            case "least-connections" -> new BalanceConfig.LeastConnections();
            case "p2c" -> new BalanceConfig.PowerOfTwo();
            case "peak-ewma" -> new BalanceConfig.PeakEwma();
            case "random" -> new BalanceConfig.RandomPick();
            case "source-hash" -> new BalanceConfig.SourceHash(1.25);
            case "maglev" -> new BalanceConfig.Maglev(new HashKey.Uri(), 1.25);
            case "ring" -> new BalanceConfig.Ring(new HashKey.Uri(), 1.25);
            default -> throw new IllegalArgumentException("algorithm: " + algorithm);
        };
    }

    @Setup
    public void setUp() {
        RandomGenerator random = new SplittableRandom(7);
        List<Backend> members = new ArrayList<>();
        for (int i = 0; i < backends; i++) {
            String address = "10.0." + i / 256 + "." + i % 256 + ":8080";
            var state = new BackendState(Wish.READY, Health.UP, 1 + i % 4, 0, "bench");
            var backend = new Backend(
                    new BackendKey("bench", address), InetSocketAddress.createUnresolved("bench", 1 + i), state, 64, 1);
            backend.latency().observe(1_000_000 + random.nextInt(1_000_000), 0);
            members.add(backend);
        }
        for (Backend backend : members) {
            load(backend, random.nextInt(4));
        }
        one.add(members.getFirst());
        picker = Balancers.of(config(algorithm)).build(Roster.of(1, members));
    }

    private static void load(Backend backend, int requests) {
        Pool pool = new Pool("bench", roster -> (key, tried) -> backend, Watch.NONE, List.of(backend));
        for (int i = 0; i < requests; i++) {
            Acquired acquired = pool.acquire(0, 0, new Tried(), 0);
            if (!(acquired instanceof Lease)) {
                throw new IllegalStateException("no lease: " + acquired);
            }
        }
    }

    @Benchmark
    public @Nullable Backend pick() {
        return Objects.requireNonNull(picker).pick(Hash.mix(next++), none);
    }

    /** As for a second try: one backend is skipped. */
    @Benchmark
    public @Nullable Backend pickAgain() {
        return Objects.requireNonNull(picker).pick(Hash.mix(next++), one);
    }
}
