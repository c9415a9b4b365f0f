package dev.fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmupCommandTest {
    @Test
    void itDoesItsWorkAndEndsByItself() throws Exception {
        Background warmup = Background.start((shell, stop) -> new WarmupCommand(shell));
        assertThat(warmup.code()).isZero();
    }
}
