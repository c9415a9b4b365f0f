package dev.fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostRuleTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LocalHost:7900",
                "127.0.0.1",
                "127.0.0.1:7900",
                "127.8.9.10:1",
                "[::1]",
                "[::1]:7900",
                "[0:0:0:0:0:0:0:1]:7900"
            })
    void namesThatAlwaysMeanThisMachinePass(String host) {
        assertThat(HostRule.passes(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":7900",
                "evil.example",
                "evil.example:7900",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "10.0.0.1:7900",
                "0.0.0.0:7900",
                "[::]:7900",
                "[::1",
                "::1",
                "[::1]x",
                "localhost:port",
                "localhost:7900:7900",
                "localhost@evil.example",
                "2130706433",
                "0x7f.1"
            })
    void othersDoNot(String host) {
        assertThat(HostRule.passes(host)).isFalse();
    }
}
