package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdleLimitTest {
    private static final long SECOND = 1_000_000_000L;
    private final IdleLimit limit = new IdleLimit();

    private void announce(String value) {
        byte[] bytes = ("xx" + value + "7").getBytes(StandardCharsets.US_ASCII);
        limit.announced(bytes, 2, bytes.length - 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "timeout=5; 5",
                "timeout=5, max=100; 5",
                "max=100, timeout=15; 15",
                "max=100,Timeout=15; 15",
                "timeout=99999999999999999999; 86400",
                "max=5; 0",
                "timeout=; 0",
                "timeout; 0",
                "xtimeout=5; 0",
                "timeout=x; 0"
            })
    void readsWhatABackendSays(String value, long seconds) {
        announce(value);
        assertThat(limit.announced()).isEqualTo(seconds * SECOND);
    }

    @Test
    void staysBelowWhatIsKnownAndNeverAboveTheMost() {
        assertThat(limit.keep(4 * SECOND, 60 * SECOND)).isEqualTo(4 * SECOND);
        announce("timeout=75");
        assertThat(limit.keep(4 * SECOND, 120 * SECOND)).isEqualTo(60 * SECOND);
        assertThat(limit.keep(4 * SECOND, 30 * SECOND)).isEqualTo(30 * SECOND);
        announce("timeout=5");
        assertThat(limit.keep(4 * SECOND, 60 * SECOND)).isEqualTo(4 * SECOND);
    }

    @Test
    void closesThatAgreeShowALimit() {
        long now = 0;
        for (int i = 0; i < 3; i++) {
            limit.closed(5 * SECOND + i * 100_000_000L, now += 2 * SECOND);
        }
        assertThat(limit.observed()).isZero();
        limit.closed(5 * SECOND, now + 2 * SECOND);
        assertThat(limit.observed()).isEqualTo(5 * SECOND);
        announce("timeout=60");
        assertThat(limit.keep(SECOND, 60 * SECOND)).isEqualTo(4 * SECOND);
    }

    @Test
    void aRestartThatClosesAllShowsNothing() {
        for (int i = 0; i < 100; i++) {
            limit.closed(10_000_000L, 5 * SECOND + i * 1_000_000L);
        }
        assertThat(limit.observed()).isZero();
        limit.closed(SECOND, 20 * SECOND);
        limit.closed(3 * SECOND, 40 * SECOND);
        limit.closed(30 * SECOND, 60 * SECOND);
        assertThat(limit.observed()).isZero();
    }
}
