package dev.fairlead.e2e.overload;

import dev.fairlead.e2e.faults.Load.Sample;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What became of the requests of some time. Latencies are from when a request was due, in milliseconds, over all of them,
 * failed ones included. Immutable.
 *
 * @param errors how many failed how, method first
 */
record Latency(int requests, Map<String, Integer> errors, double p50, double p99, double p999) {

    static Latency of(List<Sample> samples) {
        List<Long> sorted = samples.stream().map(Sample::nanos).sorted().toList();
        Map<String, Integer> errors = new TreeMap<>();
        samples.stream()
                .filter(sample -> !sample.ok())
                .forEach(sample -> errors.merge(sample.method() + " " + sample.kind(), 1, Integer::sum));
        return new Latency(sorted.size(), errors, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 0.999));
    }

    /** Of the requests that were due in this time. */
    static Latency of(List<Sample> samples, long from, long to) {
        return of(due(samples, from, to));
    }

    static List<Sample> due(List<Sample> samples, long from, long to) {
        return samples.stream()
                .filter(sample -> sample.due() - from >= 0 && sample.due() - to < 0)
                .toList();
    }

    private static double at(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get(Math.max((int) Math.ceil(sorted.size() * share) - 1, 0)) / 1e6;
    }

    int failed() {
        return failed(kind -> true);
    }

    /** How many failed in such a way, such as {@code GET 503 queue-timeout}. */
    int failed(Predicate<String> kind) {
        return errors.entrySet().stream()
                .filter(entry -> kind.test(entry.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    String errorText() {
        return errors.isEmpty()
                ? "no error"
                : String.join(
                        ", ",
                        errors.entrySet().stream()
                                .map(entry -> entry.getValue() + " × " + entry.getKey())
                                .toList());
    }

    String text() {
        return String.format(
                Locale.ROOT, "p50 %s, p99 %s, p99.9 %s; %s of %d", ms(p50), ms(p99), ms(p999), errorText(), requests);
    }

    static String ms(double millis) {
        return String.format(Locale.ROOT, millis < 100 ? "%.1f ms" : "%.0f ms", millis);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }
}
