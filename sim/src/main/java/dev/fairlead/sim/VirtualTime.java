package dev.fairlead.sim;

import dev.fairlead.core.time.Ticker;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that jumps from event to event. Confined to one thread; events of one moment happen in the order planned. */
final class VirtualTime implements Ticker {
    private record Event(long at, long order, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long now;
    private long planned;

    @Override
    public long nanos() {
        return now;
    }

    /** Plans {@code action} for {@code delay} nanoseconds from now. */
    void in(long delay, Runnable action) {
        events.add(new Event(now + delay, planned++, action));
    }

    /** Lets everything happen that is planned, and what that plans. */
    void run() {
        for (Event event = events.poll(); event != null; event = events.poll()) {
            now = event.at;
            event.action.run();
        }
    }
}
