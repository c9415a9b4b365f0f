/**
 * What the responders of certificates say of them, fetched in the background and stapled.
 *
 * <p>Start here: {@link dev.fairlead.server.ocsp.Staples}. <b>Never imports</b> the engine: it is told which certificates there
 * are.
 */
@NullMarked
package dev.fairlead.server.ocsp;

import org.jspecify.annotations.NullMarked;
