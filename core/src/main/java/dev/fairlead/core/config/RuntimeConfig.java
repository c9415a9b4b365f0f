package dev.fairlead.core.config;

@Doc("Event loops and sockets.")
public record RuntimeConfig(
        @Doc(value = "`auto`, `io_uring`, `epoll` or `nio`.", byDefault = "auto")
        TransportKind transport,

        @Doc(
                value = "Who does TLS: `auto`, `boringssl` or `jdk`. The second is Java's own, and slower.",
                byDefault = "auto")
        TlsKind tls,

        @Doc(
                value = "How many event loops; 0 for one per processor.",
                byDefault = "0",
                within = "0..1024",
                reason = "Loops share nothing, so one for each processor uses all of them, and more would only take "
                        + "turns.",
                seen = "`fairlead_event_loops`, `fairlead_loop_lag_seconds`")
        int loops,

        @Doc(
                value =
                        "Most bytes of bodies on their way, for all connections together; beyond, new requests are answered 503."
                                + " From half of it on each connection holds less. Keep it below half of the memory for direct buffers.",
                byDefault = "256MiB",
                within = "1MiB..1024GiB",
                reason = "Half of the 512 MiB that the launcher gives the JVM for buffers: what is held is looked at "
                        + "every 50ms, and what comes between two looks must fit, too.",
                seen = "`buffers-full`, `fairlead_failures_total`, `fairlead_buffers_held_bytes`")
        Size buffers,

        @Doc(
                value =
                        "Most bytes that wait on one connection: of an answer for a client that reads slowly, of a body for a backend"
                                + " that does. From there on the other side is not read. One receive buffer, of the same size at"
                                + " most, comes on top.",
                byDefault = "512KiB",
                within = "16KiB..16MiB",
                reason =
                        "Large bodies cost the fewest system calls with receive buffers of this size; a smaller number "
                                + "saves memory where many read slowly, and costs processor time.",
                seen = "`fairlead_buffers_held_bytes`, all connections together")
        Size connectionBuffer,

        @Doc(
                value = "Most requests in work at once, over all listeners; more are answered 503.",
                byDefault = "100000",
                within = "1..",
                reason = "Twice what the connections of one listener can ask for at once: a last bound for all "
                        + "listeners together.",
                seen = "`overloaded`, `fairlead_failures_total`, `fairlead_requests_active`")
        int exchanges,

        @Doc(
                value =
                        "Most bytes of request bodies in temporary files, for all routes with `buffer: full` together; beyond, requests"
                                + " are answered 503. Each file is made in the system's temporary folder, for the owner only, and"
                                + " unlinked at once.",
                byDefault = "1GiB",
                within = "0..1024GiB",
                reason = "What a small machine has to spare on disk; 64 bodies of the usual `buffer.most`.",
                seen = "`spill-full`, `fairlead_failures_total`, `fairlead_spill_held_bytes`")
        Size spill) {

    /** How to talk to the kernel. */
    public enum TransportKind {
        AUTO,
        IO_URING,
        EPOLL,
        NIO
    }

    /** Who does TLS. */
    public enum TlsKind {
        AUTO,
        BORINGSSL,
        JDK
    }
}
