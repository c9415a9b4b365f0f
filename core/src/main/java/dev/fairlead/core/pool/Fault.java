package dev.fairlead.core.pool;

import java.time.Duration;

/** A fault that the balancer acts out on one backend, to show what would happen if it were real. Immutable. */
public sealed interface Fault {
    /** Connections are refused. */
    record Refuse() implements Fault {}

    /** Connections are never made, and never refused. */
    record Blackhole() implements Fault {}

    /** Every request reaches the backend only after this time. */
    record Slow(Duration by) implements Fault {
        public Slow {
            if (by.isNegative() || by.compareTo(Duration.ofMinutes(5)) > 0) {
                throw new IllegalArgumentException("slow: " + by + " (expected: at most 5 minutes)");
            }
        }
    }

    /** This share of the requests, 0..1, is answered with 500; the check sees nothing of it. */
    record Errors(double share) implements Fault {
        public Errors {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("errors: " + share + " (expected: 0..1)");
            }
        }
    }
}
