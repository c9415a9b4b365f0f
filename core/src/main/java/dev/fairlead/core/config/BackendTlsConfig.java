package dev.fairlead.core.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("TLS to the backends of a pool.")
@Written(shorthand = "enabled")
public record BackendTlsConfig(
        @Doc(value = "Whether backends are spoken to with TLS.", byDefault = "true")
        boolean enabled,

        @Doc(
                value =
                        "`on`: a backend's certificate must be valid, lead to an authority that is trusted, and be for its name. `off`:"
                                + " anyone who answers at its address is taken for it.",
                byDefault = "on")
        Verify verify,

        @Doc("The authorities to trust, in PEM, instead of those that this machine's Java trusts.") @Nullable
        FilePath ca,

        @Doc(
                value = "The name to ask for (SNI) and to find in certificates, instead of each backend's own host.",
                text = Text.SERVER_NAME)
        @Nullable
        String name,

        @Doc("A certificate to show to backends that ask for one, in PEM.") @Nullable
        FilePath cert,

        @Doc("Its private key, not encrypted. Without it: in the file of the certificate.") @Nullable
        FilePath key,

        @Doc(
                value =
                        "Keys that are believed without an authority, whatever name they are for: `sha256/` and the Base64 of the digest of a"
                                + " public key (`openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary"
                                + " | base64`). With `ca` or `name`, those must hold as well.",
                byDefault = "[]",
                text = Text.PIN)
        List<String> pins) {

    /** Whether certificates are looked at. */
    public enum Verify {
        ON,
        OFF
    }

    /** Whether a certificate must lead to an authority. */
    public boolean byAuthority() {
        return pins.isEmpty() || ca != null || name != null;
    }
}
