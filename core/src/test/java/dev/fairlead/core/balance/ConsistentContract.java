package dev.fairlead.core.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.Backends;
import dev.fairlead.core.pool.Balancer;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Tried;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What algorithms that send a key to the same backend again must do besides. */
abstract class ConsistentContract extends BalancerContract {
    static final int KEYS = 200_000;
    static final double BOUND = 1.25;

    abstract BalanceConfig config(double bound);

    @Override
    final BalanceConfig config() {
        return config(BOUND);
    }

    /** Most keys that adding or removing one of {@code size} equal backends may move, as a share of all. */
    abstract double mostMoved(int size);

    private static long key(int number) {
        return Hash.mix(number);
    }

    /** Where each key goes in an idle pool. */
    static Backend[] placement(Picker picker) {
        var placement = new Backend[KEYS];
        for (int i = 0; i < KEYS; i++) {
            placement[i] = picker.pick(key(i), new Tried());
        }
        return placement;
    }

    static double moved(Backend[] before, Backend[] after) {
        int moved = 0;
        for (int i = 0; i < KEYS; i++) {
            if (before[i] != after[i]) {
                moved++;
            }
        }
        return (double) moved / KEYS;
    }

    static List<Backend> without(List<Backend> backends, int index) {
        var rest = new ArrayList<>(backends);
        rest.remove(index);
        return rest;
    }

    @Test
    void aKeyStaysWhereItIs() {
        List<Backend> backends = Backends.weighing(1, 2, 3);
        assertThat(moved(placement(picker(backends)), placement(picker(backends))))
                .isZero();
    }

    @Test
    void orderInTheFileDoesNotMatter() {
        List<Backend> backends = Backends.weighing(1, 2, 3, 4, 5, 6, 7, 8);
        var shuffled = new ArrayList<>(backends);
        Collections.reverse(shuffled);
        assertThat(moved(placement(picker(backends)), placement(picker(shuffled))))
                .isZero();
    }

    @Test
    void removingOneMovesLittleMoreThanItsShare() {
        for (int size : List.of(3, 10, 50)) {
            List<Backend> backends = Backends.equal(size);
            Backend[] before = placement(picker(backends));
            double sum = 0;
            for (int gone = 0; gone < 3; gone++) {
                sum += moved(before, placement(picker(without(backends, gone))));
            }
            assertThat(sum / 3).as("moved by removing 1 of %d", size).isLessThanOrEqualTo(mostMoved(size));
        }
    }

    @Test
    void addingOneMovesLittleMoreThanItsShare() {
        for (int size : List.of(3, 10, 50)) {
            List<Backend> backends = Backends.equal(size);
            Backend[] after = placement(picker(backends));
            double sum = 0;
            for (int added = 0; added < 3; added++) {
                sum += moved(placement(picker(without(backends, added))), after);
            }
            assertThat(sum / 3).as("moved by adding the %d-th", size).isLessThanOrEqualTo(mostMoved(size));
        }
    }

    @Test
    void oneThatGoesDownMovesItsOwnKeysOnlyAndGetsThemBack() {
        List<Backend> backends = Backends.weighing(1, 2, 1, 4, 1, 2, 1, 4, 1, 2);
        Balancer balancer = balancer();
        Backend[] before = placement(balancer.build(roster(backends)));
        Backend ill = backends.get(3);
        ill.update(s -> s.withHealth(Health.DOWN, 1, "test"));
        Backend[] during = placement(balancer.build(roster(backends)));
        for (int i = 0; i < KEYS; i++) {
            assertThat(during[i]).isNotSameAs(ill);
            if (before[i] != ill) {
                assertThat(during[i]).isSameAs(before[i]);
            }
        }
        ill.update(s -> s.withHealth(Health.UP, 2, "test"));
        assertThat(moved(before, placement(balancer.build(roster(backends))))).isZero();
    }

    @Test
    void oneThatStartsSlowlyGetsAsManyOfItsKeysAsItsShareSaysAndKeepsThem() {
        List<Backend> backends = Backends.weighing(1, 2, 1, 4, 1, 2, 1, 4, 1, 2);
        Balancer balancer = balancer();
        Backend[] usual = placement(balancer.build(roster(backends)));
        Backend slow = backends.get(3);
        double own = Arrays.stream(usual).filter(backend -> backend == slow).count();
        Backend[] before = null;
        for (int share : new int[] {10, 25, 50, 95, 100}) {
            slow.update(s -> s.withShare(share));
            Backend[] now = placement(balancer.build(roster(backends)));
            double part = Arrays.stream(now).filter(backend -> backend == slow).count() / own;
            assertThat(part).isCloseTo(share / 100.0, within(0.02));
            for (int i = 0; i < KEYS; i++) {
                // The keys of others stay, and those that have come home stay there.
                if (usual[i] != slow || before != null && before[i] == slow) {
                    assertThat(now[i]).isSameAs(usual[i]);
                }
            }
            before = now;
        }
        backends.forEach(backend -> backend.update(s -> s.withShare(20)));
        assertThat(moved(usual, placement(balancer.build(roster(backends))))).isZero();
    }

