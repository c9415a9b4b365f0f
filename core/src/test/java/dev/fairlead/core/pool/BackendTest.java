package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.pool.BackendState.Health;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BackendTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 20_000;

    private static void together(Callable<Void> task) throws Exception {
        var tasks = new ArrayList<Callable<Void>>();
        for (int i = 0; i < THREADS; i++) {
            tasks.add(task);
        }
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            for (var result : threads.invokeAll(tasks)) {
                result.get();
            }
        }
    }

    @Test
    void updateReturnsWhatWasBeforeOrNothingWhenNothingChanged() {
        Backend backend = Backends.up(1, 1);
        BackendState before = backend.state();
        assertThat(backend.update(s -> s.withHealth(Health.DOWN, 5, "refused"))).isSameAs(before);
        assertThat(backend.state().health()).isEqualTo(Health.DOWN);
        assertThat(backend.update(s -> s.withHealth(Health.DOWN, 6, "refused"))).isNull();
        assertThat(backend.state().since()).isEqualTo(5);
    }

    @Test
    void noUpdateIsLostBetweenThreads() throws Exception {
        Backend backend = Backends.up(1, 0);
        together(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                backend.update(s -> new BackendState(s.wish(), s.health(), s.weight(), s.since() + 1, s.why()));
            }
            return null;
        });
        assertThat(backend.state().since()).isEqualTo((long) THREADS * ROUNDS);
    }

    @Test
    void capHoldsBetweenThreads() throws Exception {
        int cap = 3;
        Backend backend = Backends.up(1, 1, cap);
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        together(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                if (backend.tryEnter()) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    backend.leave(false);
                }
            }
            return null;
        });
        assertThat(most.get()).isBetween(1, cap);
        assertThat(backend.inflight()).isZero();
    }

    @Test
    void loweredCapLetsRequestsFinishAndAdmitsNoneUntilBelow() {
        Backend backend = Backends.up(1, 1, 3);
        Backends.occupy(backend, 3);
        backend.cap(1);
        assertThat(backend.full()).isTrue();
        Backends.vacate(backend, 2);
        assertThat(backend.tryEnter()).isFalse();
        Backends.vacate(backend, 1);
        assertThat(backend.full()).isFalse();
        assertThat(backend.tryEnter()).isTrue();
    }

    @Test
    void capBelowOneIsRefused() {
        assertThatThrownBy(() -> Backends.up(1, 1, 0)).hasMessage("cap: 0 (expected: >= 1)");
        Backend backend = Backends.up(1, 1);
        assertThatThrownBy(() -> backend.cap(-1)).hasMessage("cap: -1 (expected: >= 1)");
        assertThat(backend.cap()).isEqualTo(1024);
    }

    @Test
    void otherBoundsHoldForACapThatIsLearntAndLeaveOneThatWasSet() {
        Backend backend = new Backend(
                Backends.up(1, 1).key(),
                Backends.up(1, 1).address(),
                Backends.up(1, 1).state(),
                new Backend.Caps(0, 32, 1024),
                1);
        backend.caps(new Backend.Caps(0, 5, 5));
        assertThat(backend.cap()).isEqualTo(5);
        backend.cap(100);
        backend.caps(new Backend.Caps(0, 7, 7));
        assertThat(backend.cap()).isEqualTo(100);
        backend.cap(0);
        assertThat(backend.cap()).isEqualTo(7);
    }
}
