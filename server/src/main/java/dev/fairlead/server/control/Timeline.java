package dev.fairlead.server.control;

import dev.fairlead.core.health.Event;
import dev.fairlead.core.pool.BackendKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

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
    public record Entry(long id, Event event) {
        /** In milliseconds since 1970. */
        public long when() {
            return event.when();
        }

        public String pool() {
            return event.pool();
        }

        /** The backend's address as it is written; {@code null} when it concerns the whole pool. */
        public @Nullable String backend() {
            BackendKey key = event.backend();
            return key == null ? null : key.address();
        }

        /** What kind of thing it is, as a word for programs. */
        public String kind() {
            return event.kind().name().toLowerCase(Locale.ROOT);
        }

        public String before() {
            return event.before();
        }

        public String after() {
            return event.after();
        }

        /** The evidence. */
        public String why() {
            return event.why();
        }
    }

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
