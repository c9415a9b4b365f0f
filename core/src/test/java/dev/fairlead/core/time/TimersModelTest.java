package dev.fairlead.core.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Random armings, cancels and stalls, also from inside expiring timers, against a list of deadlines. */
class TimersModelTest {
    private static final int SEEDS = 300;
    private static final int STEPS = 400;
    private static final int TIMERS = 12;

    @Test
    void wheelAndListAgree() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                new Run(seed).play();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static final class Run {
        private final RandomGenerator random;
        private final long tick;
        private final long origin;
        private final Timers timers;
        private final List<Modelled> all = new ArrayList<>();
        private long now;
        private int calls;
        private boolean expiring;

        Run(long seed) {
            random = Seeds.fixed(seed).generator();
            tick = random.nextLong(1, 21);
            // Some start near the wrap of the clock.
            origin = seed % 3 == 0 ? Long.MAX_VALUE - random.nextInt(10_000) : random.nextInt(1000) - 500;
            now = origin;
            timers = new Timers(origin, tick);
            for (int i = 0; i < TIMERS; i++) {
                all.add(new Modelled());
            }
        }

        private final class Modelled extends Timers.Timer {
            boolean due;
            long at;
            long armedAt;

            @Override
            protected void expire(long time) {
                assertThat(expiring).isTrue();
                assertThat(time).isEqualTo(now);
                assertThat(due).as("armed").isTrue();
                assertThat(now - at).as("early by").isNotNegative();
                due = false;
                calls++;
                while (random.nextInt(3) == 0) {
                    change(random.nextInt(3) == 0 ? this : all.get(random.nextInt(TIMERS)));
                }
            }
        }

        private void change(Modelled timer) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    timers.cancel(timer);
                    timer.due = false;
                }
                case 1 -> {
                    timers.pause(timer);
                    timer.due = false;
                }
                default -> {
                    timer.at = now + delay();
                    timer.armedAt = now;
                    timer.due = true;
                    timers.arm(timer, timer.at);
                }
            }
        }

        private long delay() {
            return switch (random.nextInt(5)) {
                case 0 -> -random.nextInt(1000);
                case 1 -> random.nextInt(3) * tick;
                case 2 -> random.nextLong(600 * tick);
                case 3 -> 512 * tick + random.nextInt(3) - 1;
                default -> random.nextInt(50);
            };
        }

        void play() {
            for (int step = 0; step < STEPS; step++) {
                if (random.nextInt(3) > 0) {
                    change(all.get(random.nextInt(TIMERS)));
                } else {
                    pass(
                            switch (random.nextInt(6)) {
                                case 0 -> random.nextLong(2000 * tick);
                                case 1 -> 512 * tick;
                                default -> random.nextLong(4 * tick);
                            });
                }
                check();
            }
            pass(2000 * tick);
            for (int i = 0; i < 1000 && all.stream().anyMatch(timer -> timer.due); i++) {
                pass(700 * tick);
            }
        }

        private void pass(long nanos) {
            now += nanos;
            calls = 0;
            expiring = true;
            int expired = timers.advance(now);
            expiring = false;
            assertThat(expired).isEqualTo(calls);
            for (Modelled timer : all) {
                // Neither its deadline nor its arming may be a whole tick ago.
                boolean overdue = timer.due && now - timer.at >= tick && now - timer.armedAt >= tick;
                assertThat(overdue).as("overdue by %d", now - timer.at).isFalse();
            }
        }

        private void check() {
            long due = all.stream().filter(timer -> timer.due).count();
            assertThat((long) timers.size()).isBetween(due, (long) TIMERS);
            assertThat(all).allMatch(timer -> timer.armed() == timer.due);
        }
    }
}
