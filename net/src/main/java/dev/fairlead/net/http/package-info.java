/** One request and its answer, whatever the protocol. Start with {@code Exchange}. Never imports {@code h1}. */
@NullMarked
package dev.fairlead.net.http;

import org.jspecify.annotations.NullMarked;
