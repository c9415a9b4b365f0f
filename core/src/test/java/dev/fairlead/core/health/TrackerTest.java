package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.health.Tracker.Verdict;
import org.junit.jupiter.api.Test;

class TrackerTest {
    private static final CheckResult PASS = CheckResult.pass("", 1);
    private static final CheckResult FAIL = CheckResult.silent("connect refused", 1);

    private final Tracker tracker = new Tracker(Verdict.UNCHECKED);

    private boolean take(CheckResult result) {
        return tracker.take(result, World.TCP);
    }

    @Test
    void firstPassAdmitsAtOnce() {
        assertThat(tracker.settled()).isFalse();
        assertThat(take(PASS)).isTrue();
        assertThat(tracker.verdict()).isEqualTo(Verdict.UP);
        assertThat(tracker.why()).isEqualTo("first check passed");
        assertThat(tracker.settled()).isTrue();
    }

    @Test
    void firstFailureIsDownAndThenRiseIsNeeded() {
        assertThat(take(FAIL)).isTrue();
        assertThat(tracker.verdict()).isEqualTo(Verdict.DOWN);
        assertThat(tracker.why()).isEqualTo("first check failed: connect refused");
        assertThat(take(PASS)).isFalse();
        assertThat(tracker.settled()).isFalse();
        assertThat(take(PASS)).isTrue();
        assertThat(tracker.verdict()).isEqualTo(Verdict.UP);
        assertThat(tracker.why()).isEqualTo("check passed 2 times");
    }

    @Test
    void fallFailuresInARowTakeItDown() {
        take(PASS);
        assertThat(take(FAIL)).isFalse();
        assertThat(tracker.settled()).isFalse();
        assertThat(take(FAIL)).isFalse();
        assertThat(take(FAIL)).isTrue();
        assertThat(tracker.verdict()).isEqualTo(Verdict.DOWN);
        assertThat(tracker.why()).isEqualTo("check failed 3 times: connect refused");
        assertThat(tracker.settled()).isTrue();
    }

    @Test
    void onePassBetweenFailuresStartsTheCountAnew() {
        take(PASS);
        for (int i = 0; i < 10; i++) {
            assertThat(take(FAIL)).isFalse();
            assertThat(take(FAIL)).isFalse();
            assertThat(take(PASS)).isFalse();
            assertThat(tracker.settled()).isTrue();
        }
        assertThat(tracker.verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void evidenceIsOneShortPrintableLine() {
        var result = CheckResult.silent(" a\r\n\tb\u0007\u00e9" + "x".repeat(1000), 1);
        assertThat(result.evidence()).startsWith("a b...xxx").hasSize(CheckResult.MAX_EVIDENCE);
    }
}
