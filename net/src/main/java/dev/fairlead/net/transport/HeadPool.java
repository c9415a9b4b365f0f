package dev.fairlead.net.transport;

import dev.fairlead.core.http.Head;
import java.util.ArrayDeque;

/** Heads of one event loop that wait for the next message, so that idle connections hold none. Confined to its loop. */
public final class HeadPool {
    private static final int MAX_KEPT = 256;
    private static final int MAX_FOOTPRINT = 16 * 1024;

    private final ArrayDeque<Head> free = new ArrayDeque<>();

    /** An empty head; give it back with {@link #give}. */
    public Head take() {
        Head head = free.pollLast();
        return head != null ? head : new Head();
    }

    /** Takes a head back; the caller must not touch it again. */
    public void give(Head head) {
        if (free.size() < MAX_KEPT && head.footprint() <= MAX_FOOTPRINT) {
            head.clear();
            free.addLast(head);
        }
    }
}
