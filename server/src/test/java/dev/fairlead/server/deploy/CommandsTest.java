package dev.fairlead.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands as operators write them, carelessly. */
@Timeout(20)
class CommandsTest {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Test
    void aCommandThatLeavesSomethingInTheBackgroundEndsWithItsShell() throws Exception {
        assertThat(new Commands().run("sleep 25 & echo started; sleep 0.2; exit 3", lines::add))
                .isEqualTo(3);
        assertThat(lines).containsExactly("started");
    }

    @Test
    void linesAreToldAsTheyAreAndLongOnesCut() throws Exception {
        String command = "printf 'a\\r\\n\\nb\\rc\\n'; head -c 9000 /dev/zero | tr '\\0' x; echo; printf end";
        assertThat(new Commands().run(command, lines::add)).isZero();
        assertThat(lines).containsExactly("a", "", "b", "c", "x".repeat(4_000), "end");
    }

    @Test
    void endingIsHeardAtWhateverMomentItComes() throws Exception {
        for (int i = 0; i < 40; i++) {
            var commands = new Commands();
            long delay = TimeUnit.MICROSECONDS.toNanos(i * 100L);
            Thread ender = Thread.ofPlatform().start(() -> {
                LockSupport.parkNanos(delay);
                commands.end();
            });
            assertThat(commands.run("exec sleep 25", lines::add))
                    .as("ended after %s ns", delay)
                    .isEqualTo(143);
            ender.join();
        }
    }
}
