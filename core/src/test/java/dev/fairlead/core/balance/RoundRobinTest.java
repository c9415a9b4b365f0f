package dev.fairlead.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Backends;
import dev.fairlead.core.pool.Picker;
import dev.fairlead.core.pool.Tried;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundRobinTest extends BalancerContract {
    @Override
    BalanceConfig config() {
        return new BalanceConfig.RoundRobin();
    }

    private static String round(int... turns) {
        return IntStream.of(Turns.layOut(turns))
                .mapToObj(i -> Character.toString('a' + i))
                .collect(Collectors.joining());
    }

    @Test
    void equalOnesTakeTurnsInOrder() {
        assertThat(round(1, 1, 1)).isEqualTo("abc");
        List<Backend> backends = Backends.weighing(5, 5, 5);
        Picker picker = picker(backends);
        for (int i = 0; i < 30; i++) {
            assertThat(picker.pick(0, new Tried())).isSameAs(backends.get(i % 3));
        }
    }

    @Test
    void turnsAreSpreadAsEvenlyAsWeightsAllow() {
        assertThat(round(1, 2, 4)).isEqualTo("cbcacbc");
        assertThat(round(5, 1, 1)).isEqualTo("abaaaca");
        assertThat(round(3, 2)).isEqualTo("ababa");
    }

    @Test
    void noOneIsAheadOrBehindByThreeTurns() {
        double worst = 0;
        for (int round = 0; round < 2000; round++) {
            int[] turns = IntStream.range(0, 1 + random.nextInt(20))
                    .map(i -> 1 + random.nextInt(random.nextBoolean() ? 5 : 256))
                    .toArray();
            worst = Math.max(worst, worstDeviation(turns));
        }
        // Measured: 1.8 here, 2.7 in a wider search.
        assertThat(worst).isLessThan(3);
        assertThat(worstDeviation(256, 1, 1, 1, 1, 1, 1, 1, 1)).isLessThan(1);
    }

    private static double worstDeviation(int... turns) {
        int[] order = Turns.layOut(turns);
        int[] taken = new int[turns.length];
        double worst = 0;
        for (int i = 0; i < order.length; i++) {
            taken[order[i]]++;
            for (int member = 0; member < turns.length; member++) {
                double due = (i + 1.0) * turns[member] / order.length;
                worst = Math.max(worst, Math.abs(taken[member] - due));
            }
        }
        assertThat(taken).isEqualTo(turns);
        return worst;
    }

    @Test
    void positionNeverTurnsNegative() {
        List<Backend> backends = Backends.equal(3);
        for (long start : new long[] {Integer.MAX_VALUE, 0xFFFFFFFFL, Long.MAX_VALUE, -1}) {
            Picker picker = new RoundRobin(start - 5).build(roster(backends));
            assertShares(count(picker, new Tried(), 3000), backends);
        }
    }

    @Test
    void positionSurvivesARebuild() {
        List<Backend> backends = Backends.equal(3);
        var balancer = balancer();
        var picked = new ArrayList<Backend>();
        for (int i = 0; i < 6; i++) {
            picked.add(balancer.build(roster(backends)).pick(0, new Tried()));
        }
        assertThat(picked)
                .containsExactlyElementsOf(List.of(
                        backends.get(0),
                        backends.get(1),
                        backends.get(2),
                        backends.get(0),
                        backends.get(1),
                        backends.get(2)));
    }

    @Test
    void loadDoesNotMatter() {
        List<Backend> backends = Backends.weighing(1, 3);
        Backends.occupy(backends.get(1), 1000);
        assertShares(count(picker(backends), new Tried(), 4000), backends);
    }

    @Test
    void weightsThatWouldMakeTheRoundTooLongAreRounded() {
        List<Backend> backends = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            backends.add(Backends.up(i, i % 2 == 0 ? 256 : 127));
        }
        var counts = count(picker(backends), new Tried(), 650_000);
        double even = counts.get(backends.get(0));
        double odd = counts.get(backends.get(1));
        assertThat(even / odd).isBetween(1.8, 2.2);
    }
}
