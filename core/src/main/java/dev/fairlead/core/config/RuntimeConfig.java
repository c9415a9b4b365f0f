package dev.fairlead.core.config;

@Doc("Event loops and sockets.")
public record RuntimeConfig(
        @Doc(value = "`auto`, `io_uring`, `epoll` or `nio`.", byDefault = "auto")
        TransportKind transport,

        @Doc(value = "How many event loops; 0 for one per processor.", byDefault = "0", within = "0..1024")
        int loops,

        @Doc(
                value =
                        "Most bytes of bodies on their way, for all connections together; beyond, new requests are answered 503."
                                + " From half of it on each connection holds less. Keep it below half of the memory for direct buffers.",
                byDefault = "256MiB",
                within = "1MiB..1024GiB")
        Size buffers,

        @Doc(
                value = "Most requests in work at once, over all listeners; more are answered 503.",
                byDefault = "100000",
                within = "1..")
        int exchanges,

        @Doc(
                value =
                        "Most bytes of request bodies in temporary files, for all routes with `buffer: full` together; beyond, requests"
                                + " are answered 503. Each file is made in the system's temporary folder, for the owner only, and"
                                + " unlinked at once.",
                byDefault = "1GiB",
                within = "0..1024GiB")
        Size spill) {

    /** How to talk to the kernel. */
    public enum TransportKind {
        AUTO,
        IO_URING,
        EPOLL,
        NIO
    }
}
