package dev.fairlead.core.pool;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set of backends and the algorithm that shares work among them.
 *
 * <p>Roster and picker are one volatile snapshot: written by the control thread through {@link #publish}, read by every
 * event loop. {@link #acquire} takes capacity on what the picker picks, so algorithms know nothing of caps.
 */
public final class Pool {
    private record Snapshot(Roster roster, Picker picker, Set<Backend> members) {
        private static Snapshot of(Roster roster, Balancer balancer) {
            return new Snapshot(roster, balancer.build(roster), Set.copyOf(roster.all()));
        }
    }

    private final String name;
    private final Watch watch;
    private final Line line;
    /** Control thread only, as is the share below. */
    private Balancer balancer;

    private double panicBelow;
    private volatile Snapshot snapshot;

    /** A pool that never panics and in which nobody waits. */
    public Pool(String name, Balancer balancer, Watch watch, List<Backend> backends) {
        this(name, balancer, watch, 0, Line.NONE, backends);
    }

    /**
     * A pool with these members, eligible by their present state.
     *
     * @param panicBelow see {@link Roster#of(long, List, double)}
     * @param line where requests wait while all are full
     */
    public Pool(String name, Balancer balancer, Watch watch, double panicBelow, Line line, List<Backend> backends) {
        this.name = name;
        this.balancer = balancer;
        this.watch = watch;
        this.panicBelow = panicBelow;
        this.line = line;
        Roster roster = Roster.of(1, backends, panicBelow);
        this.snapshot = Snapshot.of(roster, balancer);
    }

    public String name() {
        return name;
    }

    public Roster roster() {
        return snapshot.roster;
    }

    Watch watch() {
        return watch;
    }

    /** Replaces the members, or takes in that their states changed. Control thread only. */
    public void publish(List<Backend> backends) {
        Roster roster = Roster.of(snapshot.roster.version() + 1, backends, panicBelow);
        snapshot = Snapshot.of(roster, balancer);
        if (line.waiting() > 0) {
            if (roster.eligible().isEmpty()) {
                line.refuse(nobody(roster));
            } else {
                line.dismiss(roster.eligible());
                roster.eligible().forEach(this::serve);
            }
        }
    }

    /**
     * Goes on with another algorithm, another share below which it panics and other members; requests that wait or are in
     * work stay where they are. Control thread only.
     */
    public void reshape(Balancer newBalancer, double newPanicBelow, List<Backend> backends) {
        balancer = newBalancer;
        panicBelow = newPanicBelow;
        publish(backends);
    }

    /** How work is shared. Control thread only. */
    public Balancer balancer() {
        return balancer;
    }

    /** Takes in that states of members changed. Control thread only. */
    public void refresh() {
        publish(snapshot.roster.all());
    }

    /**
     * Takes one use of a backend; the caller owns the lease and closes it. Allocates the lease and nothing else.
     *
     * @param lane the calling event loop's number
     * @param key see {@link Picker#pick}
     * @param tried skipped; on success the chosen backend is added to it
     */
    public Acquired acquire(int lane, long key, Tried tried, long now) {
        if (tried.full()) {
            return Refusal.ALL_TRIED;
        }
        Snapshot current = snapshot;
        tried.at(now);
        while (true) {
            Backend backend = pick(current.picker, key, tried);
            if (backend == null) {
                return refusal(current.roster, tried);
            }
            // Lost only when another loop took the last place since the pick; the picker then sees it full.
            if (backend.tryEnter()) {
                tried.add(backend);
                return new Lease(this, backend, lane, now);
            }
        }
    }

    private static @Nullable Backend pick(Picker picker, long key, Tried tried) {
        Backend picked = picker.pick(key, tried);
        if (picked != null || !tried.wary()) {
            return picked;
        }
        // Rather one that is doubted than nobody.
        tried.wary(false);
        picked = picker.pick(key, tried);
        tried.wary(true);
        return picked;
    }

    /**
     * Like {@link #acquire}, but lets {@code waiter} join the line when all are busy: then it is returned and will be told
     * on its loop. The line must let it go by {@link #leave} when it gives up.
     */
    public Acquired acquireOrWait(Waiter waiter, long key, long now) {
        Acquired first = acquire(waiter.lane(), key, waiter.tried(), now);
        if (first != Refusal.ALL_BUSY || line.most() == 0) {
            return first;
        }
        if (!line.join(waiter, now)) {
            return Refusal.QUEUE_FULL;
        }
        // A place that was freed before the joining could be seen was offered to nobody.
        Acquired again = acquire(waiter.lane(), key, waiter.tried(), now);
        if (again == Refusal.ALL_BUSY) {
            return waiter;
        }
        line.leave(waiter);
        return again;
    }

    /** {@code waiter} gives up; does nothing when it does not wait. On its loop. */
    public void leave(Waiter waiter) {
        line.leave(waiter);
    }

    /** Who waits. */
    public Line line() {
        return line;
    }

    /** A use of {@code backend} is over: its place is free, for who waits first. */
    void free(Backend backend, boolean answered) {
        backend.leave(answered);
        if (line.waiting() > 0) {
            serve(backend);
        }
    }

    /** A use of {@code backend} goes on, but its place may be free. */
    void answered(Backend backend) {
        backend.answered();
        if (line.waiting() > 0) {
            serve(backend);
        }
    }

    /** Sends one place at {@code backend}, if it has one, to who waits; where that is taken, the next one follows. */
    void serve(Backend backend) {
        if (line.waiting() > 0 && takes(backend) && backend.tryEnter()) {
            line.hand(this, backend);
        }
    }

    /** Whether new work may go to {@code backend}. */
    boolean takes(Backend backend) {
        Snapshot current = snapshot;
        BackendState state = backend.state();
        // One that has left the pool may still have requests in work, and its state stays as it was.
        return (state.takesNew() || (current.roster.panic() && state.helpsInNeed()))
                && current.members.contains(backend);
    }

    private static Refusal refusal(Roster roster, Tried tried) {
        if (roster.eligible().isEmpty()) {
            return nobody(roster);
        }
        for (Backend backend : roster.eligible()) {
            if (!tried.contains(backend)) {
                return Refusal.ALL_BUSY;
            }
        }
        return Refusal.ALL_TRIED;
    }

    /** Why nobody may be picked. */
    private static Refusal nobody(Roster roster) {
        List<Backend> all = roster.all();
        for (int i = 0; i < all.size(); i++) {
            BackendState state = all.get(i).state();
            if (state.wish() == BackendState.Wish.READY && state.weight() > 0) {
                return Refusal.ALL_DOWN;
            }
        }
        return all.isEmpty() ? Refusal.EMPTY : Refusal.ALL_OUT;
    }

    /** The member with this key, if it is one. */
    public @Nullable Backend find(BackendKey key) {
        for (Backend backend : snapshot.roster.all()) {
            if (backend.key().equals(key)) {
                return backend;
            }
        }
        return null;
    }
}
