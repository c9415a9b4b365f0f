package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.BackendState.Health;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Places go to those who have waited longest, whatever is in their way. */
class LineTest extends LineStories {
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
    void whoWaitsGoesOnWaitingWhenTheLineIsMadeShorterOrLetsClientsTakeTurns() {
        Pool pool = pool(8, false, List.of(up(0, 1, 1)));
        Guest first = holder(pool);
        List<Guest> guests = List.of(guest("a", 1), guest("b", 0), guest("c", 1));
        guests.forEach(guest -> assertThat(ask(pool, guest)).isSameAs(guest));
        for (boolean fair : new boolean[] {true, false}) {
            pool.line().reshape(1, fair);
            run();
            assertThat(pool.line().waiting()).isEqualTo(3);
            assertThat(ask(pool, guest("d"))).isEqualTo(Refusal.QUEUE_FULL);
        }
        end(first);
        end(guests.get(0));
        end(guests.get(1));
        assertThat(told).extracting(line -> line.charAt(0)).containsExactly('a', 'b', 'c');
        assertThat(pool.line().waiting()).isZero();
    }
}
