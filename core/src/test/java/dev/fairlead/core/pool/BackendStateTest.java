package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import org.junit.jupiter.api.Test;

class BackendStateTest {
    private final BackendState gated = BackendState.gated(3, 100);

    @Test
    void gatedTakesNothing() {
        assertThat(gated.takesNew()).isFalse();
        assertThat(gated.keepsPinned()).isFalse();
        assertThat(gated.weight()).isEqualTo(3);
        assertThat(gated.since()).isEqualTo(100);
    }

    @Test
    void onlyOneThatIsWishedForUpAndWeighsTakesNewWork() {
        for (Wish wish : Wish.values()) {
            for (Health health : Health.values()) {
                for (int weight : new int[] {0, 1}) {
                    var state = new BackendState(wish, health, weight, 0, "test");
                    assertThat(state.takesNew()).isEqualTo(wish == Wish.READY && health == Health.UP && weight > 0);
                }
            }
        }
    }

    @Test
    void drainedAndWeightlessOnesKeepPinnedWorkWhileUp() {
        for (Wish wish : Wish.values()) {
            for (Health health : Health.values()) {
                var state = new BackendState(wish, health, 0, 0, "test");
                assertThat(state.keepsPinned()).isEqualTo(wish != Wish.MAINT && health == Health.UP);
            }
        }
    }

    @Test
    void transitionsChangeOneAxisAndSayWhy() {
        BackendState up = gated.withHealth(Health.UP, 200, "passed");
        assertThat(up).isEqualTo(new BackendState(Wish.READY, Health.UP, 3, 200, "passed"));
        BackendState drained = up.withWish(Wish.DRAIN, 300, "asked to");
        assertThat(drained).isEqualTo(new BackendState(Wish.DRAIN, Health.UP, 3, 300, "asked to"));
        assertThat(drained.withWeight(5)).isEqualTo(new BackendState(Wish.DRAIN, Health.UP, 5, 300, "asked to"));
    }

    @Test
    void whatChangesNothingIsTheSameObject() {
        assertThat(gated.withHealth(Health.UNCHECKED, 200, "again")).isSameAs(gated);
        assertThat(gated.withWish(Wish.READY, 200, "again")).isSameAs(gated);
        assertThat(gated.withWeight(3)).isSameAs(gated);
    }

    @Test
    void weightHasLimits() {
        assertThat(gated.withWeight(BackendState.MAX_WEIGHT).weight()).isEqualTo(256);
        assertThatThrownBy(() -> gated.withWeight(-3)).hasMessage("weight: -3 (expected: 0..256)");
        assertThatThrownBy(() -> gated.withWeight(257)).hasMessage("weight: 257 (expected: 0..256)");
    }
}
