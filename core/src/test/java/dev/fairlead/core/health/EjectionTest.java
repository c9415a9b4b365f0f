package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.PoolConfig.EjectConfig;
import dev.fairlead.core.config.Share;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EjectionTest {
    private static final long S = 1_000_000_000L;

    private final Ejection ejection = new Ejection();
    private long now = Long.MAX_VALUE - 60 * S;

    private long eject(EjectConfig config) {
        long lasts = ejection.begin(config, now).toSeconds();
        now = ejection.until();
        assertThat(ejection.over(now - 1)).isFalse();
        assertThat(ejection.over(now)).isTrue();
        ejection.end(now);
        return lasts;
    }

    @Test
    void theNthLastsNTimesTheTimeUpToTheLongest() {
        for (int n = 1; n <= 10; n++) {
            assertThat(eject(World.EJECT)).isEqualTo(30L * n);
        }
        assertThat(eject(World.EJECT)).isEqualTo(300);
        assertThat(eject(World.EJECT)).isEqualTo(300);
    }

    @Test
    void eachLongestTimeInServiceTakesOneOffTheCount() {
        eject(World.EJECT);
        eject(World.EJECT);
        eject(World.EJECT);
        now += 299 * S;
        assertThat(eject(World.EJECT)).isEqualTo(120);
        now += 600 * S;
        assertThat(eject(World.EJECT)).isEqualTo(90);
        now += 100_000 * S;
        assertThat(eject(World.EJECT)).isEqualTo(30);
    }

    @Test
    void absurdTimesDoNotOverflow() {
        var config = new EjectConfig(
                5, new Share(0.25), 20, Duration.ofSeconds(2), 16, Duration.ofDays(30_000), Duration.ofDays(60_000), 3);
        assertThat(ejection.begin(config, now)).isEqualTo(Duration.ofDays(30_000));
        ejection.end(now);
        assertThat(ejection.begin(config, now)).isEqualTo(Duration.ofDays(60_000));
        ejection.end(now);
        assertThat(ejection.begin(config, now)).isEqualTo(Duration.ofDays(60_000));
    }
}
