/**
 * The commands. Start here: {@link dev.fairlead.server.cli.Main}. Standard output is data, standard error is talk; a
 * command returns 0 if all is well, 1 if not, and 2 if it was called wrongly. Talks to the engine and to files, never to the data plane's
 * parts.
 */
@NullMarked
package dev.fairlead.server.cli;

import org.jspecify.annotations.NullMarked;
