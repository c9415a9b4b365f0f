/** What of TLS is pure: reading what a client says first, and certificates with their keys. */
@NullMarked
package dev.fairlead.core.tls;

import org.jspecify.annotations.NullMarked;
