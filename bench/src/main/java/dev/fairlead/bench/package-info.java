/** JMH benchmarks of the hot paths. */
@NullMarked
package dev.fairlead.bench;

import org.jspecify.annotations.NullMarked;
