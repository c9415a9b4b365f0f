package dev.fairlead.core.config;

@Doc("The operator's side: `/metrics` and `/status`. Loopback only.")
public record AdminConfig(
        @Doc(
                value = "Address to listen on; must be loopback.",
                byDefault = "127.0.0.1:7900",
                text = Text.LISTEN_ADDRESS)
        Address address,

        @Doc(value = "`false` for none at all.", byDefault = "true")
        boolean enabled) {}
