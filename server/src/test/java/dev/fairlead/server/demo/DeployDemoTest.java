package dev.fairlead.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.server.Raw;
import dev.fairlead.server.deploy.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DeployDemoTest {
    @Test
    @Timeout(120)
    void threeProcessesAreReplacedUnderLoadAndNothingFails() throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        var progress = new Progress() {
            @Override
            public void stage(String address, Stage stage, String detail) {
                said.add(stage.name());
            }

            @Override
            public void output(String address, String line) {
                said.add(line);
            }
        };
        try (DeployDemo demo = DeployDemo.start()) {
            assertThat(Raw.get(demo.front(), "/")).contains("X-Version: 1");
            DeployDemo.Result result = demo.deploy(progress);
            assertThat(result.why()).isEmpty();
            assertThat(result.done()).isTrue();
            assertThat(result.failed()).isZero();
            assertThat(result.requests()).isGreaterThan(200);
            assertThat(result.slow()).isPositive();
            assertThat(result.uploads()).isPositive();
            assertThat(result.upgraded()).isPositive();
            for (int i = 0; i < 6; i++) {
                assertThat(Raw.get(demo.front(), "/")).contains("X-Version: 2");
            }
        }
        assertThat(said.stream().filter("DONE"::equals)).hasSize(3);
        assertThat(said.stream().filter("version 2 is listening"::equals)).hasSize(3);
    }
}
