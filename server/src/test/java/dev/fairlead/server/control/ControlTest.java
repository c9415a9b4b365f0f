package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.time.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The control thread under load. */
@Timeout(20)
class ControlTest {
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    @Test
    void whateverATaskThrowsTheThreadGoesOn() throws Exception {
        var control = new Control(Ticker.system(), now -> now + TimeUnit.SECONDS.toNanos(1));
        control.start();
        control.execute(() -> {
            // Such as after the program's file was replaced beneath it.
            throw new NoClassDefFoundError("gone");
        });
        assertThat(control.<Integer>ask(() -> 1)).isEqualTo(1);
    }

    @Test
    void onceItHasStartedItsFirstTurnIsOver() throws Exception {
        var turns = new AtomicInteger();
        var ticker = Ticker.system();
        var control = new Control(ticker, now -> {
            while (ticker.nanos() - now < 20 * TURN_NANOS) {
                Thread.onSpinWait();
            }
            turns.incrementAndGet();
            return now + TimeUnit.SECONDS.toNanos(1);
        });
        control.start();
        assertThat(turns).hasValue(1);
        control.stop();
    }

    @Test
    void manyTasksInARowShareATurnAndAreAnsweredAtOnce() throws Exception {
        var turns = new AtomicInteger();
        var ticker = Ticker.system();
        var control = new Control(ticker, now -> {
            turns.incrementAndGet();
            while (ticker.nanos() - now < TURN_NANOS) {
                Thread.onSpinWait();
            }
            return now;
        });
        control.start();
        long began = ticker.nanos();
        for (int i = 0; i < 200; i++) {
            int asked = i;
            assertThat(control.<Integer>ask(() -> asked)).isEqualTo(i);
        }
        while (ticker.nanos() - began < 500 * TURN_NANOS) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        control.stop();
        assertThat(turns.get()).as("turns of 1 ms in 500 ms").isBetween(10, 130);
    }
}
