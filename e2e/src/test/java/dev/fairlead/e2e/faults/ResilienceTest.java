package dev.fairlead.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.e2e.faults.Fault.Limit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of what is owed, in short: strict about what clients saw, generous about time, for the machine may be busy. {@code
 * e2e/resilience} measures the same at length.
 */
@Timeout(120)
class ResilienceTest {
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private Faults faults() {
        return new Faults(folder, SHORT);
    }

    /** That a row is within its limits. */
    static void holds(Row row, Limit limit) {
        assertThat(row.doubled()).as("doubled: %s", row).isZero();
        assertThat(row.errorsOf("GET")).as("GET: %s", row).isLessThanOrEqualTo(limit.get());
        assertThat(row.errorsOf("POST")).as("POST: %s", row).isLessThanOrEqualTo(limit.post());
        if (limit.outMillis() != Row.NONE) {
            assertThat(row.out()).as("out: %s", row).isBetween(0L, limit.outMillis());
            assertThat(row.quiet()).as("quiet: %s", row).isBetween(0L, limit.outMillis());
        }
        if (limit.backMillis() != Row.NONE) {
            assertThat(row.back()).as("back: %s", row).isBetween(0L, limit.backMillis());
        }
    }

    private static void holds(Row row) {
        holds(row, new Limit(Row.NONE, 0, 0, Row.NONE));
    }

    @Test
    void nothingFailsWhereNothingIsWrong() throws Exception {
        Row row = faults().steady();
        holds(row);
        assertThat(row.requests()).isGreaterThan(600);
    }

    static List<Fault> owed() {
        return Fault.owed(false);
    }

    @ParameterizedTest
    @MethodSource("owed")
    void whatIsOwedHolds(Fault fault) throws Exception {
        holds(faults().measure(fault), fault.limit());
    }

    @Test
    void aRollingDeployFailsNothing() throws Exception {
        Row row = faults().deployed();
        holds(row);
        assertThat(row.note()).startsWith("in ");
    }

    @Test
    void tenReloadsFailNothing() throws Exception {
        Row row = faults().reloaded();
        holds(row);
        assertThat(row.requests()).isGreaterThan(600);
        assertThat(row.p99Millis()).as("%s", row).isLessThan(500);
    }

    @Test
    void whenAllAreDownClientsHearItAtOnceAndAreServedSoonAfterwards() throws Exception {
        Row row = faults().allDown();
        assertThat(row.doubled()).isZero();
        assertThat(row.errors().keySet())
                .as("%s", row)
                .allMatch(kind -> kind.contains(" 502 ") || kind.contains(" 503 "));
        assertThat(row.note()).matches("once out: \\[((GET|POST) 503 (all-down|connect-refused)(, )?)+\\].*");
        assertThat(row.back()).as("back: %s", row).isBetween(0L, 3_000L);
    }

    @Test
    void stoppingFinishesWhatIsInFlight() throws Exception {
        try (Ends ends = new Ends(folder)) {
            Row row = ends.stopped();
            holds(row);
            assertThat(row.note()).contains(" in flight; exit code 0 ").doesNotStartWith("0 ");
        }
    }

    @Test
    void afterAKillItServesSoonAndKnowsWhatTheOperatorWished() throws Exception {
        try (Ends ends = new Ends(folder)) {
            Row row = ends.killed(SHORT);
            assertThat(row.doubled()).isZero();
            assertThat(row.note()).isEqualTo("operator's maintenance kept");
            assertThat(row.back()).as("back: %s", row).isBetween(0L, 8_000L);
        }
    }
}