    @Test
    void oneThatStartsSlowlyTakesWhatNobodyElseMay() {
        List<Backend> backends = Backends.equal(3);
        backends.getFirst().update(s -> s.withShare(10));
        Picker picker = picker(backends);
        for (int i = 0; i < 1_000; i++) {
            assertThat(picker.pick(key(i), tried(backends.subList(1, 3)))).isSameAs(backends.getFirst());
        }
    }

    @Test
    void keysOfATriedOneMoveAndNoOthers() {
        List<Backend> backends = Backends.equal(10);
        Picker picker = picker(backends);
        Tried tried = tried(backends.subList(4, 5));
        for (int i = 0; i < KEYS; i++) {
            Backend usual = picker.pick(key(i), new Tried());
            Backend now = picker.pick(key(i), tried);
            assertThat(now).isNotSameAs(backends.get(4));
            if (usual != backends.get(4)) {
                assertThat(now).isSameAs(usual);
            }
        }
    }

    @Test
    void raisingAWeightTakesKeysOnlyTowardsIt() {
        List<Backend> backends = Backends.weighing(10, 10, 10, 10, 10, 10, 10, 10);
        Balancer balancer = balancer();
        Backend[] before = placement(balancer.build(roster(backends)));
        backends.get(2).update(s -> s.withWeight(11));
        Backend[] after = placement(balancer.build(roster(backends)));
        // It gains 1.1 % of the keys; what the table or the average of the ring moves besides is as small.
        assertThat(moved(before, after)).isLessThan(0.06);
    }

    @Test
    void noOneHoldsMoreThanItsBound() {
        // All of the load has one key, the worst case there is.
        for (double bound : new double[] {1.05, 1.25, 2}) {
            for (int size : new int[] {3, 10, 64}) {
                List<Backend> backends = weights(size);
                Picker picker = Balancers.of(config(bound)).build(roster(backends));
                double weights =
                        backends.stream().mapToInt(b -> b.state().weight()).sum();
                for (int inflight = 0; inflight < 2000; inflight++) {
                    Backend picked = picker.pick(key(1), new Tried());
                    assertThat(picked).isNotNull();
                    Backends.occupy(picked, 1);
                    double due = (inflight + 1) * picked.state().weight() / weights;
                    assertThat((double) picked.inflight()).isLessThanOrEqualTo(Math.ceil(bound * due));
                }
            }
        }
    }

    @Test
    void boundHoldsAboutInAHugePool() {
        List<Backend> backends = weights(1000);
        Picker picker = picker(backends);
        double weights = backends.stream().mapToInt(b -> b.state().weight()).sum();
        for (int inflight = 0; inflight < 50_000; inflight++) {
            Backend picked = picker.pick(key(inflight % 10), new Tried());
            assertThat(picked).isNotNull();
            Backends.occupy(picked, 1);
        }
        for (Backend backend : backends) {
            double due = 50_000 * backend.state().weight() / weights;
            assertThat((double) backend.inflight()).isLessThanOrEqualTo(Math.ceil(BOUND * due));
        }
    }

    private static List<Backend> weights(int size) {
        var list = new ArrayList<Backend>();
        for (int i = 0; i < size; i++) {
            list.add(Backends.up(i, 1 + i % 4));
        }
        return list;
    }

    @Test
    void withoutABoundAKeyIsFollowedWhateverTheLoad() {
        List<Backend> backends = Backends.equal(5);
        Picker picker = Balancers.of(config(0)).build(roster(backends));
        Backend home = picker.pick(key(1), new Tried());
        assertThat(home).isNotNull();
        Backends.occupy(home, 1000);
        assertThat(picker.pick(key(1), new Tried())).isSameAs(home);
    }

    @Test
    void keysComeHomeWhenTheLoadIsGone() {
        List<Backend> backends = Backends.equal(5);
        Picker picker = picker(backends);
        Backend home = picker.pick(key(1), new Tried());
        assertThat(home).isNotNull();
        Backends.occupy(home, 10);
        Backend away = picker.pick(key(1), new Tried());
        assertThat(away).isNotNull().isNotSameAs(home);
        Backends.vacate(home, 10);
        assertThat(picker.pick(key(1), new Tried())).isSameAs(home);
    }

    @Test
    void boundBelowOneIsRefusedUnlessItIsNone() {
        for (double bound : new double[] {0.01, 0.99, -1, Double.NaN}) {
            assertThatThrownBy(() -> Balancers.of(config(bound)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("bound: " + bound + " (expected: >= 1, or 0 for none)");
        }
    }
}
