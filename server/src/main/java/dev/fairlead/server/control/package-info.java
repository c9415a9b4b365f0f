/** What makes a configuration run: the one thread that writes, and the engine that puts the parts together. Start with {@code Engine}. */
@NullMarked
package dev.fairlead.server.control;

import org.jspecify.annotations.NullMarked;
