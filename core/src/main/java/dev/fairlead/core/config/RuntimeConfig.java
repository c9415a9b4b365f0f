package dev.fairlead.core.config;

@Doc("Event loops and sockets.")
public record RuntimeConfig(
        @Doc(value = "`auto`, `io_uring`, `epoll` or `nio`.", byDefault = "auto")
        TransportKind transport,

        @Doc(value = "How many event loops; 0 for one per processor.", byDefault = "0", within = "0..1024")
        int loops) {

    /** How to talk to the kernel. */
    public enum TransportKind {
        AUTO,
        IO_URING,
        EPOLL,
        NIO
    }
}
