package dev.fairlead.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimersTest {
    private static final long TICK = 10;
    private static final long ROUND = 512 * TICK;

    private final ManualTicker ticker = new ManualTicker(1003);
    private final Timers timers = new Timers(ticker.nanos(), TICK);
    private final List<String> expired = new ArrayList<>();

    /** Notes its name when it expires, then does what it was told to. */
    private final class Named extends Timers.Timer {
        private final String name;
        private Runnable then = () -> {};

        Named(String name) {
            this.name = name;
        }

        @Override
        protected void expire(long now) {
            assertThat(now - deadline()).isNotNegative();
            assertThat(armed()).isFalse();
            expired.add(name);
            then.run();
        }

        Named then(Runnable action) {
            then = action;
            return this;
        }

        Named in(long nanos) {
            timers.arm(this, ticker.nanos() + nanos);
            return this;
        }
    }

    private int advance(long nanos) {
        return timers.advance(ticker.advance(nanos));
    }

    @Test
    void expiresOnceNeverEarlyAndAtMostOneTickLate() {
        for (long delay = 0; delay < 3 * ROUND; delay += 7) {
            expired.clear();
            new Named("a").in(delay);
            long waited = 0;
            while (expired.isEmpty()) {
                advance(1);
                waited++;
                assertThat(waited).isLessThanOrEqualTo(Math.max(delay, 1) + TICK);
            }
            assertThat(waited).isGreaterThanOrEqualTo(delay);
            advance(2 * ROUND);
            assertThat(expired).hasSize(1);
            assertThat(timers.size()).isZero();
        }
    }

    @Test
    void armedAgainForLaterItExpiresOnlyThen() {
        var timer = new Named("a").in(50);
        advance(40);
        timer.in(50);
        advance(40);
        assertThat(expired).isEmpty();
        assertThat(timer.armed()).isTrue();
        assertThat(timers.size()).isEqualTo(1);
        advance(20);
        assertThat(expired).containsExactly("a");
    }

    @Test
    void armedAgainForEarlierItExpiresThen() {
        var timer = new Named("a").in(5 * ROUND);
        timer.in(30);
        assertThat(timers.size()).isEqualTo(1);
        advance(40);
        assertThat(expired).containsExactly("a");
    }

    @Test
    void cancelledItNeverExpiresAndLeavesAtOnce() {
        var first = new Named("first").in(30);
        var middle = new Named("middle").in(30);
        var last = new Named("last").in(30);
        timers.cancel(middle);
        timers.cancel(middle);
        assertThat(timers.size()).isEqualTo(2);
        timers.cancel(last);
        timers.cancel(first);
        assertThat(timers.size()).isZero();
        advance(ROUND);
        assertThat(expired).isEmpty();
        middle.in(10);
        assertThat(advance(20)).isEqualTo(1);
    }

    @Test
    void pausedItDoesNotExpireUntilArmedAgain() {
        var timer = new Named("a").in(30);
        timers.pause(timer);
        advance(100);
        assertThat(expired).isEmpty();
        assertThat(timers.size()).isZero();
        timer.in(30);
        timers.pause(timer);
        timer.in(20);
        advance(40);
        assertThat(expired).containsExactly("a");
    }

    @Test
    void siblingsOfTheSlotBeingExpiredMayBeCancelled() {
        // The last one armed is expired first; cancel its neighbour, the middle and the last in line.
        for (int victim = 0; victim < 4; victim++) {
            expired.clear();
            var siblings = new ArrayList<Named>();
            for (int i = 0; i < 4; i++) {
                siblings.add(new Named("s" + i).in(30));
            }
            Named cancelled = siblings.get(victim);
            new Named("canceller").then(() -> timers.cancel(cancelled)).in(30);
            advance(40);
            assertThat(expired).hasSize(4).first().isEqualTo("canceller");
            assertThat(expired).doesNotContain("s" + victim);
            assertThat(timers.size()).isZero();
        }
    }

    @Test
    void siblingsOfTheSlotBeingExpiredMayBeMovedEitherWay() {
        var later = new Named("later").in(30);
        var sooner = new Named("sooner").in(30);
        var gone = new Named("gone").in(30);
        new Named("mover")
                .then(() -> {
                    later.in(100);
                    sooner.in(-5);
                    timers.cancel(gone);
                    gone.in(50);
                })
                .in(30);
        advance(40);
        assertThat(expired).containsExactlyInAnyOrder("mover", "sooner");
        advance(60);
        assertThat(expired).containsExactlyInAnyOrder("mover", "sooner", "gone");
        advance(50);
        assertThat(expired).containsExactlyInAnyOrder("mover", "sooner", "gone", "later");
    }

    @Test
    void itMayArmItselfWhileExpiringWithoutEndingTheTick() {
        var timer = new Named("a");
        timer.then(() -> timer.in(0)).in(10);
        for (int i = 1; i <= 5; i++) {
            assertThat(advance(TICK)).isLessThanOrEqualTo(1);
        }
        assertThat(expired).hasSizeBetween(4, 5);
        assertThat(timer.armed()).isTrue();
    }

    @Test
    void aLongStallExpiresEverythingDueAndKeepsTheRest() {
        new Named("soon").in(30);
        new Named("next round").in(ROUND + 30);
        new Named("far").in(100 * ROUND);
        advance(50 * ROUND);
        assertThat(expired).containsExactlyInAnyOrder("soon", "next round");
        advance(49 * ROUND);
        assertThat(expired).hasSize(2);
        advance(ROUND + TICK);
        assertThat(expired).hasSize(3).last().isEqualTo("far");
    }

    @Test
    void whatATimerThrowsComesOutAndTheOthersExpireNextTime() {
        for (int i = 0; i < 3; i++) {
            new Named("s" + i).in(30);
        }
        new Named("bad")
                .then(() -> {
                    throw new IllegalStateException("bad");
                })
                .in(30);
        assertThatThrownBy(() -> advance(40)).hasMessage("bad");
        assertThat(expired).containsExactly("bad");
        assertThat(timers.size()).isEqualTo(3);
        advance(TICK);
        assertThat(expired).hasSize(4);
        assertThat(timers.size()).isZero();
    }

    @Test
    void theClockMayWrap() {
        ticker.advance(Long.MAX_VALUE - ticker.nanos() - 25);
        var wheel = new Timers(ticker.nanos(), TICK);
        var timer = new Named("a");
        wheel.arm(timer, ticker.nanos() + 50);
        wheel.advance(ticker.advance(40));
        assertThat(expired).isEmpty();
        assertThat(ticker.nanos()).isNegative();
        wheel.advance(ticker.advance(20));
        assertThat(expired).containsExactly("a");
    }

    @Test
    void aTickOfNothingIsRefused() {
        assertThatThrownBy(() -> new Timers(0, 0)).hasMessage("tickNanos: 0 (expected: > 0)");
    }
}
