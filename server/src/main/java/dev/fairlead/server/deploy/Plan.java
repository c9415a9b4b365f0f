package dev.fairlead.server.deploy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to roll a deploy out. Immutable.
 *
 * @param batch how many backends at a time
 * @param run command that changes a drained backend, with placeholders; see {@link Words}
 * @param rollback command for a backend whose change failed; {@code null} for none
 * @param replaceWith template of the address that replaces a backend's; {@code null} when addresses stay
 * @param retire command that ends a replaced backend, once it is drained; {@code null} for none
 * @param gate passing checks in a row before it gets work again
 * @param match what those must find in the answer, such as the new version; {@code null} for nothing more than usual
 * @param gateTime longest time for that
 * @param floor share of the pool that must be left taking work, 0..1
 * @param lease how long the balancer holds a drain when nothing is heard of us
 * @param drain until what is in work is cut; {@code null} for what the pool says
 * @param ramp whether to wait until a backend has its whole share before the next is taken
 */
public record Plan(
        String pool,
        int batch,
        String run,
        @Nullable String rollback,
        @Nullable String replaceWith,
        @Nullable String retire,
        int gate,
        @Nullable String match,
        Duration gateTime,
        double floor,
        Duration lease,
        @Nullable Duration drain,
        boolean ramp) {}
