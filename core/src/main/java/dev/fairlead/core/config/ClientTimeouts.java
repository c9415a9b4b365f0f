package dev.fairlead.core.config;

import java.time.Duration;

@Doc("How long a client may take.")
public record ClientTimeouts(
        @Doc(
                value =
                        "For a whole request head, from its first byte (or from connecting). Late ones are answered 408.",
                byDefault = "10s",
                within = "10ms..24h")
        Duration head,

        @Doc(value = "Between requests on a kept connection.", byDefault = "60s", within = "10ms..24h")
        Duration idle,

        @Doc(
                value = "Between two pieces of a request body. A stalled one is answered 408.",
                byDefault = "30s",
                within = "10ms..24h")
        Duration body,

        @Doc(
                value =
                        "Fewest bytes a second of a request body while nothing but the client holds it up; each byte buys its time,"
                                + " up to `body` of it. Slower ones are answered 408. 0 for no limit.",
                byDefault = "100",
                within = "0..1MiB")
        Size bodyRate,

        @Doc(
                value = "Without taking any byte of an answer that waits to be read.",
                byDefault = "60s",
                within = "10ms..24h")
        Duration write,

        @Doc(
                value =
                        "Fewest bytes a second that a client must take of an answer that waits, over `write`. Slower ones are cut."
                                + " 0 for no limit.",
                byDefault = "100",
                within = "0..4KiB")
        Size writeRate) {}
