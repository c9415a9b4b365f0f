package dev.fairlead.core.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Backends;
import dev.fairlead.core.pool.Balancer;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.pool.Refusal;
import dev.fairlead.core.pool.Roster;
import dev.fairlead.core.pool.Tried;
import dev.fairlead.core.pool.Watch;
import dev.fairlead.core.time.Seeds;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every algorithm must do, whatever it does best. Each one's test extends this. */
abstract class BalancerContract {
    static final long SEED = 20261123;
    private static final int LANES = 4;

    final RandomGenerator random = Seeds.fixed(SEED).generator();

    abstract BalanceConfig config();

    /** How far, relative to its due, a backend's share may be off over many picks. */
    double shareTolerance() {
        return 0.03;
    }

    final Balancer balancer() {
        return Balancers.of(config());
    }

    static Roster roster(List<Backend> backends) {
        return Roster.of(1, backends);
    }

    final Picker picker(List<Backend> backends) {
        return balancer().build(roster(backends));
    }

    /** How many of {@code picks} went to each. */
    final Map<Backend, Integer> count(Picker picker, Tried tried, int picks) {
        var counts = new HashMap<Backend, Integer>();
        for (int i = 0; i < picks; i++) {
            Backend backend = picker.pick(random.nextLong(), tried);
            if (backend == null) {
                throw new AssertionError("pick " + i + " found nothing");
            }
            counts.merge(backend, 1, Integer::sum);
        }
        return counts;
    }

    static Tried tried(Iterable<Backend> backends) {
        var tried = new Tried();
        backends.forEach(tried::add);
        return tried;
    }

    final void assertShares(Map<Backend, Integer> counts, List<Backend> backends) {
        double picks = counts.values().stream().mapToInt(Integer::intValue).sum();
        double weights = backends.stream().mapToInt(b -> b.state().weight()).sum();
        for (Backend backend : backends) {
            double due = backend.state().weight() / weights;
            assertThat(counts.getOrDefault(backend, 0) / picks)
                    .as("share of %s", backend.key())
                    .isCloseTo(due, within(due * shareTolerance()));
        }
    }

    @Test
    void emptyRosterPicksNothing() {
        assertThat(picker(List.of()).pick(random.nextLong(), new Tried())).isNull();
    }

    @Test
    void rosterWithoutEligibleOnesPicksNothing() {
        List<Backend> backends = Backends.equal(3);
        backends.forEach(b -> b.update(s -> s.withWish(Wish.DRAIN, 0, "test")));
        assertThat(picker(backends).pick(random.nextLong(), new Tried())).isNull();
    }

    @Test
    void singleBackendIsAlwaysPicked() {
        List<Backend> backends = Backends.weighing(7);
        Picker picker = picker(backends);
        for (int i = 0; i < 1000; i++) {
            assertThat(picker.pick(random.nextLong(), new Tried())).isSameAs(backends.getFirst());
        }
        assertThat(picker.pick(random.nextLong(), tried(backends))).isNull();
    }

    @Test
    void picksNothingOnlyWhenEveryEligibleBackendIsSkipped() {
        for (int round = 0; round < 300; round++) {
            int size = 1 + random.nextInt(12);
            var backends = new ArrayList<Backend>();
            var tried = new Tried();
            var open = new HashSet<Backend>();
            for (int i = 0; i < size; i++) {
                Backend backend = Backends.up(i, random.nextInt(4) == 0 ? 256 : random.nextInt(4), 1);
                backends.add(backend);
                boolean full = random.nextInt(3) == 0;
                boolean already = tried.size() < Tried.MAX && random.nextInt(3) == 0;
                if (full) {
                    Backends.occupy(backend, 1);
                }
                if (already) {
                    tried.add(backend);
                }
                if (!full && !already && backend.state().takesNew()) {
                    open.add(backend);
                }
            }
            Picker picker = picker(backends);
            for (int i = 0; i < 20; i++) {
                Backend picked = picker.pick(random.nextLong(), tried);
                if (open.isEmpty()) {
                    assertThat(picked).as("round %d", round).isNull();
                } else {
                    assertThat(picked).as("round %d", round).isIn(open);
                }
            }
        }
    }

