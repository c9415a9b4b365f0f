package dev.fairlead.core.config;

import org.jspecify.annotations.Nullable;

@Doc("The operator's side: metrics, status, events, and changes while it runs.")
public record AdminConfig(
        @Doc(
                value = "Address to listen on. One that others can reach needs a token.",
                byDefault = "127.0.0.1:7900",
                text = Text.LISTEN_ADDRESS)
        Address address,

        @Doc(value = "`false` for none at all.", byDefault = "true")
        boolean enabled,

        @Doc(
                "What whoever asks must send as `Authorization: Bearer TOKEN`, but for `/livez` and `/readyz`. It goes over the"
                        + " network as it is.")
        @Nullable
        Secret token,

        @Doc("A file that holds the token instead, read at the start.") @Nullable
        String tokenFile) {

    /** One without a token. */
    public AdminConfig(Address address, boolean enabled) {
        this(address, enabled, null, null);
    }

    /** Whether only those who know a token are answered. */
    public boolean guarded() {
        return token != null || tokenFile != null;
    }
}
