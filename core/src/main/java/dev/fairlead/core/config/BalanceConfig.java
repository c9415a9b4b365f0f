package dev.fairlead.core.config;

/** Which algorithm chooses, with its settings. Immutable. */
public sealed interface BalanceConfig {
    record RoundRobin() implements BalanceConfig {}

    record LeastConnections() implements BalanceConfig {}

    record PowerOfTwo() implements BalanceConfig {}

    record PeakEwma() implements BalanceConfig {}

    record RandomPick() implements BalanceConfig {}

    /** Consistent by the client's address, on a Maglev table. */
    record SourceHash(double bound) implements BalanceConfig {}

    /** Consistent on a Maglev table. */
    record Maglev(HashKey key, double bound) implements BalanceConfig {}

    /** Consistent on a ketama ring. */
    record Ring(HashKey key, double bound) implements BalanceConfig {}

    /** What of a request decides, for the consistent ones. */
    sealed interface HashKey {
        /** Client address. */
        record Source() implements HashKey {}

        /** Path and query as sent. */
        record Uri() implements HashKey {}

        /** A field's value. */
        record Header(String name) implements HashKey {}

        /** A cookie's value. */
        record Cookie(String name) implements HashKey {}

        /** A query parameter's value. */
        record Query(String name) implements HashKey {}
    }
}
