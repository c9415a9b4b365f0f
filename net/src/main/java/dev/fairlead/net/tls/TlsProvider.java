package dev.fairlead.net.tls;

import dev.fairlead.core.config.RuntimeConfig.TlsKind;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;

/** Who does TLS. Asking loads a native library, so it is asked only when somebody speaks TLS. */
public enum TlsProvider {
    BORINGSSL("BoringSSL", SslProvider.OPENSSL_REFCNT),
    JDK("JDK", SslProvider.JDK);

    static {
        // Java's own asks only this whether clients may begin a second handshake on a connection.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    }

    private final String title;
    private final SslProvider netty;

    TlsProvider(String title, SslProvider netty) {
        this.title = title;
        this.netty = netty;
    }

    /**
     * The one the operator asked for.
     *
     * @throws IllegalStateException when it was forced and this machine does not have it; the message says why
     */
    public static TlsProvider of(TlsKind kind) {
        return switch (kind) {
            case JDK -> JDK;
            case AUTO -> OpenSsl.isAvailable() ? BORINGSSL : JDK;
            case BORINGSSL -> {
                if (!OpenSsl.isAvailable()) {
                    throw new IllegalStateException("runtime.tls: BoringSSL is not available here: " + missing());
                }
                yield BORINGSSL;
            }
        };
    }

    private static @Nullable String missing() {
        Throwable root = OpenSsl.unavailabilityCause();
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return root == null ? "no reason given" : root.getMessage();
    }

    /** For people: who it is, and why where that is not the first choice. */
    public String told(TlsKind kind) {
        return this == JDK && kind == TlsKind.AUTO
                ? title + ", for BoringSSL is not available here: " + missing()
                : title;
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** Whether it can show OCSP answers with certificates. */
    public boolean staples() {
        return this == BORINGSSL && OpenSsl.isOcspSupported();
    }

    SslProvider netty() {
        return netty;
    }
}
