package dev.fairlead.e2e.overload;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;

/** One reading of {@code /metrics}: each series, labels included, and its value. Immutable. */
public record Metrics(Map<String, Double> series) {
    public static Metrics parse(String text) {
        Map<String, Double> series = new LinkedHashMap<>();
        text.lines().filter(line -> !line.isEmpty() && !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            series.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
        });
        return new Metrics(series);
    }

    /** The values of a name, one for each combination of labels. */
    DoubleStream all(String name) {
        return series.entrySet().stream()
                .filter(entry -> name(entry.getKey()).equals(name))
                .mapToDouble(Map.Entry::getValue);
    }

    /** The sum over all labels; 0 of none. */
    public double sum(String name) {
        return all(name).sum();
    }

    /** What grew since an earlier reading, by the value of one label. */
    Map<String, Long> grown(String name, String label, Metrics before) {
        Map<String, Long> grown = new LinkedHashMap<>();
        series.forEach((key, value) -> {
            long more = Math.round(value - before.series().getOrDefault(key, 0.0));
            if (name(key).equals(name) && more > 0) {
                grown.merge(label(key, label), more, Long::sum);
            }
        });
        return grown;
    }

    private static String name(String key) {
        int brace = key.indexOf('{');
        return brace < 0 ? key : key.substring(0, brace);
    }

    private static String label(String key, String label) {
        String before = label + "=\"";
        int from = key.indexOf(before);
        return from < 0 ? "" : key.substring(from + before.length(), key.indexOf('"', from + before.length()));
    }
}
