package dev.fairlead.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeedsTest {
    @Test
    void fixedSeedsRepeat() {
        Seeds one = Seeds.fixed(7);
        Seeds other = Seeds.fixed(7);
        for (int i = 0; i < 10; i++) {
            assertThat(one.generator().nextLong()).isEqualTo(other.generator().nextLong());
        }
    }

    @Test
    void everyGeneratorIsAnother() {
        Seeds seeds = Seeds.fixed(7);
        assertThat(seeds.generator().nextLong()).isNotEqualTo(seeds.generator().nextLong());
        Seeds system = Seeds.system();
        assertThat(system.next()).isNotEqualTo(system.next());
    }
}
