package dev.fairlead.sim;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Lease;

/** One request on its one try. Confined to its run. */
final class Request {
    private final Lease lease;
    private final VirtualTime time;
    private final Measures measures;
    private final long demand;
    private final long begun;
    private boolean ended;

    /** @param demand how long a worker that is not slow takes for it, in nanoseconds */
    Request(Lease lease, VirtualTime time, Measures measures, long demand) {
        this.lease = lease;
        this.time = time;
        this.measures = measures;
        this.demand = demand;
        this.begun = time.nanos();
    }

    long demand() {
        return demand;
    }

    boolean ended() {
        return ended;
    }

    /** Ends it, unless it has ended: an answer and its time-out race. */
    void end(Outcome outcome) {
        if (ended) {
            return;
        }
        ended = true;
        long now = time.nanos();
        if (outcome != Outcome.TIMED_OUT) {
            lease.firstByte(now);
        }
        lease.close(outcome, now);
        measures.ended(outcome, begun, now);
    }
}
