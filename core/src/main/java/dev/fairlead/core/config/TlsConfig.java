package dev.fairlead.core.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("TLS, as it is spoken with clients.")
public record TlsConfig(
        @Doc(
                value =
                        "Certificates. Which one a client sees depends on the name that it asks for, and on the kinds of keys it"
                                + " knows: give RSA and ECDSA for one name, and each client gets what it can use. The first is for"
                                + " clients that ask for no name.",
                byDefault = "[]")
        List<CertificateConfig> certificates,

        @Doc(
                value =
                        "For development, instead of `certificates`: an authority of this machine's own makes a certificate for"
                                + " whatever name is asked for. `fairlead certs trust` says how to trust it.",
                byDefault = "false")
        boolean internal,

        @Doc(
                value =
                        "Versions and ciphers, as Mozilla names them: `modern` is TLS 1.3 alone; `intermediate` is TLS 1.2, too, with"
                                + " forward secrecy and authenticated encryption only.",
                byDefault = "intermediate")
        Profile profile,

        @Doc(
                value =
                        "What becomes of a client that asks for a name that no certificate is for: `default` shows it the first"
                                + " certificate, `refuse` ends the handshake.",
                byDefault = "default")
        UnknownName unknownName,

        @Doc(
                value =
                        "Tells browsers in each answer to come back with HTTPS only, for so long (`Strict-Transport-Security`, RFC"
                                + " 6797). Without it, answers say what the backend says.",
                within = "0s..26280h",
                reason =
                        "It cannot be taken back before its time is over, so it is yours to say: begin with `1h`, end with"
                                + " `8760h`.",
                seen = "the field in each answer")
        @Nullable
        Duration hsts) {

    /** Versions and ciphers. */
    public enum Profile {
        MODERN,
        INTERMEDIATE
    }

    /** What to do with a name that no certificate is for. */
    public enum UnknownName {
        DEFAULT,
        REFUSE
    }

    @Doc("A certificate and its key, as PEM files that are read anew when they change.")
    public record CertificateConfig(
            @Doc("The certificate and, behind it, those that lead to its authority.")
            FilePath cert,

            @Doc("Its private key, not encrypted. Without it: in the file of the certificate.") @Nullable
            FilePath key) {
        /** Where the key is. */
        public FilePath keyFile() {
            FilePath own = key;
            return own == null ? cert : own;
        }
    }
}
