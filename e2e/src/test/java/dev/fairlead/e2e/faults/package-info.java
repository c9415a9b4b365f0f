/** What clients see when backends, as real processes, are killed and stopped. */
@NullMarked
package dev.fairlead.e2e.faults;

import org.jspecify.annotations.NullMarked;