    @Test
    void findsTheOneOfManyThatIsNotSkipped() {
        List<Backend> backends = IntStream.range(0, 3000)
                .mapToObj(i -> Backends.up(i, 1 + i % 3, 1))
                .toList();
        backends.forEach(b -> Backends.occupy(b, 1));
        Picker picker = picker(backends);
        for (int i = 0; i < 100; i++) {
            Backend free = backends.get(random.nextInt(backends.size()));
            Backends.vacate(free, 1);
            assertThat(picker.pick(random.nextLong(), new Tried())).isSameAs(free);
            Backends.occupy(free, 1);
        }
        assertThat(picker.pick(random.nextLong(), new Tried())).isNull();
    }

    @Test
    void weightLostBetweenRosterAndBuildDoesNoHarm() {
        List<Backend> backends = Backends.weighing(3, 1);
        Roster before = roster(backends);
        backends.forEach(b -> b.update(s -> s.withWeight(0)));
        Picker picker = balancer().build(before);
        for (int i = 0; i < 100; i++) {
            assertThat(picker.pick(random.nextLong(), new Tried())).isIn(backends);
        }
        assertThat(picker.pick(random.nextLong(), tried(backends))).isNull();
    }

    @Test
    void sharesOfEqualBackendsAreEqual() {
        List<Backend> backends = Backends.equal(5);
        assertShares(count(picker(backends), new Tried(), 200_000), backends);
    }

    @Test
    void sharesFollowWeights() {
        List<Backend> backends = Backends.weighing(1, 2, 4, 0);
        assertShares(count(picker(backends), new Tried(), 200_000), backends);
    }

    @Test
    void shareOfATriedOneIsSpreadOverAllOthers() {
        List<Backend> backends = Backends.weighing(8, 1, 2, 4);
        List<Backend> others = backends.subList(1, 4);
        assertShares(count(picker(backends), tried(backends.subList(0, 1)), 200_000), others);
    }

    @Test
    void rebuildTakesInWhoCameAndWent() {
        List<Backend> backends = Backends.equal(6);
        Balancer balancer = balancer();
        Picker before = balancer.build(roster(backends.subList(0, 4)));
        Picker after = balancer.build(roster(backends.subList(2, 6)));
        assertThat(count(before, new Tried(), 5000)).containsOnlyKeys(backends.subList(0, 4));
        assertThat(count(after, new Tried(), 5000)).containsOnlyKeys(backends.subList(2, 6));
        backends.get(3).update(s -> s.withWish(Wish.DRAIN, 0, "test"));
        Picker drained = balancer.build(roster(backends.subList(2, 6)));
        assertThat(count(drained, new Tried(), 5000))
                .containsOnlyKeys(backends.get(2), backends.get(4), backends.get(5));
    }

    @Test
    void frequentRebuildsDoNotFavourAnyone() {
        List<Backend> backends = Backends.equal(5);
        Balancer balancer = balancer();
        var counts = new HashMap<Backend, Integer>();
        for (int i = 0; i < 1000; i++) {
            count(balancer.build(roster(backends)), new Tried(), 3).forEach((b, n) -> counts.merge(b, n, Integer::sum));
        }
        // 3,000 picks: one standard deviation is 3.7 % of a share.
        double due = 3000 / 5.0;
        assertThat(counts.values())
                .allSatisfy(n -> assertThat((double) n).isCloseTo(due, within(due * (shareTolerance() + 0.12))));
    }

