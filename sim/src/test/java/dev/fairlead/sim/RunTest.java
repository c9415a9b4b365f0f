package dev.fairlead.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RunTest {
    private static Measures play(Scenario scenario, Algorithm algorithm) {
        return new Run(scenario, algorithm).play();
    }

    @Test
    void everyAlgorithmIsGivenTheSameRequests() {
        int requests = play(Scenario.EVEN, Algorithm.RANDOM).requests();
        for (Algorithm algorithm : Algorithm.values()) {
            assertThat(play(Scenario.EVEN, algorithm).requests()).isEqualTo(requests);
        }
    }

    @Test
    void whoLooksAtLoadSurvivesASlowBackend() {
        double blind = play(Scenario.SLOW, Algorithm.ROUND_ROBIN).failed();
        assertThat(blind).isGreaterThan(0.05);
        for (Algorithm algorithm :
                new Algorithm[] {Algorithm.LEAST_CONNECTIONS, Algorithm.POWER_OF_TWO, Algorithm.PEAK_EWMA}) {
            assertThat(play(Scenario.SLOW, algorithm).failed())
                    .as(algorithm.title())
                    .isLessThan(0.001);
        }
    }

    @Test
    void peakEwmaHardlyUsesTheSlowBackend() {
        assertThat(play(Scenario.SLOW, Algorithm.PEAK_EWMA).share(0))
                .isLessThan(play(Scenario.SLOW, Algorithm.POWER_OF_TWO).share(0));
    }

    @Test
    void aNewBackendIsNeitherFloodedNorStarved() {
        for (Algorithm algorithm : Algorithm.values()) {
            if (!algorithm.keyed()) {
                Measures measures = play(Scenario.JOINS, algorithm);
                assertThat(measures.share(0)).as(algorithm.title()).isCloseTo(0.2, within(0.02));
            }
        }
    }
}
