package dev.fairlead.net.http;

import dev.fairlead.core.config.HedgeDelay;
import dev.fairlead.core.config.PoolConfig.HedgeConfig;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.pool.UsualWait;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * When the GETs of one pool are sent to a second backend, how many may be, and what came of it.
 *
 * <p>Each loop counts in a lane of its own; readers on any thread see whole numbers, soon. {@link #learn} belongs to the
 * control thread.
 */
public final class Hedges {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    /** What came of sending a request twice. */
    public enum Result {
        /** The second backend's answer was passed on. */
        WON("won"),
        /** The first one's was. */
        LOST("lost"),
        /** The second backend failed, or nobody answered. */
        FAILED("failed");

        private final String word;

        Result(String word) {
            this.word = word;
        }

        /** The stable word for logs and metrics. */
        public String word() {
            return word;
        }
    }

    private final long fixed;
    private final @Nullable UsualWait usual;
    private final RetryBudget[] budgets;
    private final HedgeAlarm[] alarms;
    private final long[][] counts;

    /**
     * @param fixed after how many nanoseconds; 0 to learn it
     * @param most second sendings for each request, 0..1
     * @param lanes how many event loops there are
     */
    public Hedges(long fixed, double most, int lanes, long now) {
        this.fixed = fixed;
        this.usual = fixed == 0 ? new UsualWait() : null;
        this.budgets = new RetryBudget[lanes];
        this.alarms = new HedgeAlarm[lanes];
        for (int i = 0; i < lanes; i++) {
            budgets[i] = new RetryBudget(most, lanes, now);
            alarms[i] = new HedgeAlarm();
        }
        this.counts = new long[lanes][Result.values().length];
    }

    /** What a configuration asks for; {@code null} for none. */
    public static @Nullable Hedges of(HedgeConfig config, int lanes, long now) {
        HedgeDelay after = config.after();
        return after == null
                ? null
                : new Hedges(after.time().toNanos(), config.most().fraction(), lanes, now);
    }

    /** After how many nanoseconds without an answer; 0 while that is not known. */
    public long afterNanos() {
        return usual == null ? fixed : usual.nanos();
    }

    /** How often it came to this. */
    public long sum(Result result) {
        long sum = 0;
        for (long[] lane : counts) {
            sum += (long) CELL.getOpaque(lane, result.ordinal());
        }
        return sum;
    }

    /** Learns from how the members of {@code pool} answer, once a second at most. */
    public void learn(Pool pool, long now) {
        if (usual != null) {
            // Where the second answer came first, nobody knows how long the first would have taken; longer than usual.
            usual.sample(pool.roster().all(), sum(Result.WON), now);
        }
    }

    HedgeAlarm alarm(int lane) {
        return alarms[lane];
    }

    RetryBudget budget(int lane) {
        return budgets[lane];
    }

    void count(int lane, Result result) {
        long[] cells = counts[lane];
        CELL.setOpaque(cells, result.ordinal(), (long) CELL.getOpaque(cells, result.ordinal()) + 1);
    }
}
