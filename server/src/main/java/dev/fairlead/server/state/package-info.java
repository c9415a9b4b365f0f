/**
 * What survives a restart, as one small file.
 *
 * <p>Start here: {@link dev.fairlead.server.state.StateFile}. <b>Never imports</b> the engine: it keeps what it is given.
 */
@NullMarked
package dev.fairlead.server.state;

import org.jspecify.annotations.NullMarked;
