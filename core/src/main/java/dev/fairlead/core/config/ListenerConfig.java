package dev.fairlead.core.config;

import java.util.List;

@Doc("One address where clients connect.")
public record ListenerConfig(
        @Doc(value = "Address to listen on: `:8080`, `127.0.0.1:8080`, `[::1]:8080`.", text = Text.LISTEN_ADDRESS)
        Address address,

        @Doc(value = "What is spoken there.", byDefault = "http")
        Protocol protocol,

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
