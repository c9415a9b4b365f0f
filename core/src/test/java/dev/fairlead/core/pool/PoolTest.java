package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolTest {
    private static final long MILLISECOND = 1_000_000;

    /** The first that is not skipped. */
    private static final Balancer FIRST = roster -> (key, tried) ->
            roster.eligible().stream().filter(b -> !tried.skips(b)).findFirst().orElse(null);

    private final List<String> watched = new ArrayList<>();
    private final Tried tried = new Tried();

    private Pool pool(List<Backend> backends) {
        return new Pool("app", FIRST, (backend, outcome, now) -> watched.add(outcome + "@" + now), backends);
    }

    private Lease lease(Pool pool) {
        Acquired acquired = pool.acquire(0, 0, tried, 0);
        assertThat(acquired).isInstanceOf(Lease.class);
        return (Lease) acquired;
    }

    @Test
    void emptyPoolIsEmpty() {
        assertThat(pool(List.of()).acquire(0, 0, tried, 0)).isEqualTo(Refusal.EMPTY);
    }

    @Test
    void aPoolOfWhichNobodyIsWantedIsOutAndNotDown() {
        List<Backend> backends = Backends.equal(3);
        backends.get(0).update(s -> s.withWish(Wish.MAINT, 1, "test"));
        backends.get(1).update(s -> s.withWish(Wish.DRAIN, 1, "test"));
        backends.get(2).update(s -> s.withWeight(0));
        assertThat(pool(backends).acquire(0, 0, tried, 0)).isEqualTo(Refusal.ALL_OUT);
    }

    @Test
    void poolWithoutEligibleOnesIsDown() {
        List<Backend> backends = Backends.equal(2);
        backends.get(0).update(s -> s.withHealth(Health.DOWN, 1, "test"));
        backends.get(1).update(s -> s.withWish(Wish.DRAIN, 1, "test"));
        assertThat(pool(backends).acquire(0, 0, tried, 0)).isEqualTo(Refusal.ALL_DOWN);
    }

    @Test
    void poolWhoseUntriedOnesAreFullIsBusy() {
        var backends = List.of(Backends.up(0, 1, 1), Backends.up(1, 1, 1));
        Pool pool = pool(backends);
        lease(pool);
        lease(pool);
        tried.clear();
        tried.add(backends.getFirst());
        assertThat(pool.acquire(0, 0, tried, 0)).isEqualTo(Refusal.ALL_BUSY);
    }

    @Test
    void poolOfWhichAllWereTriedIsTried() {
        Pool pool = pool(Backends.equal(2));
        assertThat(lease(pool).backend()).isNotSameAs(lease(pool).backend());
        assertThat(pool.acquire(0, 0, tried, 0)).isEqualTo(Refusal.ALL_TRIED);
        assertThat(tried.size()).isEqualTo(2);
    }

    @Test
    void noMoreTriesThanCanBeRemembered() {
        List<Backend> backends = Backends.equal(Tried.MAX + 1);
        Pool pool = pool(backends);
        for (int i = 0; i < Tried.MAX; i++) {
            lease(pool);
        }
        assertThat(pool.acquire(0, 0, tried, 0)).isEqualTo(Refusal.ALL_TRIED);
        assertThat(backends.getLast().inflight()).isZero();
    }

    @Test
    void aPlaceLostToAnotherLoopIsLookedForElsewhere() {
        var backends = List.of(Backends.up(0, 1, 1), Backends.up(1, 1, 1));
        // Between the pick and taking the place, another loop takes it.
        Balancer late = roster -> (key, skipped) -> {
            Backend first = backends.getFirst();
            if (!first.full()) {
                Backends.occupy(first, 1);
                return first;
            }
            return skipped.skips(backends.getLast()) ? null : backends.getLast();
        };
        var pool = new Pool("app", late, Watch.NONE, backends);
        assertThat(lease(pool).backend()).isSameAs(backends.getLast());
        assertThat(tried.contains(backends.getFirst())).isFalse();
        assertThat(pool.acquire(0, 0, new Tried(), 0)).isEqualTo(Refusal.ALL_BUSY);
    }

    @Test
    void refreshTakesInStates() {
        List<Backend> backends = Backends.equal(2);
        Pool pool = pool(backends);
        backends.getFirst().update(s -> s.withHealth(Health.EJECTED, 1, "test"));
        assertThat(lease(pool).backend()).isSameAs(backends.getFirst());
        pool.refresh();
        assertThat(pool.roster().version()).isEqualTo(2);
        assertThat(pool.roster().eligible()).containsExactly(backends.get(1));
        tried.clear();
        assertThat(lease(pool).backend()).isSameAs(backends.get(1));
    }

    @Test
    void publishReplacesMembers() {
        List<Backend> backends = Backends.equal(3);
        Pool pool = pool(backends.subList(0, 1));
        pool.publish(backends.subList(1, 3));
        assertThat(pool.find(backends.get(0).key())).isNull();
        assertThat(pool.find(backends.get(2).key())).isSameAs(backends.get(2));
        assertThat(lease(pool).backend()).isSameAs(backends.get(1));
        assertThat(pool.name()).isEqualTo("app");
    }

    @Test
    void leaseIsCountedOnceFromBeginningToEnd() {
        Backend backend = Backends.up(0, 1);
        Lease lease = lease(pool(List.of(backend)));
        assertThat(backend.inflight()).isEqualTo(1);
        assertThat(backend.tally().leases()).isEqualTo(1);
        lease.firstByte(3 * MILLISECOND);
        lease.close(Outcome.OK, 5 * MILLISECOND);
        assertThat(backend.inflight()).isZero();
        assertThat(backend.latency().nanos()).isEqualTo(3.0 * MILLISECOND);
        assertThat(backend.tally().latencyCount()).isEqualTo(1);
        assertThat(backend.tally().latencySumNanos()).isEqualTo(3 * MILLISECOND);
        assertThat(backend.tally().count(Outcome.OK)).isEqualTo(1);
        assertThat(watched).containsExactly("OK@" + 5 * MILLISECOND);
    }

    @Test
    void closingTwiceThrowsAndCountsNothing() {
        Backend backend = Backends.up(0, 1);
        Lease lease = lease(pool(List.of(backend)));
        lease.close(Outcome.BROKEN, 1);
        assertThatThrownBy(() -> lease.close(Outcome.OK, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("lease on app/10.0.0.0:8080 closed twice");
        assertThat(backend.inflight()).isZero();
        assertThat(backend.tally().count(Outcome.OK)).isZero();
        assertThat(watched).hasSize(1);
    }

    @Test
    void oneThatNeverAnsweredLooksAsSlowAsItsTimeout() {
        Backend backend = Backends.up(0, 1);
        lease(pool(List.of(backend))).close(Outcome.TIMED_OUT, 60_000 * MILLISECOND);
        assertThat(backend.latency().nanos()).isEqualTo(60_000.0 * MILLISECOND);
        assertThat(backend.tally().latencyCount()).isZero();
    }

    @Test
    void oneThatAnsweredAndStalledLaterIsAsQuickAsItsAnswer() {
        Backend backend = Backends.up(0, 1);
        Lease lease = lease(pool(List.of(backend)));
        lease.firstByte(2 * MILLISECOND);
        lease.close(Outcome.TIMED_OUT, 60_000 * MILLISECOND);
        assertThat(backend.latency().nanos()).isEqualTo(2.0 * MILLISECOND);
    }

    @Test
    void anotherAlgorithmAndOtherMembersHoldAtOnceAndWhatIsInWorkStays() {
        List<Backend> backends = Backends.equal(3);
        Pool pool = pool(backends.subList(0, 2));
        Lease old = lease(pool);
        Balancer last = roster -> (key, tried) -> roster.eligible().reversed().stream()
                .filter(b -> !tried.skips(b))
                .findFirst()
                .orElse(null);
        pool.reshape(last, 0, backends.subList(1, 3));
        assertThat(pool.balancer()).isSameAs(last);
        assertThat(lease(pool).backend()).isSameAs(backends.get(2));
        old.close(Outcome.OK, 1);
        assertThat(backends.get(0).inflight()).isZero();
    }

    private Backend given(Pool pool, boolean wary, long now) {
        tried.clear();
        tried.wary(wary);
        return ((Lease) pool.acquire(0, 0, tried, now)).backend();
    }

    @Test
    void whoMayAskOnlyOnceAvoidsOneThatHasJustFailedToAnswer() {
        List<Backend> backends = Backends.equal(2);
        Pool pool = pool(backends);
        lease(pool).close(Outcome.BROKEN, MILLISECOND);
        assertThat(given(pool, true, MILLISECOND)).isSameAs(backends.get(1));
        assertThat(given(pool, false, MILLISECOND)).isSameAs(backends.get(0));
        assertThat(given(pool, true, MILLISECOND + Backend.DOUBT_NANOS - 1)).isSameAs(backends.get(1));
        assertThat(given(pool, true, MILLISECOND + Backend.DOUBT_NANOS)).isSameAs(backends.get(0));
    }

    @Test
    void anAnswerEndsTheDoubtAndAnErrorDoesNot() {
        List<Backend> backends = Backends.equal(2);
        Pool pool = pool(backends);
        Lease other = lease(pool);
        tried.clear();
        lease(pool).close(Outcome.TIMED_OUT, MILLISECOND);
        other.close(Outcome.SERVER_ERROR, MILLISECOND);
        assertThat(given(pool, true, MILLISECOND)).isSameAs(backends.get(1));
        tried.clear();
        lease(pool).close(Outcome.OK, MILLISECOND);
        assertThat(given(pool, true, MILLISECOND)).isSameAs(backends.get(0));
    }

    @Test
    void oneThatIsDoubtedIsBetterThanNobody() {
        List<Backend> backends = Backends.equal(2);
        Pool pool = pool(backends);
        backends.forEach(backend -> backend.doubt(MILLISECOND));
        assertThat(given(pool, true, MILLISECOND)).isSameAs(backends.get(0));
        // It goes on being wary for its next try.
        assertThat(tried.wary()).isTrue();
        assertThat(pool.acquire(0, 0, tried, MILLISECOND)).isInstanceOf(Lease.class);
        assertThat(pool.acquire(0, 0, tried, MILLISECOND)).isEqualTo(Refusal.ALL_TRIED);
    }
}
