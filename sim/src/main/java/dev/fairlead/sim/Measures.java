package dev.fairlead.sim;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import java.util.Arrays;
import java.util.List;

/** What is counted in one run, of requests begun at or after a moment. Confined to its run. */
final class Measures {
    private final long from;
    private final List<Backend> backends;
    private final int[] given;
    private final int[] mostInflight;
    private long[] latencies = new long[1 << 12];
    private int answered;
    private int failed;

    Measures(long from, List<Backend> backends) {
        this.from = from;
        this.backends = backends;
        this.given = new int[backends.size()];
        this.mostInflight = new int[backends.size()];
    }

    void given(Backend backend, long now) {
        if (now >= from) {
            int index = backends.indexOf(backend);
            given[index]++;
            mostInflight[index] = Math.max(mostInflight[index], backend.inflight());
        }
    }

    void refused(long now) {
        if (now >= from) {
            failed++;
        }
    }

    void ended(Outcome outcome, long begun, long now) {
        if (begun < from) {
            return;
        }
        if (outcome != Outcome.OK) {
            failed++;
            return;
        }
        if (answered == latencies.length) {
            latencies = Arrays.copyOf(latencies, 2 * answered);
        }
        latencies[answered++] = now - begun;
    }

    /** Requests begun. */
    int requests() {
        return answered + failed;
    }

    /** Share of requests that got no answer, or a wrong one. */
    double failed() {
        return (double) failed / requests();
    }

    /** Latency in milliseconds that {@code fraction} of the good answers stayed within; 0 without any. */
    double quantile(double fraction) {
        long[] sorted = Arrays.copyOf(latencies, answered);
        Arrays.sort(sorted);
        return answered == 0 ? 0 : sorted[(int) (fraction * (answered - 1))] / 1e6;
    }

    /** Share of leased requests that the {@code index}-th backend got. */
    double share(int index) {
        return (double) given[index] / Math.max(Arrays.stream(given).sum(), 1);
    }

    int mostInflight(int index) {
        return mostInflight[index];
    }

    int backends() {
        return given.length;
    }
}
