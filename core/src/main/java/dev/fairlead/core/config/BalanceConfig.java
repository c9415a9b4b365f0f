package dev.fairlead.core.config;

import java.util.List;

/** Which algorithm chooses, with its settings. Immutable. */
@Doc("How to choose a backend. The name alone, or a mapping from the name to its settings.")
public sealed interface BalanceConfig {
    /** Each in its turn, spread out by weight. */
    @Doc("Each backend in its turn, in proportion to the weights.")
    record RoundRobin() implements BalanceConfig {}

    /** The one with the fewest requests in work for its weight. */
    @Doc("The backend with the fewest requests in work for its weight.")
    record LeastConnections() implements BalanceConfig {}

    /** The less busy of two, one in its turn and one drawn at random. */
    @Doc(
            "The less busy of two backends, one in its turn and one drawn at random: as even as round robin while idle, nearly"
                    + " as even as looking at all of them under load, and never a stampede.")
    @Written(name = "p2c")
    record PowerOfTwo() implements BalanceConfig {}

    /** Of two drawn at random the one that answers sooner, by a moving average that remembers peaks. */
    @Doc("Of two backends drawn at random the one that promises to answer sooner, by its recent latency and load.")
    record PeakEwma() implements BalanceConfig {}

    /** By weight alone. */
    @Doc("At random, in proportion to the weights.")
    @Written(name = "random")
    record RandomPick() implements BalanceConfig {}

    /**
     * Consistent by the client's address, on a Maglev table.
     *
     * @param bound most load of a backend as a multiple of its fair share, at least 1; 0 for no bound
     */
    @Doc("The same backend for the same client address.")
    record SourceHash(
            @Doc(
                    value = BOUND,
                    byDefault = "1.25",
                    within = "1..100, 0",
                    reason = "The least that HAProxy's manual advises (125 to 200 %): nobody gets more than a quarter "
                            + "above the fair share, and most keys stay where they are.",
                    seen = "`fairlead_backend_inflight`")
            double bound)
            implements BalanceConfig {}

    /**
     * Consistent on a Maglev table.
     *
     * @param bound as for {@link SourceHash}
     */
    @Doc("The same backend for the same key, on a Maglev table: the most even.")
    @Written(shorthand = "key")
    record Maglev(
            @Doc(KEY) HashKey key,

            @Doc(
                    value = BOUND,
                    byDefault = "1.25",
                    within = "1..100, 0",
                    reason = "The least that HAProxy's manual advises (125 to 200 %): nobody gets more than a quarter "
                            + "above the fair share, and most keys stay where they are.",
                    seen = "`fairlead_backend_inflight`")
            double bound)
            implements BalanceConfig {}

    /**
     * Consistent on a ketama ring.
     *
     * @param bound as for {@link SourceHash}
     */
    @Doc("The same backend for the same key, on a ketama ring: the fewest keys move when backends come and go.")
    @Written(shorthand = "key")
    record Ring(
            @Doc(KEY) HashKey key,

            @Doc(
                    value = BOUND,
                    byDefault = "1.25",
                    within = "1..100, 0",
                    reason = "The least that HAProxy's manual advises (125 to 200 %): nobody gets more than a quarter "
                            + "above the fair share, and most keys stay where they are.",
                    seen = "`fairlead_backend_inflight`")
            double bound)
            implements BalanceConfig {}

    /** What the reference says of a bound. */
    String BOUND =
            "Most load of one backend as a multiple of its fair share, 1 to 100; what is above spills over to the"
                    + " next one. 0 for no bound.";

    /** What the reference says of a key. */
    String KEY = "What decides: `source` (the client's address), `uri`, `header:NAME`, `cookie:NAME` or `query:NAME`.";

    /** What of a request decides, for the consistent ones. */
    sealed interface HashKey {
        /** What the notation looks like, as a regular expression that Java and ECMAScript read alike. */
        String PATTERN = "^(source|uri|(header|cookie|query):[!#$%&'*+.^_`|~0-9A-Za-z-]+)$";

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

        /** Parses {@code source}, {@code uri}, {@code header:X}, {@code cookie:X} or {@code query:X}; throws {@link BadValue}. */
        static HashKey parse(String text) {
            int colon = text.indexOf(':');
            String name = colon < 0 ? "" : Text.TOKEN.check(text.substring(colon + 1));
            String what = colon < 0 ? text : text.substring(0, colon);
            String near = Nearest.of(what, List.of("header", "cookie", "query"));
            String meant = List.of("client", "ip", "address").contains(what)
                    ? "source"
                    : near == null ? null : near + ":" + (name.isEmpty() ? "NAME" : name);
            return switch (what + (colon < 0 ? "" : ":")) {
                case "source" -> new Source();
                case "uri" -> new Uri();
                case "header:" -> new Header(name);
                case "cookie:" -> new Cookie(name);
                case "query:" -> new Query(name);
                default ->
                    throw new BadValue(
                            ProblemKind.BAD_CHOICE, text, "source, uri, header:NAME, cookie:NAME or query:NAME", meant);
            };
        }

        /** Writes the notation that {@link #parse} reads. */
        static String format(HashKey key) {
            return switch (key) {
                case Source() -> "source";
                case Uri() -> "uri";
                case Header(String name) -> "header:" + name;
                case Cookie(String name) -> "cookie:" + name;
                case Query(String name) -> "query:" + name;
            };
        }
    }
}
