package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EjectorTest {
    private final Backend backend = new World(1, World.OFF, World.EJECT, 1).get(0);
    private final List<Outcome> trips = new ArrayList<>();
    private final Ejector ejector = new Ejector(3, (tripped, last, now) -> {
        assertThat(tripped).isSameAs(backend);
        trips.add(last);
    });

    private void feed(Outcome... outcomes) {
        for (Outcome outcome : outcomes) {
            ejector.closed(backend, outcome, 0);
        }
    }

    @Test
    void differentFailuresAddUpAndTripOnce() {
        feed(Outcome.SERVER_ERROR, Outcome.CONNECT_FAILED, Outcome.TIMED_OUT, Outcome.BROKEN, Outcome.BROKEN);
        assertThat(trips).containsExactly(Outcome.TIMED_OUT);
    }

    @Test
    void aGoodAnswerBreaksTheRow() {
        feed(Outcome.BROKEN, Outcome.BROKEN, Outcome.OK, Outcome.BROKEN, Outcome.BROKEN);
        assertThat(trips).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"STALE", "CLIENT_GONE", "UNUSED"})
    void whatSaysNothingAboutTheBackendNeitherCountsNorResets(Outcome outcome) {
        feed(outcome, outcome, outcome, outcome);
        assertThat(trips).isEmpty();
        feed(Outcome.BROKEN, outcome, Outcome.BROKEN, outcome, Outcome.BROKEN);
        assertThat(trips).containsExactly(Outcome.BROKEN);
    }

    @Test
    void zeroNeverTrips() {
        ejector.consecutive(0);
        for (int i = 0; i < 100; i++) {
            feed(Outcome.BROKEN);
        }
        assertThat(trips).isEmpty();
        assertThatThrownBy(() -> ejector.consecutive(-1)).hasMessage("consecutive: -1 (expected: >= 0)");
    }
}
