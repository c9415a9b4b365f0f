/** The commands. Talks to the engine and to files, never to the data plane's parts. */
@NullMarked
package dev.fairlead.server.cli;

import org.jspecify.annotations.NullMarked;
