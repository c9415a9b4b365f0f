/**
 * Which pool or redirect a request belongs to.
 *
 * <p><b>Start here:</b> {@link dev.fairlead.core.route.RouteTable}.
 *
 * <p><b>Never imports</b> pools: a route names its pool, and whoever holds the pools finds it.
 */
@NullMarked
package dev.fairlead.core.route;

import org.jspecify.annotations.NullMarked;
