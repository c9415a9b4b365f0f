/**
 * Health checks, over sockets or by programs.
 *
 * <p><b>Start here:</b> {@link dev.fairlead.net.probe.Probe}, one for each pool; each kind of check is one class.
 *
 * <p><b>Never imports</b> the data plane: a check must not pass because of a connection the data plane keeps, nor fail with
 * it. What follows from results is for {@code core.health}.
 */
@NullMarked
package dev.fairlead.net.probe;

import org.jspecify.annotations.NullMarked;
