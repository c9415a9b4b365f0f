package dev.fairlead.core.config;

@Doc("Limits on what a client may send.")
public record ClientLimits(
        @Doc(
                value = "Longest request line; a longer one is answered 414.",
                byDefault = "8KiB",
                within = "256..1MiB",
                reason = "nginx takes as much by default, so that addresses which work behind it work here.",
                seen = "`uri-too-long`, `fairlead_failures_total`")
        Size requestLine,

        @Doc(
                value = "Largest request head, request line included; a larger one is answered 431.",
                byDefault = "32KiB",
                within = "1KiB..16MiB",
                reason = "nginx's four buffers of 8KiB hold as much; it is also the most that a slow head can cost in "
                        + "memory.",
                seen = "`head-too-large`, `fairlead_failures_total`")
        Size head,

        @Doc(
                value = "Most fields in a request head; more are answered 431.",
                byDefault = "100",
                within = "1..10000",
                reason = "Apache and Envoy allow as many; a browser sends some twenty.",
                seen = "`head-too-large`, `fairlead_failures_total`")
        int fields,

        @Doc(
                value = "Largest request body; a larger one is answered 413. 0 for no limit.",
                byDefault = "0",
                reason = "Off, since no size fits forms and backups alike: a body streams, so its size costs the "
                        + "balancer nothing, and applications have limits of their own.",
                seen = "`body-too-large`, `fairlead_failures_total`")
        Size body,

        @Doc(
                value = "Most requests on one connection before it is closed in good order.",
                byDefault = "1000000",
                within = "1..",
                reason = "Each new connection costs both sides more than a request, so only one that has been busy for"
                        + " long ends by this, which spreads its client anew.",
                seen = "`fairlead_connections_accepted_total`, for the connections that take their place")
        int requestsPerConnection,

        @Doc(
                value = "Most connections at once on this listener; more are closed at once.",
                byDefault = "50000",
                within = "1..",
                reason = "As many idle ones take some 200 MiB, half of it heap, which the memory that the launcher "
                        + "gives the JVM carries. Less where the process may not open enough files.",
                seen = "`fairlead_connections_refused_total`, limit `connections`")
        int connections,

        @Doc(
                value =
                        "Most connections at once from one client address, an IPv6 network of /64 counted as one; more are closed"
                                + " at once. Trusted proxies may have any number. 0 for no limit.",
                byDefault = "25000",
                within = "0..1000000",
                reason = "Half of `connections`, so that one address cannot shut out everyone else, while a gateway "
                        + "with thousands of people behind it is not taken for an attacker.",
                seen = "`fairlead_connections_refused_total`, limit `connections-per-client`")
        int connectionsPerClient,

        @Doc(
                value = "Most TLS handshakes at once on this listener; more are closed at once.",
                byDefault = "1000",
                within = "1..",
                reason =
                        "A core completes some thousands a second, so a thousand under way are what it does in less than a"
                                + " second, and take some tens of MiB; beyond, most of those who wait would have left.",
                seen = "`fairlead_tls_handshakes_total`, result `too-many`")
        int handshakes) {}
