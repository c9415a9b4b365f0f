package dev.fairlead.core.config;

import java.time.Duration;

@Doc("How long a client may take.")
public record ClientTimeouts(
        @Doc(
                value = "For a whole TLS handshake, from connecting. Late ones are closed.",
                byDefault = "10s",
                within = "10ms..24h",
                reason = "As for a head: a handshake is a few packets, too.",
                seen = "`fairlead_tls_handshakes_total`, result `late`")
        Duration handshake,

        @Doc(
                value =
                        "For a whole request head, from its first byte (or from connecting). Late ones are answered 408.",
                byDefault = "10s",
                within = "10ms..24h",
                reason = "A head is a few packets, and ten seconds outlive several that are lost and sent again; "
                        + "nginx's 60s let slow heads stay six times as long.",
                seen = "`head-timeout`, `fairlead_failures_total`")
        Duration head,

        @Doc(
                value = "Between requests on a kept connection.",
                byDefault = "60s",
                within = "10ms..24h",
                reason = "AWS's balancers and nginx (75s) wait about as long: a person's next click finds the "
                        + "connection open, and who has left is not kept for long.",
                seen = "`fairlead_connections_open`; not a failure, so not in the access log")
        Duration idle,

        @Doc(
                value = "Between two pieces of a request body. A stalled one is answered 408.",
                byDefault = "30s",
                within = "10ms..24h",
                reason = "Outlives a change of networks and packets that are sent again; who stands still for longer "
                        + "is mostly gone.",
                seen = "`body-timeout`, `fairlead_failures_total`")
        Duration body,

        @Doc(
                value =
                        "Fewest bytes a second of a request body while nothing but the client holds it up; each byte buys its time,"
                                + " up to `body` of it. Slower ones are answered 408. 0 for no limit.",
                byDefault = "100",
                within = "0..1MiB",
                reason = "A modem sends some forty times as much, so only who trickles on purpose is cut: 10 bytes a "
                        + "second after 34s.",
                seen = "`body-too-slow`, `fairlead_failures_total`")
        Size bodyRate,

        @Doc(
                value = "Without taking any byte of an answer that waits to be read.",
                byDefault = "60s",
                within = "10ms..24h",
                reason = "As nginx's `send_timeout`: a reader that takes nothing for a minute has mostly gone, and "
                        + "holds buffers until then.",
                seen = "`answer-not-read`, `fairlead_failures_total`")
        Duration write,

        @Doc(
                value =
                        "Fewest bytes a second that a client must take of an answer that waits, over `write`. Slower ones are cut."
                                + " 0 for no limit.",
                byDefault = "100",
                within = "0..4KiB",
                reason = "As `body-rate`: only who reads slowly on purpose reads less than this.",
                seen = "`answer-read-too-slow`, `fairlead_failures_total`, mostly `answer-not-read`")
        Size writeRate) {}