    @Test
    void capsHoldWhateverTheAlgorithmWants() {
        var backends = List.of(Backends.up(0, 256, 1), Backends.up(1, 1, 2), Backends.up(2, 1, 3));
        var pool = new Pool("app", balancer(), Watch.NONE, backends);
        var leases = new ArrayList<Lease>();
        for (int i = 0; i < 6; i++) {
            assertThat(pool.acquire(0, random.nextLong(), new Tried(), 0))
                    .isInstanceOfSatisfying(Lease.class, leases::add);
        }
        assertThat(backends).allMatch(Backend::full);
        assertThat(pool.acquire(0, random.nextLong(), new Tried(), 0)).isEqualTo(Refusal.ALL_BUSY);
        leases.forEach(lease -> lease.close(Outcome.OK, 0));
        assertThat(backends).allMatch(b -> b.inflight() == 0);
    }

    @Test
    void manyThreadsPickAtOnce() throws Exception {
        int cap = 3;
        List<Backend> backends = IntStream.range(0, 8)
                .mapToObj(i -> Backends.up(i, 1 + i, cap, LANES))
                .toList();
        var pool = new Pool("app", balancer(), Watch.NONE, backends);
        var tasks = new ArrayList<Callable<Integer>>();
        for (int lane = 0; lane < LANES; lane++) {
            tasks.add(churn(pool, lane, random.nextLong(), cap));
        }
        int leased = 0;
        try (var threads = Executors.newFixedThreadPool(LANES)) {
            for (var result : threads.invokeAll(tasks)) {
                leased += result.get();
            }
        }
        assertThat(backends).allMatch(b -> b.inflight() == 0);
        assertThat(backends.stream().mapToLong(b -> b.tally().leases()).sum()).isEqualTo(leased);
    }

    /** Leases up to six at a time, tries no backend twice, rebuilds now and then on the first lane. */
    private static Callable<Integer> churn(Pool pool, int lane, long seed, int cap) {
        return () -> {
            var keys = Seeds.fixed(seed).generator();
            var tried = new Tried();
            var held = new ArrayList<Lease>();
            int leased = 0;
            for (int i = 0; i < 20_000; i++) {
                if (pool.acquire(lane, keys.nextLong(), tried, i) instanceof Lease lease) {
                    leased++;
                    held.add(lease);
                    assertThat(lease.backend().inflight()).isBetween(1, cap);
                }
                if (held.size() == 6 || keys.nextInt(4) == 0) {
                    for (Lease lease : held) {
                        lease.firstByte(i);
                        lease.close(Outcome.OK, i);
                    }
                    held.clear();
                    tried.clear();
                }
                if (lane == 0 && i % 1000 == 0) {
                    pool.refresh();
                }
            }
            held.forEach(lease -> lease.close(Outcome.OK, 0));
            return leased;
        };
    }

    @Test
    void tenThousandBackendsAreAllReached() {
        List<Backend> backends = Backends.equal(10_000);
        assertThat(count(picker(backends), new Tried(), 400_000)).hasSizeGreaterThan(9_900);
    }

    @Test
    void pickAllocatesNothing() {
        List<Backend> backends = Backends.weighing(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        backends.forEach(b -> b.latency().observe(1_000_000, 0));
        Backends.occupy(backends.getFirst(), 1024);
        Backends.occupy(backends.get(1), 5);
        Picker picker = picker(backends);
        Tried tried = tried(backends.subList(2, 3));
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        // Until compiled: the interpreter may allocate for method handles.
        long sum = spin(picker, tried, 200_000);
        // The measuring itself may allocate the first time.
        threads.getThreadAllocatedBytes(thread);
        long before = threads.getThreadAllocatedBytes(thread);
        sum += spin(picker, tried, 1_000_000);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(sum).isNotZero();
        assertThat(allocated).as("bytes for a million picks").isLessThan(1000);
    }

    private static long spin(Picker picker, Tried tried, int picks) {
        long sum = 0;
        for (int i = 0; i < picks; i++) {
            Backend picked = picker.pick(Hash.mix(i), tried);
            sum += picked == null ? 0 : picked.cap();
        }
        return sum;
    }
}
