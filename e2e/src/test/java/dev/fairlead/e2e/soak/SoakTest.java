package dev.fairlead.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The soak, for three of its cycles; {@code e2e/soak} goes on for an hour. */
@Timeout(120)
class SoakTest {
    @TempDir
    private Path place;

    @Test
    void nothingFailsThatNoTroubledBackendHadAndNoBufferIsLost(TestReporter reporter) throws Exception {
        Soak.Seen seen = new Soak(place, Duration.ofSeconds(7), Duration.ofSeconds(2)).run();
        reporter.publishEntry("soak", seen.toString());
        assertThat(seen.requests()).isPositive();
        assertThat(seen.outside()).as("%s", seen).isEmpty();
        assertThat(seen.doubled()).as("%s", seen).isZero();
        assertThat(seen.leaks()).as("%s", seen).isZero();
    }
}
