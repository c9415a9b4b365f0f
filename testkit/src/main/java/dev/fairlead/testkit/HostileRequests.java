package dev.fairlead.testkit;

import java.util.List;
import java.util.stream.Stream;

/** The table of hostile HTTP/1 requests, for tests of the grammar, of the proxy and over real sockets. Immutable. */
public final class HostileRequests {
    /** The target of every request that is hidden in another one: no backend may ever see it. */
    public static final String SMUGGLED = "/smuggled";

    private static final List<HostileRequest> TABLE = Stream.of(new HostileBodies(), new HostileHeads())
            .flatMap(part -> part.rows().stream())
            .toList();

    private static final List<HostileRequest> HARMLESS = new HarmlessRows().rows();

    private HostileRequests() {}

    /** Every row. */
    public static List<HostileRequest> table() {
        return TABLE;
    }

    /** Odd but valid requests, which must be served: a proxy that refuses everything is safe and useless. */
    public static List<HostileRequest> harmless() {
        return HARMLESS;
    }
}
