/** Connections to backends, kept per event loop. */
@NullMarked
package dev.fairlead.net.connect;

import org.jspecify.annotations.NullMarked;
