/**
 * A small world to try Fairlead in: backends that can be stopped and slowed, and steady load. Start here: {@code Demo}.
 * Blocking sockets on virtual threads; nothing of it is used outside the demo and the training run of the launcher.
 */
@NullMarked
package dev.fairlead.server.demo;

import org.jspecify.annotations.NullMarked;
