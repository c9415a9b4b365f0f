package dev.fairlead.server.deploy;

import dev.fairlead.server.deploy.Door.Refused;
import dev.fairlead.server.deploy.Door.Unreachable;
import dev.fairlead.server.deploy.Door.Way;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a deploy has taken out of a pool or brought into it and must not leave behind: all of it is held by leases, which are
 * renewed while the deploy lives. Thread-safe; methods may block.
 */
final class Holds {
    private final Plan plan;
    private final Door door;
    private final Progress progress;
    private final String owner;

    /** What is drained and held by our lease. */
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    /** Of what a match is still asked at the gate: without us nothing would ever end that. */
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    /** New backends that have joined and do not serve for good yet: without us they leave. */
    private final Set<String> joined = ConcurrentHashMap.newKeySet();

    /** Held while a lease is renewed or ended. */
    private final ReentrantLock leases = new ReentrantLock();

    private volatile @Nullable String lost;

    Holds(Plan plan, Door door, Progress progress, String owner) {
        this.plan = plan;
        this.door = door;
        this.progress = progress;
        this.owner = owner;
    }

    /** Why the deploy cannot go on: someone else has taken what was held; {@code null} while it can. */
    @Nullable
    String lost() {
        return lost;
    }

    /** How a backend comes back that is still as it was: there is no new version to ask it for. */
    Way untouched() {
        return new Way(plan.gate(), null);
    }

    /** How one comes back that may have been changed. */
    Way changed() {
        return new Way(plan.gate(), plan.match());
    }

    void drain(String address, double floor, Way way) {
        door.drain(plan.pool(), address, owner, plan.lease(), plan.drain(), floor, way);
        held.add(address);
    }

    /** From now on it may be another one than it was. */
    void change(String address) {
        renew(address, changed());
    }

    /** Wants it again. */
    void release(String address, @Nullable String match, String why) {
        leases.lock();
        try {
            held.remove(address);
            if (match != null) {
                asked.add(address);
            }
            door.ready(plan.pool(), address, owner, plan.gate(), match, why);
            if (match == null) {
                asked.remove(address);
            }
        } finally {
            leases.unlock();
        }
    }

    /** It has come through the gate. */
    void admitted(String address) {
        asked.remove(address);
    }

    /** Whoever ends it does so in another way. */
    void drop(String address) {
        held.remove(address);
    }

    // ---- those who join --------------------------------------------------------

    /** Brings a new one in, for as long as we live and without work. */
    void join(String address, String why) {
        door.register(plan.pool(), address, 0, plan.lease(), why);
        joined.add(address);
    }

    /** It is there for good. */
    void stay(String address, String why) {
        leases.lock();
        try {
            door.register(plan.pool(), address, null, null, why);
            joined.remove(address);
        } finally {
            leases.unlock();
        }
    }

    /** It leaves again. */
    void leave(String address, String why) {
        leases.lock();
        try {
            held.remove(address);
            asked.remove(address);
            joined.remove(address);
            door.remove(plan.pool(), address, why);
        } finally {
            leases.unlock();
        }
    }

    // ---- leases ----------------------------------------------------------------

    /** Renews what is held, three times a lease, until it is interrupted. */
    void beat() {
        long third = plan.lease().toNanos() / 3;
        try {
            while (true) {
                TimeUnit.NANOSECONDS.sleep(third);
                held.forEach(address -> renew(address, null));
                joined.forEach(this::renewJoined);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew(String address, @Nullable Way way) {
        // A renewal that overtakes the end of its drain would begin a new one.
        leases.lock();
        try {
            if (held.contains(address)) {
                door.renew(plan.pool(), address, owner, plan.lease(), way);
            }
        } catch (Refused e) {
            held.remove(address);
            lost = address + " is not ours any more: " + e.getMessage();
        } catch (Unreachable e) {
            unreachable(address, e);
        } finally {
            leases.unlock();
        }
    }

    private void renewJoined(String address) {
        leases.lock();
        try {
            if (joined.contains(address)) {
                Duration ttl = plan.lease();
                door.register(plan.pool(), address, null, ttl, "deploy " + owner);
            }
        } catch (Refused e) {
            joined.remove(address);
            lost = address + " is not ours any more: " + e.getMessage();
        } catch (Unreachable e) {
            unreachable(address, e);
        } finally {
            leases.unlock();
        }
    }

    private void unreachable(String address, Unreachable e) {
        progress.output(address, "the balancer cannot be reached, trying again: " + e.getMessage());
    }

    /**
     * Whatever is still held goes back through the gate, where no match is asked for any more; what joined in vain leaves.
     */
    void giveBack() {
        for (String address : joined) {
            try {
                leave(address, "the deploy ended before it served");
            } catch (Refused | Unreachable e) {
                progress.output(address, "could not be taken out again: " + e.getMessage());
            }
        }
        var all = new HashSet<>(held);
        all.addAll(asked);
        for (String address : all) {
            leases.lock();
            try {
                held.remove(address);
                door.ready(plan.pool(), address, owner, plan.gate(), null, "the deploy ended");
            } catch (Refused | Unreachable e) {
                progress.output(
                        address,
                        "could not be given back (" + e.getMessage() + "); its lease ends within "
                                + plan.lease().toSeconds() + "s");
            } finally {
                leases.unlock();
            }
        }
    }
}
