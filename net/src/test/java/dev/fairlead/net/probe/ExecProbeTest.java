package dev.fairlead.net.probe;

import static dev.fairlead.net.probe.Probes.LONG;
import static dev.fairlead.net.probe.Probes.SHORT;
import static dev.fairlead.net.probe.Probes.came;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.config.HealthConfig.ExecCheck;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.CheckResult.Kind;
import dev.fairlead.core.time.Ticker;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class ExecProbeTest {
    private static EventLoopGroup group;

    @BeforeAll
    static void start() {
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private static Probe probe(Duration timeout, String... command) {
        return Probe.of(
                Probes.exec(new ExecCheck(List.of(command)), timeout), group, NioSocketChannel.class, Ticker.system());
    }

    private static CheckResult shell(Duration timeout, String script) throws Exception {
        return Probes.run(probe(timeout, "/bin/sh", "-c", script), 3000);
    }

    @Test
    void theExitCodeDecidesAndWhatItSaysIsTheEvidence() throws Exception {
        came(shell(LONG, "exit 0"), Kind.PASS, "exit 0");
        came(shell(LONG, "echo ' all' good"), Kind.PASS, "all good");
        came(shell(LONG, "exit 3"), Kind.SICK, "exit 3");
        came(shell(LONG, "echo no database >&2; exit 1"), Kind.SICK, "exit 1: no database");
    }

    @Test
    void itLearnsWhatToCheckAndGetsNoInput() throws Exception {
        came(
                shell(LONG, "cat; echo $FAIRLEAD_BACKEND $FAIRLEAD_HOST $FAIRLEAD_PORT"),
                Kind.PASS,
                "127.0.0.1:3000 127.0.0.1 3000");
    }

    @Test
    void thereIsNoShellUnlessOneIsWritten() throws Exception {
        came(Probes.run(probe(LONG, "/bin/echo", "$HOME; exit 1"), 3000), Kind.PASS, "$HOME; exit 1");
    }

    @Test
    void aProgramThatCannotBeRunIsSeen() throws Exception {
        CheckResult result = Probes.run(probe(LONG, "/nowhere/at-all"), 3000);
        assertThat(result.kind()).isEqualTo(Kind.SICK);
        assertThat(result.evidence()).startsWith("cannot run /nowhere/at-all: ").contains("No such file");
    }

    @Test
    void overTimeItIsKilledWithAllItHasStarted(@TempDir Path folder) throws Exception {
        Path pids = folder.resolve("pids");
        String script = "sleep 600 & echo $! >> " + pids + "; echo $$ >> " + pids + "; sleep 600";
        came(shell(Duration.ofSeconds(1), script), Kind.SILENT, "timeout after 1s: the check still ran");
        List<String> started = Files.readAllLines(pids);
        assertThat(started).hasSize(2);
        for (String pid : started) {
            await().until(() -> ProcessHandle.of(Long.parseLong(pid))
                    .filter(ProcessHandle::isAlive)
                    .isEmpty());
        }
    }

    @Test
    void endlessOutputNeitherFillsMemoryNorOutlivesTheTimeout() throws Exception {
        came(shell(SHORT, "exec yes $(printf %2000s x)"), Kind.SILENT, "timeout after 300ms: the check still ran");
        came(
                shell(LONG, "dd if=/dev/zero bs=100000 count=20 2>/dev/null | tr '\\0' x; exit 1"),
                Kind.SICK,
                "exit 1: " + "x".repeat(100));
    }

    @Test
    void aChildThatLivesOnDoesNotHoldUpTheResult() throws Exception {
        came(shell(LONG, "sleep 5 & echo done"), Kind.PASS, "done");
    }

    @Test
    void manyAtOnceEachReportOnce() throws Exception {
        var results = new LinkedBlockingQueue<CheckResult>();
        Probe probe = probe(LONG, "/bin/sh", "-c", "exit 0");
        for (int i = 0; i < 3 * ExecProbe.MOST_AT_ONCE; i++) {
            probe.probe(Probes.backend(3000), results::add);
        }
        for (int i = 0; i < 3 * ExecProbe.MOST_AT_ONCE; i++) {
            assertThat(results.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
        assertThat(results).isEmpty();
    }
}
