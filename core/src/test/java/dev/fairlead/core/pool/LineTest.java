package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.time.Seeds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Places go to those who have waited longest, none is lost, and none is given twice. */
class LineTest {
    private static final Balancer FIRST = roster -> (key, tried) ->
            roster.eligible().stream().filter(b -> !tried.skips(b)).findFirst().orElse(null);

    @Test
    void aLearntCapCountsRequestsUntilTheirAnswerBeginsAndAFixedOneUntilItEnds() {
        var backend = new Backend(
                new BackendKey("app", "b:1"),
                java.net.InetSocketAddress.createUnresolved("b", 1),
                new BackendState(BackendState.Wish.READY, Health.UP, 1, 0, "test"),
                new Backend.Caps(0, 1, 4),
                2);
        Pool pool = pool(8, false, List.of(backend));
        assertThat(backend.fixedCap()).isZero();
        Guest first = holder(pool);
        assertThat(backend.cap()).isEqualTo(1);
        Guest second = guest("second");
        assertThat(ask(pool, second)).isSameAs(second);
        first.lease.firstByte(now);
        run();
        assertThat(told).hasSize(1);
        assertThat(backend.inflight()).isEqualTo(2);
        end(first);
        end(second);
        assertThat(backend.inflight()).isZero();

        backend.cap(1);
        first = holder(pool);
        first.lease.firstByte(now);
        assertThat(ask(pool, guest("third"))).isInstanceOf(Waiter.class);
        end(first);
        assertThat(told).hasSize(2);
    }

    @Test
    void whoIsStillSendingHoldsNoLearntPlaceAndCountsWhenItsRequestIsWhole() {
        var backend = new Backend(
                new BackendKey("app", "b:1"),
                java.net.InetSocketAddress.createUnresolved("b", 1),
                new BackendState(BackendState.Wish.READY, Health.UP, 1, 0, "test"),
                new Backend.Caps(0, 1, 4),
                2);
        Pool pool = pool(8, false, List.of(backend));
        Guest slow = holder(pool);
        slow.lease.sending();
        Guest quick = holder(pool);
        slow.lease.sent(now);
        slow.lease.sent(now);
        end(quick);
        assertThat(ask(pool, guest("third"))).isInstanceOf(Waiter.class);
        slow.lease.firstByte(now);
        run();
        assertThat(told).hasSize(1);
        end(slow);
        Guest gone = guest("gone");
        assertThat(ask(pool, gone)).isSameAs(gone);
        assertThat(backend.inflight()).isEqualTo(1);
    }

    /** One for two loops. */
    private static Backend up(int number, int weight, int cap) {
        return Backends.up(number, weight, cap, 2);
    }

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final Executor later = tasks::add;
    private final List<String> told = new ArrayList<>();
    private long now = 100;

    private final class Guest extends Waiter {
        private final String name;
        private final int client;
        private final Tried tried = new Tried();
        private Lease lease;

        private Guest(String name, int lane, int client) {
            super(lane);
            this.name = name;
            this.client = client;
        }

        @Override
        protected Tried tried() {
            return tried;
        }

        @Override
        protected int client() {
            return client;
        }

        @Override
        protected long now() {
            return now;
        }

        @Override
        protected void granted(Lease given) {
            lease = given;
            told.add(name + " at " + given.backend().key().address());
        }

        @Override
        protected void refused(Refusal why) {
            told.add(name + " " + why);
        }
    }

    private Guest guest(String name) {
        return guest(name, 0);
    }

    private Guest guest(String name, int lane) {
        return new Guest(name, lane, 0);
    }

    private Pool pool(int most, boolean fair, List<Backend> backends) {
        return new Pool("app", FIRST, Watch.NONE, 0, new Line(most, fair, List.of(later, later)), backends);
    }

    private Acquired ask(Pool pool, Guest guest) {
        now++;
        Acquired got = pool.acquireOrWait(guest, 0, now);
        if (got instanceof Lease lease) {
            guest.lease = lease;
        }
        return got;
    }

    private Guest holder(Pool pool) {
        Guest guest = guest("holder");
        assertThat(ask(pool, guest)).isInstanceOf(Lease.class);
        return guest;
    }

    private void end(Guest guest) {
        guest.lease.close(Outcome.OK, now);
        run();
    }

