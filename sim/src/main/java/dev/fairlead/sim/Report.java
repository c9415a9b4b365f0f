package dev.fairlead.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Every scenario under every algorithm, as Markdown. The same on every run; {@code sim/report.md} is the last one. */
public final class Report {
    private Report() {}

    /** Writes the report to the file named by the only argument. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("arguments: " + arguments.length + " (expected: the file to write)");
        }
        Files.writeString(Path.of(arguments[0]), text());
    }

    /** Runs everything; takes seconds. */
    static String text() {
        var text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                """
                # The balancers, simulated

                Made by `dev.fairlead.sim.Report`; a test compares. Do not edit.

                Each backend has %d workers for each unit of weight and a queue, and takes at most %d requests at once.
                A request takes a worker %d ms, exponentially distributed. Requests come at random and keep %.0f %% of the
                workers of the first moment busy. What happens, happens after %d s; the %d s from then on are measured.
                Whoever waits %d s for an answer gives up. For those with a key there are %d clients; the n-th sends 1/n
                times as much as the first.

                There are no health checks, no ejection and no second tries here: this is what the algorithms do alone.
                p50 and p99 are of good answers; *failed* counts errors, time-outs and refusals. *Share* and *most in flight*
                are those of each backend, the one that it happens to first.
                """,
                Run.WORKERS,
                Run.CAP,
                Run.DEMAND / Run.MILLISECOND,
                100 * Run.UTILIZATION,
                Run.CHANGE / 1000 / Run.MILLISECOND,
                (Run.END - Run.CHANGE) / 1000 / Run.MILLISECOND,
                Run.TIMEOUT / 1000 / Run.MILLISECOND,
                Run.CLIENTS));
        for (Scenario scenario : Scenario.values()) {
            text.append("\n## ").append(scenario.title()).append("\n\n");
            text.append(scenario.story()).append("\n\n");
            text.append("| Algorithm | p50 ms | p99 ms | Failed % | Share % | Most in flight |\n");
            text.append("|---|--:|--:|--:|--:|--:|\n");
            for (Algorithm algorithm : Algorithm.values()) {
                row(text, algorithm, new Run(scenario, algorithm).play());
            }
        }
        return text.toString();
    }

    private static void row(StringBuilder text, Algorithm algorithm, Measures measures) {
        var shares = new StringBuilder();
        var inflight = new StringBuilder();
        for (int i = 0; i < measures.backends(); i++) {
            shares.append(i == 0 ? "**" : " ").append(decimal(100 * measures.share(i), 1));
            inflight.append(i == 0 ? "**" : " ").append(measures.mostInflight(i));
            if (i == 0) {
                shares.append("**");
                inflight.append("**");
            }
        }
        text.append("| ").append(algorithm.title());
        text.append(" | ").append(decimal(measures.quantile(0.5), 1));
        text.append(" | ").append(decimal(measures.quantile(0.99), 1));
        text.append(" | ").append(decimal(100 * measures.failed(), 2));
        text.append(" | ").append(shares);
        text.append(" | ").append(inflight);
        text.append(" |\n");
    }

    private static String decimal(double value, int places) {
        return String.format(Locale.ROOT, "%." + places + "f", value);
    }
}
