package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.server.control.Bottleneck.Pressure;
import dev.fairlead.server.control.Bottleneck.Where;
import java.util.List;
import org.junit.jupiter.api.Test;

class BottleneckTest {
    private static final Pressure CALM = new Pressure(2_000_000, 5, 1000, 100, 1000);
    private static final Pressure LATE = new Pressure(140_000_000, 5, 1000, 100, 1000);
    private static final Bottleneck FINE = Bottleneck.ofPool(CALM, 3, 3, 0, 0);
    private static final Bottleneck FULL = Bottleneck.ofPool(CALM, 3, 3, 3, 7);

    @Test
    void aCalmPoolHasNone() {
        assertThat(FINE.where()).isEqualTo(Where.NONE);
        assertThat(Bottleneck.ofPool(CALM, 3, 3, 2, 0).where()).isEqualTo(Where.NONE);
        assertThat(Bottleneck.ofPool(CALM, 0, 0, 0, 0).where()).isEqualTo(Where.NONE);
    }

    @Test
    void backendsAreItWhenRequestsWaitOrNobodyTakesMore() {
        assertThat(FULL)
                .isEqualTo(new Bottleneck(
                        Where.BACKEND, "7 requests wait for a place; 3 of 3 backends that take work are at their cap"));
        assertThat(Bottleneck.ofPool(CALM, 3, 2, 2, 0).where()).isEqualTo(Where.BACKEND);
        assertThat(Bottleneck.ofPool(LATE, 3, 0, 0, 0))
                .isEqualTo(new Bottleneck(Where.BACKEND, "none of 3 backends takes work"));
    }

    @Test
    void weAreItWhenLoopsAreLateOrALimitOfOursIsReached() {
        assertThat(Bottleneck.ofPool(LATE, 3, 3, 3, 7))
                .isEqualTo(new Bottleneck(Where.US, "an event loop was 140 ms late in the last two seconds"));
        assertThat(Bottleneck.ofPool(new Pressure(0, 1000, 1000, 0, 1000), 1, 1, 0, 0)
                        .why())
                .contains("runtime.exchanges");
        assertThat(Bottleneck.ofListener(new Pressure(0, 0, 1000, 1001, 1000), 1, 0, List.of())
                        .why())
                .contains("runtime.buffers");
    }

    @Test
    void clientsAreItWhenTheyDoNotTakeWhatWaits() {
        assertThat(Bottleneck.ofListener(LATE, 20, 12, List.of(FULL)).where()).isEqualTo(Where.CLIENT);
        assertThat(Bottleneck.ofListener(CALM, 3, 3, List.of()).where())
                .as("a few")
                .isEqualTo(Where.NONE);
        assertThat(Bottleneck.ofListener(CALM, 500, 12, List.of()).where())
                .as("few among many")
                .isEqualTo(Where.NONE);
    }

    @Test
    void aListenerSuffersFromItsPools() {
        assertThat(Bottleneck.ofListener(CALM, 20, 0, List.of(FINE, FULL))).isEqualTo(FULL);
        assertThat(Bottleneck.ofListener(CALM, 20, 0, List.of(FINE)).where()).isEqualTo(Where.NONE);
    }
}
