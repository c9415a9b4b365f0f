package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import java.util.List;
import org.junit.jupiter.api.Test;

class RosterTest {
    private final List<Backend> all = Backends.equal(4);

    private void down(int index, boolean silent) {
        all.get(index).update(s -> s.withHealth(Health.DOWN, 1, "test").withSilent(silent));
    }

    private Roster roster(double panicBelow) {
        return Roster.of(1, all, panicBelow);
    }

    @Test
    void atTheShareThereIsNoPanicBelowItThereIs() {
        down(0, false);
        down(1, false);
        assertThat(roster(0.5).panic()).isFalse();
        assertThat(roster(0.5).eligible()).containsExactly(all.get(2), all.get(3));
        down(2, false);
        assertThat(roster(0.5).panic()).isTrue();
        assertThat(roster(0.5).eligible()).containsExactlyElementsOf(all);
    }

    @Test
    void whoDoesNotAnswerAtAllIsNoHelp() {
        down(0, true);
        down(1, true);
        down(2, false);
        assertThat(roster(0.5).eligible()).containsExactly(all.get(2), all.get(3));
        assertThat(roster(0.5).panic()).isTrue();
        down(2, true);
        assertThat(roster(0.5).eligible()).containsExactly(all.get(3));
        assertThat(roster(0.5).panic()).isFalse();
        down(3, true);
        assertThat(roster(0.5).eligible()).isEmpty();
    }

    @Test
    void whenAllAnswerBadlyAllAreAsked() {
        for (int i = 0; i < 4; i++) {
            down(i, false);
        }
        assertThat(roster(0.5).eligible()).hasSize(4);
        assertThat(roster(0).eligible()).isEmpty();
    }

    @Test
    void neitherTheGatedNorTheUnwantedAreEverUsedInNeed() {
        for (int i = 0; i < 3; i++) {
            down(i, false);
        }
        all.get(0).update(s -> s.withWish(Wish.MAINT, 1, "test"));
        all.get(1).update(s -> s.withWish(Wish.DRAIN, 1, "test"));
        all.get(2).update(s -> s.withHealth(Health.UNCHECKED, 1, "test"));
        Roster roster = roster(1);
        assertThat(roster.eligible()).containsExactly(all.get(3));
        assertThat(roster.panic()).isFalse();
        all.get(3).update(s -> s.withWeight(0));
        assertThat(roster(1).eligible()).isEmpty();
    }
}
