package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TriedTest {
    private final Tried tried = new Tried();

    @Test
    void skipsWhatWasTriedAndWhatIsFull() {
        Backend done = Backends.up(0, 1);
        Backend full = Backends.up(1, 1, 1);
        Backend open = Backends.up(2, 1);
        tried.add(done);
        Backends.occupy(full, 1);
        assertThat(tried.skips(done)).isTrue();
        assertThat(tried.skips(full)).isTrue();
        assertThat(tried.contains(full)).isFalse();
        assertThat(tried.skips(open)).isFalse();
    }

    @Test
    void clearForgetsAll() {
        Backend done = Backends.up(0, 1);
        tried.add(done);
        tried.clear();
        assertThat(tried.contains(done)).isFalse();
        assertThat(tried.size()).isZero();
    }

    @Test
    void remembersEightAndNoMore() {
        for (int i = 0; i < Tried.MAX; i++) {
            assertThat(tried.full()).isFalse();
            tried.add(Backends.up(i, 1));
        }
        assertThat(tried.full()).isTrue();
        assertThatThrownBy(() -> tried.add(Backends.up(9, 1))).hasMessage("tries: 8 (expected: < 8)");
    }
}
