package dev.fairlead.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PortionTest {
    private final Portion portion = new Portion();

    private void read(int connections) {
        for (int i = 0; i < connections; i++) {
            portion.much();
        }
    }

    @Test
    void fewReadAsMuchAsIsCheapest() {
        read(16);
        assertThat(portion.size()).isEqualTo(Portion.MOST);
    }

    @Test
    void manyShareOneTurn() {
        read(64);
        assertThat(portion.size()).isEqualTo(Portion.TURN / 64);
        assertThat(64 * portion.size()).isLessThanOrEqualTo(Portion.TURN);
    }

    @Test
    void nobodyGetsLessThanASystemCallIsWorth() {
        read(100_000);
        assertThat(portion.size()).isEqualTo(Portion.LEAST);
    }

    @Test
    void whoWasThereInTheLastTickStillCountsInThis() {
        read(64);
        portion.ticked();
        read(1);
        assertThat(portion.size()).isEqualTo(Portion.TURN / 64);
        portion.ticked();
        assertThat(portion.size()).isEqualTo(Portion.MOST);
    }
}
