/**
 * One file per balancing algorithm; algorithms never see each other.
 *
 * <p>Start here: {@link dev.fairlead.core.balance.Balancers}, the switch from configuration to algorithm. {@code Members},
 * {@code Lottery}, {@code Walk} and {@code Load} are what algorithms share. Never imports: anything but the pool, its
 * configuration and the JDK.
 */
@NullMarked
package dev.fairlead.core.balance;

import org.jspecify.annotations.NullMarked;
