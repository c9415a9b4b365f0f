/**
 * The real balancers on virtual time: scenarios by algorithms, and the report that compares them.
 *
 * <p>Start here: {@link dev.fairlead.sim.Report}. Never imports: anything but the core.
 */
@NullMarked
package dev.fairlead.sim;

import org.jspecify.annotations.NullMarked;
