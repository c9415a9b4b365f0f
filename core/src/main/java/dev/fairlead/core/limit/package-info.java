/**
 * How much at once, and how often: the adaptive cap of a backend, and rate limits by key.
 *
 * <p>Start here: {@link dev.fairlead.core.limit.Gradient}, {@link dev.fairlead.core.limit.RateLimiter}. Never imports:
 * anything but {@code time} and the JDK.
 */
@NullMarked
package dev.fairlead.core.limit;

import org.jspecify.annotations.NullMarked;
