/** Connections whose bytes go on as they are. */
@NullMarked
package dev.fairlead.net.relay;

import org.jspecify.annotations.NullMarked;
