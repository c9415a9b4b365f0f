package dev.fairlead.core.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("One address where clients connect.")
public record ListenerConfig(
        @Doc(value = "Address to listen on: `:8080`, `127.0.0.1:8080`, `[::1]:8080`.", text = Text.LISTEN_ADDRESS)
        Address address,

        @Doc(value = "What is spoken there.", byDefault = "http")
        Protocol protocol,

        @Doc("TLS on this listener. Without it, plain text.") @Nullable
        TlsConfig tls,

        @Doc(
                value =
                        "Answers each request with a redirect (308) to the same host and path with `https`, on port 443 or, where no"
                                + " listener with `tls` has that, on the port of the first one that has `tls`.",
                byDefault = "false")
        boolean redirectToHttps,

        @Doc(
                value =
                        "Networks whose `X-Forwarded-*`, `Forwarded` and `X-Request-Id` fields are believed, such as `10.0.0.0/8`. From anyone else they are replaced.",
                byDefault = "[]")
        List<Cidr> trustedProxies,

        @Doc(value = "Limits on what a client may send.", byDefault = "{}")
        ClientLimits limits,

        @Doc(value = "How long a client may take.", byDefault = "{}")
        ClientTimeouts timeouts) {

    /** What a listener speaks. */
    public enum Protocol {
        HTTP
    }
}
