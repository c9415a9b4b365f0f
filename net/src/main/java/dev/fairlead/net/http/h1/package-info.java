/** HTTP/1 bytes to exchanges and back, on both sides. */
@NullMarked
package dev.fairlead.net.http.h1;

import org.jspecify.annotations.NullMarked;
