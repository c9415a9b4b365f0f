package dev.fairlead.server.control;

import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.Evidence;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Fault;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.net.http.PoolCounters;
import dev.fairlead.net.probe.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Acts a fault out on one backend of a running engine and tells what came of it.
 *
 * <p>Thread-safe; one drill at a time. {@link #run} blocks for as long as the drill lasts. The fault ends whatever
 * happens to the caller: at the end of its time, when clients have had too many errors, or when the engine stops.
 */
public final class Drill {
    /** The longest drill. */
    public static final Duration LONGEST = Duration.ofMinutes(5);

    private static final Duration LOOK = Duration.ofMillis(20);

    /** Of fewer requests a share is counted as if they were so many: one error of three is no third yet. */
    private static final int FEWEST = 20;

    /** What is counted before, during and after. */
    record Counts(long requests, long errors, long retries) {
        static final Counts NONE = new Counts(0, 0, 0);

        Counts and(Counts more) {
            return new Counts(requests + more.requests, errors + more.errors, retries + more.retries);
        }

        static Counts of(PoolCounters counters) {
            return new Counts(counters.requests(), counters.errors(), counters.retries());
        }
    }

    /** What a drill needs of the engine. */
    interface Stage {
        @Nullable
        RunningPool pool(String name);

        boolean stopped();

        void tell(BackendKey key, String before, String after, String why);
    }

    /**
     * What came of a drill.
     *
     * @param detectedMillis until it took no new work; -1 when it never left rotation
     * @param requests those for its pool; errors and retries are of these
     * @param errors requests that clients saw fail
     * @param peakOthers most requests in work at once at any other backend of the pool
     * @param stoppedEarly why it ended before its time; {@code null} when it did not
     */
    public record Verdict(
            String pool,
            String backend,
            Fault fault,
            long lastedMillis,
            long detectedMillis,
            @Nullable String detectedBy,
            long requests,
            long errors,
            long retries,
            int peakOthers,
            int restBefore,
            @Nullable String stoppedEarly) {}

    private final Stage stage;
    private final Ticker ticker;
    private final AtomicBoolean busy = new AtomicBoolean();

    Drill(Stage stage, Ticker ticker) {
        this.stage = stage;
        this.ticker = ticker;
    }

    /**
     * Runs one.
     *
     * @param limit share of failed requests, 0..1, at which it stops by itself
     * @throws IllegalStateException when another is under way, it takes no work itself, or nothing else of the pool does
     * @throws IllegalArgumentException when there is no such backend, or it lasts too long
     */
    public Verdict run(String pool, String address, Fault fault, Duration lasts, double limit)
            throws InterruptedException {
        if (lasts.isNegative() || lasts.isZero() || lasts.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("for: " + Evidence.span(lasts) + " (expected: up to 5m)");
        }
        RunningPool running = stage.pool(pool);
        Backend backend = running == null ? null : running.pool().find(new BackendKey(pool, address));
        if (running == null || backend == null) {
            throw new IllegalArgumentException("there is no backend " + pool + "/" + address);
        }
        if (!backend.state().takesNew()) {
            throw new IllegalStateException("it takes no work now: " + idle(backend.state()));
        }
        List<Backend> others = new ArrayList<>(running.pool().roster().all());
        others.remove(backend);
        long rest = others.stream().filter(other -> other.state().takesNew()).count();
        if (rest == 0) {
            throw new IllegalStateException("no other backend of pool " + pool + " takes work: this would be no drill");
        }
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("another drill is under way");
        }
        try {
            return act(running.target().counters(), backend, others, fault, lasts, limit, (int) rest);
        } finally {
            backend.fault(null);
            stage.tell(backend.key(), "drill", "over", "the fault has ended");
            busy.set(false);
        }
    }

    private static String idle(BackendState state) {
        boolean weightless = state.wish() == Wish.READY && state.health() == Health.UP;
        return weightless ? "its weight is 0" : state.why();
    }

    private Verdict act(
            PoolCounters counters,
            Backend backend,
            List<Backend> others,
            Fault fault,
            Duration lasts,
            double limit,
            int rest)
            throws InterruptedException {
        Counts before = Counts.of(counters);
        long began = ticker.nanos();
        stage.tell(backend.key(), "-", "drill", words(fault) + " for " + Evidence.span(lasts));
        backend.fault(fault);
        long detected = -1;
        String by = null;
        String early = null;
        int peak = 0;
        Counts now = before;
        while (ticker.nanos() - began < lasts.toNanos() && early == null) {
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
            now = Counts.of(counters);
            for (Backend other : others) {
                peak = Math.max(peak, other.inflight());
            }
            if (detected < 0 && !backend.state().takesNew()) {
                detected = ticker.nanos() - began;
                by = backend.state().why();
            }
            long requests = now.requests() - before.requests();
            long errors = now.errors() - before.errors();
            if (errors > limit * Math.max(requests, FEWEST)) {
                early = errors + " of " + requests + " requests failed";
            } else if (stage.stopped()) {
                early = "the balancer is stopping";
            }
        }
        return new Verdict(
                backend.key().pool(),
                backend.key().address(),
                fault,
                (ticker.nanos() - began) / 1_000_000,
                detected < 0 ? -1 : detected / 1_000_000,
                by,
                now.requests() - before.requests(),
                now.errors() - before.errors(),
                now.retries() - before.retries(),
                peak,
                rest,
                early);
    }

    private static String words(Fault fault) {
        return switch (fault) {
            case Fault.Refuse _ -> "refuses connections";
            case Fault.Blackhole _ -> "is a black hole";
            case Fault.Slow(Duration by) -> "is slow by " + Evidence.span(by);
            case Fault.Errors(double share) -> "answers 500 to " + Math.round(share * 100) + "%";
        };
    }

    /** A check as it would go under the fault that is acted out. */
    static void check(
            Probe probe,
            Backend backend,
            Duration patience,
            Later later,
            LongSupplier clock,
            Consumer<CheckResult> done) {
        Fault fault = backend.fault();
        switch (fault) {
            case null -> probe.probe(backend, done);
            case Fault.Errors _ -> probe.probe(backend, done);
            case Fault.Refuse _ -> done.accept(CheckResult.silent("connect refused (drill)", 0));
            case Fault.Blackhole _ -> late(patience, later, done);
            case Fault.Slow(Duration by) -> {
                if (by.compareTo(patience) >= 0) {
                    late(patience, later, done);
                } else {
                    long began = clock.getAsLong();
                    later.after(
                            by,
                            () -> probe.probe(
                                    backend,
                                    result -> done.accept(new CheckResult(
                                            result.kind(),
                                            result.share(),
                                            result.evidence(),
                                            clock.getAsLong() - began))));
                }
            }
        }
    }

    private static void late(Duration patience, Later later, Consumer<CheckResult> done) {
        String evidence = "timeout after " + Evidence.span(patience) + " (drill)";
        later.after(patience, () -> done.accept(CheckResult.silent(evidence, patience.toNanos())));
    }

    /** Does things after a while. */
    interface Later {
        void after(Duration delay, Runnable what);
    }
}
