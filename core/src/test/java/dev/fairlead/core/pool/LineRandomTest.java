package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.time.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** No place is lost, and none is given twice, whatever comes together. */
class LineRandomTest extends LineStories {
    @Test
    void inRandomLivesNoPlaceIsLostAndNoneGivenTwice() {
        for (int life = 0; life < 200; life++) {
            told.clear();
            var random = Seeds.fixed(life).generator();
            var backends = List.of(up(0, 1, 2), up(1, 1, 1));
            Pool pool = pool(5, random.nextBoolean(), backends);
            List<Guest> in = new ArrayList<>();
            for (int step = 0; step < 300; step++) {
                int what = random.nextInt(10);
                if (what < 5) {
                    Guest guest = new Guest("g" + step, random.nextInt(2), random.nextInt(4));
                    if (random.nextInt(3) == 0) {
                        guest.tried.add(backends.get(random.nextInt(2)));
                    }
                    if (!(ask(pool, guest) instanceof Refusal)) {
                        in.add(guest);
                    }
                } else if (what < 8 && !in.isEmpty()) {
                    Guest guest = in.remove(random.nextInt(in.size()));
                    if (guest.lease != null) {
                        guest.lease.close(Outcome.OK, now);
                    } else {
                        pool.leave(guest);
                    }
                } else if (!tasks.isEmpty()) {
                    tasks.poll().run();
                }
                long held = in.stream().filter(g -> g.lease != null).count();
                int inflight = backends.stream().mapToInt(Backend::inflight).sum();
                // What is held by nobody is on its way in a task.
                assertThat(inflight).isBetween((int) held, (int) held + tasks.size());
            }
            run();
            assertThat(in)
                    .as("someone waits beside a free place")
                    .noneMatch(g -> g.waiting() && backends.stream().anyMatch(b -> !b.full() && !g.tried.contains(b)));
        }
    }

    @Test
    void onRealThreadsNobodyIsForgotten() throws Exception {
        List<ExecutorService> loops = List.of(Executors.newSingleThreadExecutor(), Executors.newSingleThreadExecutor());
        try {
            var backend = up(0, 1, 2);
            var pool = new Pool("app", FIRST, Watch.NONE, 0, new Line(100_000, false, loops), List.of(backend));
            int each = 20_000;
            var served = new CountDownLatch(2 * each);
            for (int lane = 0; lane < 2; lane++) {
                int number = lane;
                loops.get(lane).execute(() -> {
                    for (int i = 0; i < each; i++) {
                        new Busy(number, pool, served, loops.get(number)).ask();
                    }
                });
            }
            assertThat(served.await(10, TimeUnit.SECONDS))
                    .as("left: " + served.getCount())
                    .isTrue();
            assertThat(backend.inflight()).isZero();
        } finally {
            loops.forEach(ExecutorService::shutdownNow);
        }
    }

    /** Asks, and gives back what it got a moment later. */
    private static final class Busy extends Waiter {
        private final Pool pool;
        private final CountDownLatch served;
        private final Executor loop;
        private final Tried tried = new Tried();

        private Busy(int lane, Pool pool, CountDownLatch served, Executor loop) {
            super(lane);
            this.pool = pool;
            this.served = served;
            this.loop = loop;
        }

        private void ask() {
            if (pool.acquireOrWait(this, 0, 0) instanceof Lease lease) {
                granted(lease);
            }
        }

        @Override
        protected Tried tried() {
            return tried;
        }

        @Override
        protected int client() {
            return 0;
        }

        @Override
        protected long now() {
            return 0;
        }

        @Override
        protected void granted(Lease lease) {
            loop.execute(() -> {
                lease.close(Outcome.OK, 0);
                served.countDown();
            });
        }

        @Override
        protected void refused(Refusal why) {
            throw new AssertionError(why);
        }
    }
}
