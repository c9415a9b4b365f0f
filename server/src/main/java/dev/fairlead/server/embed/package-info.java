/**
 * Fairlead inside a JVM program. Start here: {@link dev.fairlead.server.embed.Fairlead}. What is built here is the same
 * engine, from the same configuration with the same checks, as the command line runs. Never sets a system property and
 * never handles a signal: those are the program's.
 */
@NullMarked
package dev.fairlead.server.embed;

import org.jspecify.annotations.NullMarked;
