package dev.fairlead.e2e.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.e2e.overload.Dawdlers.Kind;
import dev.fairlead.e2e.overload.Front.Maker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scenarios in short: strict about what must never happen, silent about latencies, which are only reported, for the
 * machine may be busy. {@code e2e/overload} measures the same at length.
 */
@Timeout(120)
class OverloadTest {
    @TempDir
    private Path place;

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    @Test
    void aBackendThatBecomesAHundredTimesSlowerGetsNextToNothingAndFailsNobody(TestReporter reporter) throws Exception {
        Poison.Seen seen = new Poison(place, 4, Duration.ofMillis(25), seconds(1), seconds(4))
                .run(Maker.FAIRLEAD, Poison.When.MIDDLE);
        reporter.publishEntry("poison", seen.toString());
        assertThat(seen.late().failed()).as("%s", seen).isZero();
        assertThat(seen.share()).as("%s", seen).isLessThan(0.05);
    }

    @Test
    void aFlashCrowdIsRefusedOnlyWhatNobodyCanServeAndNothingOnceBackendsHaveCome(TestReporter reporter)
            throws Exception {
        FlashCrowd.Seen seen = new FlashCrowd(place, 30, seconds(1), seconds(2), seconds(5)).run();
        reporter.publishEntry("flash crowd", seen.toString());
        assertThat(seen.shareBefore()).as("%s", seen).isLessThanOrEqualTo(FlashCrowd.most());
        assertThat(seen.refusedSettled()).as("%s", seen).isZero();
        assertThat(seen.drained()).as("%s", seen).isNotNegative();
    }

    @Test
    void restartsFailNoIdempotentRequestAndDoubleNone(TestReporter reporter) throws Exception {
        RollingRestarts.Seen seen = new RollingRestarts(place, seconds(4), Duration.ofMillis(200)).run();
        reporter.publishEntry("restarts", seen.toString());
        assertThat(seen.restarts()).isPositive();
        assertThat(seen.failed("GET")).as("%s", seen).isZero();
        assertThat(seen.doubled()).as("%s", seen).isZero();
    }

    @Test
    void slowClientsCostLittleMemory(TestReporter reporter) throws Exception {
        SlowClients.Seen seen =
                new SlowClients(place, 200, EnumSet.allOf(Kind.class), seconds(1), seconds(1), seconds(3)).run();
        reporter.publishEntry("slow clients", seen.toString());
        assertThat(seen.open()).as("%s", seen).isGreaterThan(150);
        assertThat(seen.bounded()).as("%s", seen).isTrue();
    }

    @Test
    void aPoolIsWellAgainAfterItsBackendsAreWhileBodiesStillArriveSlowly() throws Exception {
        Pause.Seen seen = new Pause(place, 100, seconds(2)).run();
        assertThat(seen.after().failed()).as("%s", seen).isZero();
    }
}
