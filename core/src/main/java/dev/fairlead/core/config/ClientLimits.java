package dev.fairlead.core.config;

@Doc("Limits on what a client may send.")
public record ClientLimits(
        @Doc(value = "Longest request line; a longer one is answered 414.", byDefault = "8KiB") Size requestLine,
        @Doc(value = "Largest request head, request line included; a larger one is answered 431.", byDefault = "32KiB") Size head,
        @Doc(value = "Most fields in a request head; more are answered 431.", byDefault = "100") int fields,
        @Doc(value = "Largest request body; a larger one is answered 413. 0 for no limit.", byDefault = "0") Size body,
        @Doc(value = "Most requests on one connection before it is closed in good order.", byDefault = "1000000") int requestsPerConnection,
        @Doc(value = "Most connections at once on this listener; more are closed at once.", byDefault = "50000") int connections) {}
