/**
 * Load generators of our own for {@code bench/side-by-side}, and JMH benchmarks.
 *
 * <p>Start here: {@link dev.fairlead.bench.RateLoad}. Never imports Netty: what measures shares nothing with what is
 * measured.
 */
@NullMarked
package dev.fairlead.bench;

import org.jspecify.annotations.NullMarked;
