package dev.fairlead.core.health;

import dev.fairlead.core.pool.Backend;
import java.util.List;

/**
 * What a watchdog wants done now. Immutable.
 *
 * @param checks backends to check; each owes one {@link Watchdog#onCheck}
 * @param warmUps backends to warm up; each owes one {@link Watchdog#onWarm}
 * @param cuts drained backends whose time is over: what is still in work there is cut
 */
public record Todo(List<Backend> checks, List<Backend> warmUps, List<Backend> cuts) {}
