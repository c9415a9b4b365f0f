package dev.fairlead.core.pool;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The backends one exchange has already used up, or should not be given to now; a picker must not pick what this skips.
 *
 * <p>Confined to its exchange's event loop; reused from exchange to exchange.
 */
public final class Tried {
    /** Most tries of one exchange, so also the most that can be remembered. */
    public static final int MAX = 8;

    private final @Nullable Backend[] backends = new Backend[MAX];
    private int size;
    private boolean wary;
    private long now;

    /** Whether {@code backend} was tried, is at its cap, or is doubted while this is wary. */
    public boolean skips(Backend backend) {
        return backend.full() || contains(backend) || (wary && backend.doubted(now));
    }

    /**
     * Whether backends are avoided that have just failed to answer: for a request that would be lost there, because it may
     * not be sent twice.
     */
    public void wary(boolean avoid) {
        wary = avoid;
    }

    /** Whether {@link #wary(boolean)} holds. */
    public boolean wary() {
        return wary;
    }

    /** Whether {@code backend} is skipped only because it is doubted. */
    public boolean shuns(Backend backend) {
        return wary && backend.doubted(now) && !backend.full() && !contains(backend);
    }

    /** The moment for which {@link #skips} answers. */
    void at(long moment) {
        now = moment;
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
        wary = false;
    }
}
