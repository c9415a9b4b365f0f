package dev.fairlead.net.http;

import dev.fairlead.core.time.Timers;
import dev.fairlead.net.transport.Loop;
import org.jspecify.annotations.Nullable;

/** The time that one exchange has as a whole, where its pool limits it. Confined to its exchange's event loop; reused. */
final class TimeLimit {
    private final Loop loop;
    private final Exchange exchange;

    /** Made when it is first needed, for most pools have no such limit. */
    private Timers.@Nullable Timer timer;

    TimeLimit(Loop loop, Exchange exchange) {
        this.loop = loop;
        this.exchange = exchange;
    }

    /** Counts from now; 0 for no limit. */
    void begin(long nanos) {
        if (nanos <= 0) {
            return;
        }
        Timers.Timer limit = timer;
        if (limit == null) {
            limit = new Timers.Timer() {
                @Override
                protected void expire(long now) {
                    exchange.late();
                }
            };
            timer = limit;
        }
        loop.timers().arm(limit, loop.now() + nanos);
    }

    /** The time it takes does not count any more. */
    void pause() {
        Timers.Timer limit = timer;
        if (limit != null) {
            loop.timers().pause(limit);
        }
    }
}
