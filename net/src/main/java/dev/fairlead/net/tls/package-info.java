/** TLS with clients: who answers which name, with which certificate, and how handshakes take turns. */
@NullMarked
package dev.fairlead.net.tls;

import org.jspecify.annotations.NullMarked;
