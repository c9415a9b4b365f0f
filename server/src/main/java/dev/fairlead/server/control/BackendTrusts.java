package dev.fairlead.server.control;

import dev.fairlead.core.config.BackendTlsConfig;
import dev.fairlead.core.config.FilePath;
import dev.fairlead.core.config.TlsConfig.CertificateConfig;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.core.tls.Pair;
import dev.fairlead.net.tls.BackendTls;
import dev.fairlead.net.tls.TlsProvider;
import dev.fairlead.server.load.CertificateFiles;
import dev.fairlead.server.load.CertificateFiles.Unusable;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes how pools speak TLS of what is configured. Reads files. */
final class BackendTrusts {
    private static final Logger LOG = LoggerFactory.getLogger(BackendTrusts.class);

    private BackendTrusts() {}

    /** Throws {@link IllegalStateException} when a file cannot be used; {@code null} for plain text. */
    static @Nullable BackendTls of(
            String pool, BackendTlsConfig config, Supplier<TlsProvider> provider, WallClock wall) {
        if (!config.enabled()) {
            return null;
        }
        if (config.verify() == BackendTlsConfig.Verify.OFF) {
            LOG.warn(
                    "pool {}: BACKENDS ARE NOT VERIFIED: anyone on the way can read and answer (tls.verify: off)",
                    pool);
        }
        try {
            FilePath ca = config.ca();
            List<X509Certificate> trusted = ca == null ? null : CertificateFiles.authorities(ca);
            FilePath cert = config.cert();
            Pair own = cert == null ? null : CertificateFiles.read(new CertificateConfig(cert, config.key()));
            return BackendTls.of(config, trusted, own, provider.get(), wall);
        } catch (Unusable e) {
            throw new IllegalStateException("pool " + pool + ": " + e.file() + ": " + e.getMessage(), e);
        }
    }

    /** For people: how backends are verified; {@code null} for plain text. */
    static @Nullable String words(BackendTlsConfig config) {
        if (!config.enabled()) {
            return null;
        } else if (config.verify() == BackendTlsConfig.Verify.OFF) {
            return "not-verified";
        }
        return config.pins().isEmpty() ? "verified" : "pinned";
    }
}
