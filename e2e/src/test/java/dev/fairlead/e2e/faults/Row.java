package dev.fairlead.e2e.faults;

import dev.fairlead.e2e.faults.Load.Sample;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one fault came to. Immutable.
 *
 * @param errors how many requests failed how, method first
 * @param doubled POSTs that more than one backend, or one of them twice, has read
 * @param p99Millis of what was answered well
 * @param out from the fault until the backend took no new work, in milliseconds; -1 when it did to the end
 * @param quiet until nothing more was sent to it; -1 when not measured
 * @param back from its return until it took work again; -1 when not measured
 * @param by what took it out
 * @param figure what else is owed: of steady load how far shares are apart, in percent; of reloads the longest answer and of
 *     refusals their 99th percentile, in milliseconds; else 0
 * @param beside what HAProxy makes of the same, in milliseconds, in turns with us; 0 when it was not there
 */
record Row(
        String fault,
        String owed,
        int requests,
        Map<String, Integer> errors,
        int doubled,
        double p99Millis,
        long out,
        long quiet,
        long back,
        @Nullable String by,
        double figure,
        double beside,
        String note) {

    static final long NONE = -1;

    /** Counts what failed. */
    static Map<String, Integer> errors(Collection<Sample> samples) {
        Map<String, Integer> errors = new TreeMap<>();
        for (Sample sample : samples) {
            if (!sample.ok()) {
                errors.merge(sample.method() + " " + sample.kind(), 1, Integer::sum);
            }
        }
        return errors;
    }

    /** The 99th percentile in milliseconds; 0 of none. */
    static double p99(Collection<Sample> samples) {
        List<Long> sorted = samples.stream().map(Sample::nanos).sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1) / 1e6;
    }

    static long millis(long from, long to) {
        return TimeUnit.NANOSECONDS.toMillis(Math.max(to - from, 0));
    }

    int errorCount() {
        return errors.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How many requests of this method failed. */
    int errorsOf(String method) {
        return errors.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(method + " "))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    String errorText() {
        return errors.isEmpty()
                ? "0"
                : errors.entrySet().stream()
                        .map(entry -> entry.getValue() + " × " + entry.getKey())
                        .reduce((a, b) -> a + ", " + b)
                        .orElse("0");
    }

    static String seconds(long millis) {
        return millis == NONE ? "–" : String.format(Locale.ROOT, "%.2f s", millis / 1e3);
    }

    /** A line of {@link #TABLE}. */
    String line() {
        return "| " + fault + " | " + owed + " | " + requests + " | " + errorText() + " | " + doubled + " | "
                + String.format(Locale.ROOT, "%.1f ms", p99Millis) + " | " + seconds(out) + " | " + seconds(quiet)
                + " | "
                + seconds(back) + " | " + note + " | " + verdict() + " |";
    }

    private String verdict() {
        List<String> missed = Owed.missed(this);
        return missed.isEmpty() ? "kept" : "**missed**: " + String.join(", ", missed);
    }

    static final String NOTICED = """
            | What happens to one of three | Out of rotation after | By | Errors | p99 of 200s | Owed |
            |---|---|---|---|---|---|
            """;

    /** A line of {@link #NOTICED}. */
    String noticedLine() {
        return "| " + fault + " | " + (out == NONE ? "stays" : seconds(out)) + " | " + (by == null ? "–" : by) + " | "
                + errorText() + " | " + String.format(Locale.ROOT, "%.0f ms", p99Millis) + " | " + owed + " |";
    }

    static final String TABLE = """
            | Fault | Owed | Requests | Errors | POSTs doubled | p99 of 200s | Out of rotation | Nothing more sent | Back | | |
            |---|---|---|---|---|---|---|---|---|---|---|
            """;
}
