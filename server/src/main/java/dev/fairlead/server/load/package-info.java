/**
 * From the text of a configuration file to the records of {@code dev.fairlead.core.config}, and everything else that
 * is made from those records: printed configurations, the JSON Schema, the reference.
 *
 * <p>Start here: {@link dev.fairlead.server.load.Loader}. The way of a file: {@code Source} (text and positions) →
 * {@code TreeReader} (YAML) → {@code Tree} → {@code Binder}, led by the {@code Shape} of each record → records → {@code
 * Rules} and {@code Advice} of the core. Never imports the data plane.
 */
@NullMarked
package dev.fairlead.server.load;

import org.jspecify.annotations.NullMarked;
