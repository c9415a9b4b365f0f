package dev.fairlead.server.control;

import dev.fairlead.core.health.Event;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The flight recorder: the last {@value #MOST} things that happened to pools and backends, each with its evidence.
 *
 * <p>Thread-safe. Written by the control thread, read by anyone; never on the data path.
 */
public final class Timeline {
    /** How many are kept. */
    public static final int MOST = 10_000;

    /**
     * One thing that happened.
     *
     * @param id counts from 1 without gaps, for as long as this process lives
     */
    public record Entry(long id, Event event) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long last;

    void add(Event event) {
        lock.lock();
        try {
            if (entries.size() == MOST) {
                entries.removeFirst();
            }
            entries.addLast(new Entry(++last, event));
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The number of the last entry; 0 when there is none. */
    public long last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** The oldest {@code most} entries whose number is above {@code id}, in order. */
    public List<Entry> after(long id, int most) {
        lock.lock();
        try {
            var found = new ArrayList<Entry>();
            for (Entry entry : entries) {
                if (entry.id() > id && found.size() < most) {
                    found.add(entry);
                }
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is an entry above {@code id}, but not longer than {@code patience}; blocks. */
    public boolean await(long id, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (last <= id && left > 0) {
                left = added.awaitNanos(left);
            }
            return last > id;
        } finally {
            lock.unlock();
        }
    }
}
