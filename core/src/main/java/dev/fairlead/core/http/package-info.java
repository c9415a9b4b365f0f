/** The HTTP/1 grammar without sockets: heads as bytes and an index, framing, writing. */
@NullMarked
package dev.fairlead.core.http;

import org.jspecify.annotations.NullMarked;
