package dev.fairlead.net.tls;

import dev.fairlead.core.config.TlsConfig;
import org.jspecify.annotations.Nullable;

/**
 * On what terms a listener speaks TLS, beside its certificates. Immutable.
 *
 * @param listener the name of the listener
 * @param clients whom it believes to be who they say; {@code null} where nobody is asked
 * @param keyLog where the keys of sessions are written; {@code null} for nowhere
 */
public record TlsTerms(
        String listener,
        TlsConfig config,
        TlsProvider provider,
        @Nullable ClientTrust clients,
        @Nullable KeyLog keyLog) {}
