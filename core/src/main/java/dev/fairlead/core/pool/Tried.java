package dev.fairlead.core.pool;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backends one exchange has already used up; a picker must not pick what this skips.
 *
 * <p>Confined to its exchange's event loop; reused from exchange to exchange.
 */
public final class Tried {
    /** Most tries of one exchange, so also the most that can be remembered. */
    public static final int MAX = 8;

    private final @Nullable Backend[] backends = new Backend[MAX];
    private int size;

    /** Whether {@code backend} was tried, or is at its cap. */
    public boolean skips(Backend backend) {
        return backend.full() || contains(backend);
    }

    /** Whether {@code backend} was tried. */
    public boolean contains(Backend backend) {
        for (int i = 0; i < size; i++) {
            if (backends[i] == backend) {
                return true;
            }
        }
        return false;
    }

    /** Whether all of these were tried. */
    boolean containsAll(List<Backend> all) {
        if (all.size() > size) {
            return false;
        }
        for (Backend backend : all) {
            if (!contains(backend)) {
                return false;
            }
        }
        return true;
    }

    /** Remembers {@code backend}. */
    public void add(Backend backend) {
        if (size == MAX) {
            throw new IllegalStateException("tries: " + size + " (expected: < " + MAX + ")");
        }
        backends[size++] = backend;
    }

    /** Whether no more can be remembered, and so no more tried. */
    public boolean full() {
        return size == MAX;
    }

    /** How many were tried. */
    public int size() {
        return size;
    }

    /** Forgets all, for the next exchange. */
    public void clear() {
        for (int i = 0; i < size; i++) {
            backends[i] = null;
        }
        size = 0;
    }
}
