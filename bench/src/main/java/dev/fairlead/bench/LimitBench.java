package dev.fairlead.bench;

import dev.fairlead.core.limit.Gradient;
import dev.fairlead.core.limit.KeyedHash;
import dev.fairlead.core.limit.RateLimiter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What limits cost a request; to be free of allocation.
 *
 * <p>{@code bench/jmh LimitBench -prof gc}, and with {@code -t 2} for two loops at one backend and one table.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class LimitBench {
    private static final long SECRET = 0x5EED;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final Gradient busy = new Gradient(8, 1024);
    private final Gradient calm = new Gradient(8, 1024);
    private final RateLimiter limiter = new RateLimiter(1000, Duration.ofSeconds(1), 1000, 10_000, SECRET);
    private final KeyedHash hash = new KeyedHash(SECRET, GOLDEN);
    private final byte[] address = "2001:db8::1234:5678".getBytes(StandardCharsets.US_ASCII);

    /** One loop's clock and keys. */
    @State(Scope.Thread)
    public static class Loop {
        private long now;
        private long keys;
    }

    /** A backend that answers 100,000 a second: most samples are more than is wanted. */
    @Benchmark
    public int sampleOfMany(Loop loop) {
        long now = loop.now += 10_000;
        busy.sample(1_000_000 + (now & 0xFFFFF), 40, false, now);
        return busy.cap();
    }

    /** One that answers 500 a second: every sample counts. */
    @Benchmark
    public int sampleOfFew(Loop loop) {
        long now = loop.now += 2_000_000;
        calm.sample(20_000_000 + (now & 0xFFFFF), 40, false, now);
        return calm.cap();
    }

    /** One of 5,000 keys, most of which have permits. */
    @Benchmark
    public long takeOfKnown(Loop loop) {
        return limiter.take(loop.keys++ % 5000, loop.now += 1000);
    }

    /** Always a new key: another one goes. */
    @Benchmark
    public long takeOfStranger(Loop loop) {
        return limiter.take(loop.keys += GOLDEN, loop.now += 1000);
    }

    /** One key, mostly refused. */
    @Benchmark
    public long takeOfOne(Loop loop) {
        return limiter.take(1, loop.now += 1000);
    }

    @Benchmark
    public long hashOfAddress() {
        return hash.of(address, 0, address.length);
    }
}
