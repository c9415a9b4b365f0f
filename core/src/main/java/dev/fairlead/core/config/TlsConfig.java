package dev.fairlead.core.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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
                                + " forward secrecy and authenticated encryption only; `custom` is what `custom` says.",
                byDefault = "intermediate")
        Profile profile,

        @Doc("What `profile: custom` allows.") @Nullable CustomConfig custom,

        @Doc("Clients with certificates of their own. Without it, nobody is asked for one.") @Nullable
        ClientsConfig clients,

        @Doc(
                value =
                        "Whether clients that ask for it are shown, with a certificate that names an OCSP responder, that it is not revoked"
                                + " (stapling): the responder is asked in the background, over plain HTTP, and its answer verified. The file"
                                + " of the certificate must hold its issuer's, too. With BoringSSL only.",
                byDefault = "on")
        Ocsp ocsp,

        @Doc(
                "A file with the keys of session tickets, one in each line, 48 bytes in Base64 (`openssl rand -base64 48`): the first"
                        + " makes tickets, all of them read them. It lets several balancers resume each other's sessions. Without it, keys"
                        + " are random and change by themselves.")
        @Nullable
        FilePath ticketKeys,

        @Doc(
                "For debugging only: a file to which the keys of each session are written, so that who has recorded it can read it."
                        + " With BoringSSL only.")
        @Nullable
        FilePath keyLog,

        @Doc(
                value =
                        "What becomes of a client that asks for a name that no certificate is for: `default` shows it the first"
                                + " certificate, `refuse` ends the handshake.",
                byDefault = "default")
        UnknownName unknownName,

        @Doc(
                value =
                        "Names whose connections are passed on as they are, without being decrypted, and the pool whose backends"
                                + " speak TLS with those clients themselves: `{ db.example.com: db, \"*.shop.example.com\": shop }`. A `*.`"
                                + " stands for every name below; the most specific one wins. All other names are answered here. Of a"
                                + " client that hides its name (ECH), the outer name counts.",
                byDefault = "{}",
                names = Text.HOST_PATTERN,
                text = Text.POOL)
        Map<String, String> passthrough,

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
        INTERMEDIATE,
        CUSTOM
    }

    /** Versions of TLS. */
    public enum Version {
        TLS12,
        TLS13
    }

    /** Whether clients show certificates. */
    public enum Verify {
        REQUIRED,
        OPTIONAL
    }

    @Doc(
            "Which clients are let in by their certificates. Backends are told of them in `Client-Cert` and `Client-Cert-Chain` (RFC 9440).")
    public record ClientsConfig(
            @Doc(
                    value =
                            "`required`: who shows no certificate, or one that is not good, is refused. `optional`: who shows none is let"
                                    + " in, and the backend is told of none.",
                    byDefault = "required")
            Verify verify,

            @Doc("The authorities whose certificates are good, in PEM.")
            FilePath ca,

            @Doc(
                    "What they have revoked, in PEM: a list for each authority on the way to a client's certificate. A list that is"
                            + " out of date refuses everyone.")
            @Nullable
            FilePath crl) {}

    @Doc("What `profile: custom` allows.")
    public record CustomConfig(
            @Doc(value = "The oldest version.", byDefault = "tls12")
            Version from,

            @Doc(
                    value =
                            "Cipher suites of TLS 1.2, by their IANA names, best first; those of TLS 1.3 are not a matter of choice."
                                    + " Empty for those of `intermediate`.",
                    byDefault = "[]",
                    text = Text.CIPHER_SUITE)
            List<String> ciphers,

            @Doc(
                    value = "Groups for the key exchange, best first. Empty for the usual ones.",
                    byDefault = "[]",
                    text = Text.GROUP)
            List<String> groups) {}

    /** Whether OCSP answers are fetched and stapled. */
    public enum Ocsp {
        ON,
        OFF
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
