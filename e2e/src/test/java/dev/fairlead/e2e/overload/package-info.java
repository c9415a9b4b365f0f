/** What becomes of clients when there is too much: of load, of slowness, of restarts, of slow clients. */
@NullMarked
package dev.fairlead.e2e.overload;

import org.jspecify.annotations.NullMarked;
