package dev.fairlead.core.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("A set of backends that can stand in for each other.")
public record PoolConfig(
        @Doc(
                value =
                        "How to choose: `p2c`, `round-robin`, `least-connections`, `peak-ewma`, `random`, `source-hash`, or `ring` / `maglev` with a key.",
                byDefault = "p2c")
        BalanceConfig balance,

        @Doc("The backends: `host:port`, a bare port of this machine, or `{address: host:port, weight: 2}`.")
        List<BackendConfig> backends,

        @Doc(
                value = "How to find out whether a backend works: `{http: /healthz}`, `{tcp: {}}`, or `off`.",
                byDefault = "{tcp: {}}")
        HealthConfig health,

        @Doc(value = "When real traffic takes a backend out.", byDefault = "{}")
        EjectConfig eject,

        @Doc(
                value =
                        "When a smaller share of the backends than this takes work, those that answer badly get work, too, rather"
                                + " than let the rest be crushed; 0% for never. Backends that do not answer at all stay out.",
                byDefault = "50%")
        Share panic,

        @Doc(
                value =
                        "How a backend that comes back gets its share of the work: `30s`, or `{time: 30s, shape: aggressive}`.",
                byDefault = "30s")
        SlowStartConfig slowStart,

        @Doc(value = "What is asked of a backend that passed its check, before clients are.", byDefault = "{}")
        WarmUpConfig warmUp,

        @Doc(
                value = "How long a drained backend may take to finish what it has; what is left is then cut.",
                byDefault = "5m",
                within = "10ms..24h")
        Duration drain,

        @Doc(value = "How much a backend may be given at once.", byDefault = "{}")
        PoolLimits limits,

        @Doc(value = "When a failed request may be sent to another backend.", byDefault = "{}")
        RetryConfig retries,

        @Doc(
                value = "When a GET whose answer takes long is sent to a second backend as well: `p95`, `50ms`, or"
                        + " `{after: p95, most: 5%}`.",
                byDefault = "off")
        HedgeConfig hedge,

        @Doc(value = "How long a backend may take.", byDefault = "{}")
        BackendTimeouts timeouts,

        @Doc(value = "Kept connections to backends.", byDefault = "{}")
        KeepAliveConfig keepAlive) {

    @Doc("One backend.")
    @Written(shorthand = "address")
    public record BackendConfig(
            @Doc(
                    value =
                            "Where it listens: `host:port` or `[v6]:port`; a bare port is one of this machine. A name is looked up"
                                    + " once, when it comes into the configuration, and its first address is used, IPv4 before IPv6.",
                    text = Text.BACKEND_ADDRESS)
            Address address,

            @Doc(
                    value = "Share of the work relative to the others, 0 to 256; 0 takes no new work.",
                    byDefault = "1",
                    within = "0..256")
            int weight) {}

    @Doc("How much a backend may be given at once.")
    public record PoolLimits(
            @Doc(
                    value =
                            "Most requests at once for each backend; when all are full, further requests wait. `auto` learns it from"
                                    + " each backend's own latency against its best, and counts whole requests until their answer begins;"
                                    + " a number counts them from their head until the answer's end.",
                    byDefault = "auto")
            Cap perBackend,

            @Doc(value = "The lowest that `auto` goes.", byDefault = "32", within = "1..1000000")
            int autoLeast,

            @Doc(value = "The highest that `auto` goes.", byDefault = "1024", within = "1..1000000")
            int autoMost,

            @Doc(
                    value =
                            "Most requests that wait for a backend to have a place; further ones are answered 503. 0 for none.",
                    byDefault = "1024",
                    within = "0..1000000")
            int queue,

            @Doc(
                    value = "How long a request waits for a place before it is answered 503.",
                    byDefault = "1s",
                    within = "10ms..1h")
            Duration queueTimeout,

            @Doc(
                    value =
                            "Who is next: `fifo`, first come, first served; `fair`, clients by turns, so that one with many"
                                    + " requests cannot keep out those with few.",
                    byDefault = "fifo")
            Order queueOrder) {
        /** Who is next. */
        public enum Order {
            FIFO,
            FAIR
        }
    }

    @Doc("When a failed request may be sent to another backend. Only where that is provably safe.")
    public record RetryConfig(
            @Doc(value = "Most further tries, each on another backend, 0 to 7.", byDefault = "2", within = "0..7")
            int max,

            @Doc(
                    value = "Retries as a share of the pool's requests; a small number is always allowed.",
                    byDefault = "20%")
            Share budget,

            @Doc(
                    value =
                            "Answers after which another backend is asked, if the method is idempotent or the request has an"
                                    + " `Idempotency-Key`; `none` to pass on every answer.",
                    byDefault = "502-504")
            StatusRanges statuses,

            @Doc(
                    value = "Before the n-th further try, a random time up to this, doubled with each n; 0s for none.",
                    byDefault = "10ms",
                    within = "0s..10s")
            Duration backOff,

            @Doc(
                    value =
                            "How much of a request's body is kept to be sent again; a longer one is sent once. 0 for none.",
                    byDefault = "64KiB",
                    within = "0..64MiB")
            Size replay) {}

    @Doc("When a GET or HEAD without body whose answer takes long is sent to a second backend as well; the first answer"
            + " counts. Only where the second backend takes work at once, and nobody waits for it.")
    @Written(shorthand = "after", off = true, oneOf = "after")
    public record HedgeConfig(
            @Doc(
                    "How long its answer may take to begin, 1ms to 1h; or `p95`: what 95 of 100 answers of the pool took less"
                            + " than in the last ten seconds, if there were a hundred.")
            @Nullable
            HedgeDelay after,

            @Doc(
                    value = "Most requests that are sent twice, as a share of the pool's; a small number is always"
                            + " allowed.",
                    byDefault = "10%",
                    within = "1%..50%")
            Share most) {
        /** No request is. */
        public static final HedgeConfig OFF = new HedgeConfig(null, new Share(0.1));
    }

    @Doc("How long a backend may take.")
    public record BackendTimeouts(
            @Doc(value = "To accept a connection.", byDefault = "3s", within = "1ms..1h")
            Duration connect,

            @Doc(
                    value = "From the whole request to the first byte of the answer.",
                    byDefault = "60s",
                    within = "1ms..24h")
            Duration firstByte,

            @Doc(
                    value = "Between two pieces of an answer, and without taking any byte of a request.",
                    byDefault = "60s",
                    within = "1ms..24h")
            Duration idle,

            @Doc(
                    value =
                            "From the request's head to the answer's end, all tries and waiting included; 0s for no limit.",
                    byDefault = "0s",
                    within = "0s..24h")
            Duration exchange,

            @Doc(
                    value = "For an upgraded connection (WebSocket) on which nothing moves.",
                    byDefault = "1h",
                    within = "1ms..720h")
            Duration tunnel) {}

    @Doc("Kept connections to backends.")
    public record KeepAliveConfig(
            @Doc(
                    value = "Most idle connections for each backend and event loop; 0 keeps none.",
                    byDefault = "128",
                    within = "0..100000")
            int connections,

            @Doc(
                    value =
                            "How long an idle connection is kept while the backend's own limit is not known. It is learnt from"
                                    + " `Keep-Alive: timeout=` and from when the backend closes; then four fifths of it count.",
                    byDefault = "4s",
                    within = "10ms..24h")
            Duration idle,

            @Doc(
                    value =
                            "The longest an idle connection is kept where the backend's own limit is known; never less than `idle`.",
                    byDefault = "60s",
                    within = "10ms..24h")
            Duration mostIdle) {}

    @Doc("When real traffic takes a backend out, however its check answers.")
    public record EjectConfig(
            @Doc(
                    value = "Failures in a row (5xx, no connection, no answer) that eject; 0 to never eject.",
                    byDefault = "5",
                    within = "0..1000")
            int consecutive,

            @Doc(
                    value =
                            "Share of failed requests over the last seconds that ejects, if the others do clearly better;"
                                    + " 0% to never eject for it.",
                    byDefault = "25%")
            Share errors,

            @Doc(value = "Fewest requests from which such a share is taken.", byDefault = "20", within = "5..100000")
            int requests,

            @Doc(
                    value =
                            "Answering nothing for so long, with requests waiting and the others answering, ejects; 0s for never.",
                    byDefault = "2s",
                    within = "0s..9s")
            Duration silence,

            @Doc(
                    value =
                            "So many times slower to begin its answers than the others, by the median of the last seconds and"
                                    + " by more than 64ms, ejects; 0 to never eject for it.",
                    byDefault = "16",
                    within = "0..10000")
            int slower,

            @Doc(
                    value = "How long the first ejection lasts; the n-th in a row lasts n times that.",
                    byDefault = "30s",
                    within = "10ms..24h")
            Duration time,

            @Doc(value = "The longest ejection.", byDefault = "5m", within = "10ms..24h")
            Duration maxTime,

            @Doc(
                    value =
                            "Requests that a backend must do well after an ejection, one at a time, before it gets its share again;"
                                    + " the first that fails ejects it anew. 0 for none.",
                    byDefault = "3",
                    within = "0..1000")
            int trials) {}

    @Doc("How a backend that comes back, or joins others that serve, gets its share of the work.")
    @Written(shorthand = "time")
    public record SlowStartConfig(
            @Doc(value = "Until it has all of it; 0s for at once.", byDefault = "30s", within = "0s..1h")
            Duration time,

            @Doc(
                    value =
                            "`linear`: in proportion to the time; `aggressive`: half of it after a quarter of the time.",
                    byDefault = "linear")
            Shape shape) {
        /** How the share grows. */
        public enum Shape {
            LINEAR,
            AGGRESSIVE
        }
    }

    @Doc("What is asked of a backend between its first passing check and its first client.")
    public record WarmUpConfig(
            @Doc(
                    value = "Paths to GET, one after another; what they answer does not matter.",
                    byDefault = "[]",
                    text = Text.PATH)
            List<String> paths,

            @Doc(value = "Longest time for all of them.", byDefault = "10s", within = "10ms..10m")
            Duration timeout,

            @Doc(
                    value = "Connections that each event loop makes to it in advance.",
                    byDefault = "0",
                    within = "0..1000")
            int connections) {
        /** Whether there is anything to ask. */
        public boolean off() {
            return paths.isEmpty();
        }
    }
}
