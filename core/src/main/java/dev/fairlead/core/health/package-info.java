/**
 * When a backend counts as up, down or ejected: pure rules over check results and real traffic.
 *
 * <p><b>Start here:</b> {@link dev.fairlead.core.health.Watchdog} (one for each pool, on the control thread), fed by a
 * probe with {@link dev.fairlead.core.health.CheckResult}s and by {@link dev.fairlead.core.health.Ejector}, which watches
 * real traffic on the event loops. {@link dev.fairlead.core.health.Deploy} takes a pool's backends through a deploy.
 *
 * <p><b>Never imports</b> sockets, threads or clocks: time is an argument.
 */
@NullMarked
package dev.fairlead.core.health;

import org.jspecify.annotations.NullMarked;
