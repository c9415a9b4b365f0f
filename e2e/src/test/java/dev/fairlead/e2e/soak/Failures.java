package dev.fairlead.e2e.soak;

import dev.fairlead.e2e.faults.Load.Sample;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How some requests failed, as their clients saw it. Immutable.
 *
 * @param path with which all of their paths begin
 * @param kinds method and reason, and how many
 */
record Failures(String path, int requests, Map<String, Integer> kinds) {

    /** Those that one backend stands for, and the others. */
    record Split(Map<String, Integer> share, Map<String, Integer> outside) {}

    static Failures of(String path, List<Sample> samples) {
        var kinds = new TreeMap<String, Integer>();
        for (Sample sample : samples) {
            if (!sample.ok()) {
                kinds.merge(sample.method() + " " + sample.kind(), 1, Integer::sum);
            }
        }
        return new Failures(path, samples.size(), kinds);
    }

    /**
     * Tells apart what a backend stands for: as many of each method as the access log says failed with it.
     *
     * @param log lines of the access log
     * @param backend as it stands there
     */
    Split split(List<String> log, String backend) {
        var left = new TreeMap<String, Integer>();
        for (String line : log) {
            if (text(line, "path").startsWith(path)
                    && number(line, "status") != 200
                    && text(line, "backend").equals(backend)) {
                left.merge(text(line, "method"), 1, Integer::sum);
            }
        }
        var share = new TreeMap<String, Integer>();
        var outside = new TreeMap<String, Integer>();
        kinds.forEach((kind, count) -> {
            String method = kind.substring(0, kind.indexOf(' '));
            int excused = Math.min(count, left.getOrDefault(method, 0));
            left.merge(method, -excused, Integer::sum);
            if (excused > 0) {
                share.put(kind, excused);
            }
            if (count > excused) {
                outside.put(kind, count - excused);
            }
        });
        return new Split(share, outside);
    }

    private static String text(String line, String name) {
        String before = "\"" + name + "\":\"";
        int from = line.indexOf(before);
        return from < 0 ? "" : line.substring(from + before.length(), line.indexOf('"', from + before.length()));
    }

    private static int number(String line, String name) {
        String before = "\"" + name + "\":";
        int from = line.indexOf(before) + before.length();
        int to = from;
        while (to < line.length() && Character.isDigit(line.charAt(to))) {
            to++;
        }
        return from < before.length() || to == from ? 0 : Integer.parseInt(line.substring(from, to));
    }
}
