/** Clocks, timers and randomness, which the rest of the core takes as arguments. */
@NullMarked
package dev.fairlead.core.time;

import org.jspecify.annotations.NullMarked;
