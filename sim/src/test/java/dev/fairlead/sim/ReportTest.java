package dev.fairlead.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.fairlead.core.config.BalanceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Path COMMITTED = Path.of("report.md");
    private static final Path MADE = Path.of("target", "report.md");

    @Test
    void theCommittedReportIsWhatTheBalancersDo() throws IOException {
        String made = assertTimeout(Duration.ofSeconds(20), Report::text);
        Files.writeString(MADE, made);
        assertThat(made)
                .as("sim/report.md; if the change is meant, copy sim/target/report.md over it")
                .isEqualTo(Files.readString(COMMITTED));
    }

    @Test
    void noAlgorithmIsMissing() {
        var simulated = Arrays.stream(Algorithm.values())
                .map(algorithm -> algorithm.config().getClass())
                .collect(Collectors.toSet());
        assertThat(BalanceConfig.class.getPermittedSubclasses())
                .allSatisfy(config -> assertThat(simulated.contains(config))
                        .as(config.getSimpleName())
                        .isTrue());
    }
}
