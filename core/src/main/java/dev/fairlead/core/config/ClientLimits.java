package dev.fairlead.core.config;

@Doc("Limits on what a client may send.")
public record ClientLimits(
        @Doc(value = "Longest request line; a longer one is answered 414.", byDefault = "8KiB", within = "256..1MiB")
        Size requestLine,

        @Doc(
                value = "Largest request head, request line included; a larger one is answered 431.",
                byDefault = "32KiB",
                within = "1KiB..16MiB")
        Size head,

        @Doc(value = "Most fields in a request head; more are answered 431.", byDefault = "100", within = "1..10000")
        int fields,

        @Doc(value = "Largest request body; a larger one is answered 413. 0 for no limit.", byDefault = "0")
        Size body,

        @Doc(
                value = "Most requests on one connection before it is closed in good order.",
                byDefault = "1000000",
                within = "1..")
        int requestsPerConnection,

        @Doc(
                value = "Most connections at once on this listener; more are closed at once.",
                byDefault = "50000",
                within = "1..")
        int connections,

        @Doc(
                value =
                        "Most connections at once from one client address, an IPv6 network of /64 counted as one; more are closed"
                                + " at once. Trusted proxies may have any number. 0 for no limit.",
                byDefault = "25000",
                within = "0..1000000")
        int connectionsPerClient) {}