    private void run() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }
    }

    @Test
    void placesGoToThoseWhoWaitedLongestWhateverTheirLoop() {
        Pool pool = pool(8, false, List.of(up(0, 1, 1)));
        Guest first = holder(pool);
        Guest a = guest("a", 1);
        Guest b = guest("b", 0);
        Guest c = guest("c", 1);
        assertThat(ask(pool, a)).isSameAs(a);
        assertThat(ask(pool, b)).isSameAs(b);
        assertThat(ask(pool, c)).isSameAs(c);
        assertThat(pool.line().waiting()).isEqualTo(3);
        end(first);
        end(a);
        end(b);
        assertThat(told).extracting(line -> line.charAt(0)).containsExactly('a', 'b', 'c');
        assertThat(pool.line().waiting()).isZero();
    }

    @Test
    void theLineHasAnEnd() {
        Pool pool = pool(2, false, List.of(up(0, 1, 1)));
        holder(pool);
        ask(pool, guest("a"));
        Guest b = guest("b", 1);
        ask(pool, b);
        assertThat(ask(pool, guest("c"))).isEqualTo(Refusal.QUEUE_FULL);
        pool.leave(b);
        Guest d = guest("d");
        assertThat(ask(pool, d)).isSameAs(d);
    }

    @Test
    void aPlaceForSomeoneWhoHasLeftGoesToTheNextOfAnyLoop() {
        Backend backend = up(0, 1, 1);
        Pool pool = pool(8, false, List.of(backend));
        Guest first = holder(pool);
        Guest a = guest("a", 1);
        Guest b = guest("b", 0);
        ask(pool, a);
        ask(pool, b);
        first.lease.close(Outcome.OK, now);
        // The place is on its way to a's loop.
        pool.leave(a);
        run();
        assertThat(told).hasSize(1).first().asString().startsWith("b");
        end(b);
        assertThat(backend.inflight()).isZero();
    }

    @Test
    void whoHasTriedABackendIsNotGivenItAgain() {
        var backends = List.of(up(0, 1, 1), up(1, 1, 1));
        Pool pool = pool(8, false, backends);
        Guest first = holder(pool);
        Guest second = holder(pool);
        Guest a = guest("a");
        a.tried.add(backends.get(0));
        Guest b = guest("b");
        ask(pool, a);
        ask(pool, b);
        end(first);
        assertThat(told).hasSize(1).first().asString().startsWith("b");
        end(second);
        assertThat(told).hasSize(2).last().asString().startsWith("a");
    }

    @Test
    void aPlaceThatTheLongestWaitingMayNotHaveIsOfferedToEveryLoop() {
        var backends = List.of(up(0, 1, 1), up(1, 1, 1));
        Pool pool = pool(8, false, backends);
        Guest first = holder(pool);
        holder(pool);
        Guest tried = guest("tried", 1);
        tried.tried.add(backends.get(0));
        ask(pool, tried);
        ask(pool, guest("free", 0));
        end(first);
        assertThat(told).containsExactly("free at " + backends.get(0).key().address());
    }

    @Test
    void aPlaceOnItsWayInVainKeepsNoOtherPlaceFromWhoWaits() {
        var backends = List.of(up(0, 1, 1), up(1, 1, 1));
        for (boolean drained : new boolean[] {false, true}) {
            told.clear();
            Pool pool = pool(8, false, backends);
            Guest first = holder(pool);
            Guest second = holder(pool);
            Guest waits = guest("waits");
            if (!drained) {
                waits.tried.add(backends.get(0));
            }
            ask(pool, waits);
            // Both are freed in one go: the second while the first is on its way.
            first.lease.close(Outcome.OK, now);
            second.lease.close(Outcome.OK, now);
            if (drained) {
                backends.get(0).update(s -> s.withHealth(Health.DOWN, 1, "test"));
            }
            run();
            assertThat(told).containsExactly("waits at " + backends.get(1).key().address());
            end(waits);
        }
    }

    @Test
    void whoJoinsWhileAPlaceIsGivenBackIsServed() {
        Backend backend = up(0, 1, 1);
        Pool pool = pool(8, false, List.of(backend));
        Guest first = holder(pool);
        Guest leaves = guest("leaves");
        ask(pool, leaves);
        first.lease.close(Outcome.OK, now);
        pool.leave(leaves);
        // Its place is still on its way, so the backend looks full.
        Guest joins = guest("joins", 1);
        assertThat(ask(pool, joins)).isSameAs(joins);
        run();
        assertThat(told).hasSize(1);
    }

    @Test
    void placesThatNobodyMayHaveCostOneLookEach() {
        var backends = List.of(up(0, 1, 100), up(1, 1, 1));
        Pool pool = pool(1000, false, backends);
        Guest first = holder(pool);
        for (int i = 0; i < 99; i++) {
            holder(pool);
        }
        holder(pool);
        for (int i = 0; i < 50; i++) {
            Guest guest = guest("g" + i, i & 1);
            guest.tried.add(backends.get(0));
            ask(pool, guest);
        }
        backends.get(0).cap(1000);
        first.lease.close(Outcome.OK, now);
        int looks = 0;
        Runnable task;
        while ((task = tasks.poll()) != null) {
            looks++;
            task.run();
        }
        assertThat(looks).isLessThanOrEqualTo(2);
        assertThat(backends.get(0).inflight()).isEqualTo(99);
    }

    @Test
    void aRaisedCapAndABackendThatComesUpServeThoseWhoWait() {
        Backend one = up(0, 1, 1);
        Backend two = up(1, 1, 1);
        two.update(s -> s.withHealth(Health.DOWN, 1, "test"));
        Pool pool = pool(8, false, List.of(one, two));
        Guest first = holder(pool);
        for (String name : List.of("a", "b", "c", "d")) {
            ask(pool, guest(name));
        }
        two.update(s -> s.withHealth(Health.UP, 2, "test"));
        pool.refresh();
        run();
        assertThat(told).hasSize(1);
        one.cap(3);
        end(first);
        assertThat(told).hasSize(4);
        assertThat(one.inflight()).isEqualTo(3);
        assertThat(two.inflight()).isEqualTo(1);
    }

    @Test
    void aBackendThatHasLeftThePoolServesNobodyWhoWaits() {
        var backends = List.of(up(0, 1, 1), up(1, 1, 1));
        Pool pool = pool(8, false, backends);
        Guest first = holder(pool);
        Guest second = holder(pool);
        ask(pool, guest("waits"));
        pool.publish(List.of(backends.get(1)));
        end(first);
        assertThat(told).isEmpty();
        end(second);
        assertThat(told).containsExactly("waits at " + backends.get(1).key().address());
    }

    @Test
    void whoHasTriedAllThatAreLeftDoesNotWaitInVain() {
        var backends = List.of(up(0, 1, 1), up(1, 1, 1));
        Pool pool = pool(8, false, backends);
        holder(pool);
        holder(pool);
        Guest tried = guest("tried");
        tried.tried.add(backends.get(0));
        ask(pool, tried);
        ask(pool, guest("free", 1));
        backends.get(1).update(s -> s.withHealth(Health.DOWN, 1, "test"));
        pool.refresh();
        run();
        assertThat(told).containsExactly("tried ALL_TRIED");
        assertThat(pool.line().waiting()).isEqualTo(1);
    }

    @Test
    void whenAllGoDownThoseWhoWaitAreTold() {
        Backend one = up(0, 1, 1);
        Pool pool = pool(8, false, List.of(one));
        holder(pool);
        ask(pool, guest("a", 0));
        ask(pool, guest("b", 1));
        one.update(s -> s.withHealth(Health.DOWN, 1, "test"));
        pool.refresh();
        run();
        assertThat(told).containsExactly("a ALL_DOWN", "b ALL_DOWN");
        assertThat(pool.line().waiting()).isZero();
    }

    @Test
    void aFairLineTakesClientsInTurn() {
        Pool pool = pool(64, true, List.of(up(0, 1, 1)));
        Guest at = holder(pool);
        List<Guest> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(new Guest("greedy" + i, 0, 1));
        }
        all.add(new Guest("modest", 0, 2));
        all.forEach(guest -> ask(pool, guest));
        for (int i = 0; i < 3; i++) {
            end(at);
            String last = told.getLast();
            at = all.stream()
                    .filter(g -> last.startsWith(g.name + " "))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(told).anyMatch(line -> line.startsWith("modest"));
    }

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
