package dev.fairlead.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.pool.BackendState.Health;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When those who wait may have a place whose number is learnt. */
class LineCapTest extends LineStories {
    @Test
    void aLearntCapCountsRequestsUntilTheirAnswerBeginsAndAFixedOneUntilItEnds() {
        var backend = new Backend(
                new BackendKey("app", "b:1"),
                InetSocketAddress.createUnresolved("b", 1),
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
                InetSocketAddress.createUnresolved("b", 1),
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
}
