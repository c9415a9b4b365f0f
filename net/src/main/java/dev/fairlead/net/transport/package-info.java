/** Event loops, the kernel interface they use, and listeners. The bottom of the data plane. */
@NullMarked
package dev.fairlead.net.transport;

import org.jspecify.annotations.NullMarked;
