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

        @Doc(
                value =
                        "TLS to the backends, for requests and for checks by HTTP: `true`, or a mapping. Certificates are verified unless"
                                + " `verify: off` is written.",
                byDefault = "false")
        BackendTlsConfig tls,

        @Doc(value = "When real traffic takes a backend out.", byDefault = "{}")
        EjectConfig eject,

        @Doc(
                value =
                        "When a smaller share of the backends than this takes work, those that answer badly get work, too, rather"
                                + " than let the rest be crushed; 0% for never. Backends that do not answer at all stay out.",
                byDefault = "50%",
                reason = "As Envoy: when fewer than half of a pool must carry all of it, they get more than twice "
                        + "their load and fail as well.",
                seen = "`fairlead_pool_panic`")
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
                within = "10ms..24h",
                reason = "As AWS's balancers: long enough for large downloads; a drain ends sooner when nothing is in "
                        + "work.",
                seen = "`drain-cut`, `fairlead_failures_total`")
        Duration drain,

        @Doc(value = "How much a backend may be given at once.", byDefault = "{}")
        PoolLimits limits,

        @Doc(value = "When a failed request may be sent to another backend.", byDefault = "{}")
        RetryConfig retries,

        @Doc(
                value = "When a GET whose answer takes long is sent to a second backend as well: `p95`, `50ms`, or"
                        + " `{after: p95, most: 5%}`.",
                byDefault = "off",
                reason = "Off, since it costs backends work that only you know they can spare.",
                seen = "`hedged` in the access log, `fairlead_hedges_total`")
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
                    within = "0..256",
                    reason = "All alike, until someone knows better.",
                    seen = "`fairlead_backend_weight`")
            int weight) {}

    @Doc("How much a backend may be given at once.")
    public record PoolLimits(
            @Doc(
                    value =
                            "Most requests at once for each backend; when all are full, further requests wait. `auto` learns it from"
                                    + " each backend's own latency against its best, and counts whole requests until their answer begins;"
                                    + " a number counts them from their head until the answer's end.",
                    byDefault = "auto",
                    reason =
                            "No number fits all backends: one too high lets a slow one collect the pool's requests, one "
                                    + "too low turns work away.",
                    seen = "`all-busy`, `queue-full`, `queue-timeout`, `fairlead_backend_cap`, "
                            + "`fairlead_backend_inflight`")
            Cap perBackend,

            @Doc(
                    value = "The lowest that `auto` goes.",
                    byDefault = "32",
                    within = "1..1000000",
                    reason = "Requests that wait for long by design (long polls) fill a cap that has shrunk and show "
                            + "nothing by which it could grow; this leaves them room.",
                    seen = "`fairlead_backend_cap`")
            int autoLeast,

            @Doc(
                    value = "The highest that `auto` goes.",
                    byDefault = "1024",
                    within = "1..1000000",
                    reason =
                            "Envoy allows a cluster as many; a new backend begins with a quarter of it, before anything "
                                    + "is known of it.",
                    seen = "`fairlead_backend_cap`")
            int autoMost,

            @Doc(
                    value =
                            "Most requests that wait for a backend to have a place; further ones are answered 503. 0 for none.",
                    byDefault = "1024",
                    within = "0..1000000",
                    reason =
                            "What a pool that does a thousand requests a second works off within `queue-timeout`; Envoy "
                                    + "lets as many wait.",
                    seen = "`queue-full`, `fairlead_failures_total`, `fairlead_pool_waiting`")
            int queue,

            @Doc(
                    value = "How long a request waits for a place before it is answered 503.",
                    byDefault = "1s",
                    within = "10ms..1h",
                    reason =
                            "Bursts and short pauses are over within a second; beyond it an early 503 with `Retry-After` "
                                    + "serves clients better than a wait that many give up on.",
                    seen = "`queue-timeout`, `fairlead_failures_total`, `fairlead_pool_waiting`, `micros.queue` in the "
                            + "access log")
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
            @Doc(
                    value = "Most further tries, each on another backend, 0 to 7.",
                    byDefault = "2",
                    within = "0..7",
                    reason =
                            "Gets past two bad backends, for each try is on another one; HAProxy makes three, nginx any "
                                    + "number, which multiplies an outage.",
                    seen = "`tries` and `retried` in the access log, `fairlead_retries_total`")
            int max,

            @Doc(
                    value = "Retries as a share of the pool's requests; a small number is always allowed.",
                    byDefault = "20%",
                    reason = "As Envoy's budget: a pool in trouble gets at most a fifth more work by retries.",
                    seen = "`fairlead_retries_total`; beyond it the first failure, `fairlead_failures_total`")
            Share budget,

            @Doc(
                    value =
                            "Answers after which another backend is asked, if the method is idempotent or the request has an"
                                    + " `Idempotency-Key`; `none` to pass on every answer.",
                    byDefault = "502-504",
                    reason =
                            "With these a backend says that it, or one behind it, did not do the work; 500 is mostly the "
                                    + "application's own verdict, which another backend would repeat.",
                    seen = "`retried` in the access log, `fairlead_retries_total`")
            StatusRanges statuses,

            @Doc(
                    value = "Before the n-th further try, a random time up to this, doubled with each n; 0s for none.",
                    byDefault = "10ms",
                    within = "0s..10s",
                    reason = "The next try is at another backend, which needs no time to recover; chance alone keeps "
                            + "requests that failed together from coming there together.",
                    seen = "`micros.total` in the access log")
            Duration backOff,

            @Doc(
                    value =
                            "How much of a request's body is kept to be sent again; a longer one is sent once. 0 for none.",
                    byDefault = "64KiB",
                    within = "0..64MiB",
                    reason = "Most forms and calls of an API fit; HAProxy keeps one buffer of 16 KiB, Traefik 2 MB.",
                    seen = "`retried` in the access log; a longer body fails with the first try's reason")
            Size replay) {}

    @Doc("When a GET or HEAD without body whose answer takes long is sent to a second backend as well; the first answer"
            + " counts. Only where the second backend takes work at once, and nobody waits for it.")
    @Written(shorthand = "after", off = true, oneOf = "after")
    public record HedgeConfig(
            @Doc(
                    value =
                            "How long its answer may take to begin, 1ms to 1h; or `p95`: what 95 of 100 answers of the pool took less"
                                    + " than in the last ten seconds, if there were a hundred.",
                    reason = "Nothing is sent twice before most answers would have begun.",
                    seen = "`fairlead_hedge_after_seconds`, `hedged` in the access log")
            @Nullable
            HedgeDelay after,

            @Doc(
                    value = "Most requests that are sent twice, as a share of the pool's; a small number is always"
                            + " allowed.",
                    byDefault = "10%",
                    within = "1%..50%",
                    reason =
                            "By its definition `p95` is passed by 5 % of the answers; twice that leaves room for noise, "
                                    + "and a pool that slows down as a whole gets at most a tenth more work.",
                    seen = "`fairlead_hedges_total`")
            Share most) {
        /** No request is. */
        public static final HedgeConfig OFF = new HedgeConfig(null, new Share(0.1));
    }

    @Doc("How long a backend may take.")
    public record BackendTimeouts(
            @Doc(
                    value = "To accept a connection; with `tls`, as long again for the handshake.",
                    byDefault = "3s",
                    within = "1ms..1h",
                    reason = "Outlives a first packet that is lost, which is sent again after a second; Caddy waits as "
                            + "long, Envoy 5s.",
                    seen = "`connect-timeout`, `fairlead_failures_total`")
            Duration connect,

            @Doc(
                    value = "From the whole request to the first byte of the answer.",
                    byDefault = "60s",
                    within = "1ms..24h",
                    reason = "nginx and AWS's balancers wait as long, so that slow reports which work behind them work "
                            + "here; backends that hang are found sooner, by checks and `eject.silence`.",
                    seen = "`first-byte-timeout`, `fairlead_failures_total`")
            Duration firstByte,

            @Doc(
                    value = "Between two pieces of an answer, and without taking any byte of a request.",
                    byDefault = "60s",
                    within = "1ms..24h",
                    reason = "nginx waits as long between two reads.",
                    seen =
                            "`answer-stalled`, or `first-byte-timeout` where it is the request; `fairlead_failures_total`")
            Duration idle,

            @Doc(
                    value =
                            "From the request's head to the answer's end, all tries and waiting included; 0s for no limit.",
                    byDefault = "0s",
                    within = "0s..24h",
                    reason =
                            "Off, since no time fits calls, downloads and streams alike; what stands still is bounded by "
                                    + "the other timeouts.",
                    seen = "`exchange-timeout`, `fairlead_failures_total`")
            Duration exchange,

            @Doc(
                    value = "For an upgraded connection (WebSocket) on which nothing moves.",
                    byDefault = "1h",
                    within = "1ms..720h",
                    reason =
                            "WebSockets may be quiet for long by nature, and Envoy's default for idle connections is an "
                                    + "hour, too; without a limit peers that vanished would stay for good.",
                    seen = "`tunnel-idle`, `fairlead_failures_total`")
            Duration tunnel) {}

    @Doc("Kept connections to backends.")
    public record KeepAliveConfig(
            @Doc(
                    value = "Most idle connections for each backend and event loop; 0 keeps none.",
                    byDefault = "128",
                    within = "0..100000",
                    reason =
                            "So many requests at once find one without connecting; each kept one costs a file descriptor "
                                    + "on both sides.",
                    seen = "`fairlead_process_open_files`; `micros.connect` in the access log")
            int connections,

            @Doc(
                    value =
                            "How long an idle connection is kept while the backend's own limit is not known. It is learnt from"
                                    + " `Keep-Alive: timeout=` and from when the backend closes; then four fifths of it count.",
                    byDefault = "4s",
                    within = "10ms..24h",
                    reason = "Node's servers close after 5s, the shortest limit that is common, and a second less is a "
                            + "safe margin.",
                    seen = "`backend-stale`, `fairlead_failures_total`; `fairlead_backend_outcomes_total`, outcome "
                            + "stale")
            Duration idle,

            @Doc(
                    value =
                            "The longest an idle connection is kept where the backend's own limit is known; never less than `idle`.",
                    byDefault = "60s",
                    within = "10ms..24h",
                    reason =
                            "Common servers close after 60 to 75s; what a pool has not needed for a minute it need not "
                                    + "keep.",
                    seen = "`backend-stale`, `fairlead_failures_total`; `fairlead_backend_outcomes_total`, outcome "
                            + "stale")
            Duration mostIdle) {}

    @Doc("When real traffic takes a backend out, however its check answers.")
    public record EjectConfig(
            @Doc(
                    value = "Failures in a row (5xx, no connection, no answer) that eject; 0 to never eject.",
                    byDefault = "5",
                    within = "0..1000",
                    reason = "As Envoy: soon, and rarely by chance.",
                    seen = "`fairlead_backend_health`, the timeline")
            int consecutive,

            @Doc(
                    value =
                            "Share of failed requests over the last seconds that ejects, if the others do clearly better;"
                                    + " 0% to never eject for it.",
                    byDefault = "25%",
                    reason = "One in four is what clients notice, while lower shares are often single bad requests; "
                            + "Envoy's 85 % would keep a backend that fails four of five.",
                    seen = "`fairlead_backend_health`, the timeline")
            Share errors,

            @Doc(
                    value = "Fewest requests from which such a share is taken.",
                    byDefault = "20",
                    within = "5..100000",
                    reason = "A quarter of twenty is five failures, as many as `consecutive` asks for.",
                    seen = "`fairlead_backend_health`, the timeline")
            int requests,

            @Doc(
                    value =
                            "Answering nothing for so long, with requests waiting and the others answering, ejects; 0s for never.",
                    byDefault = "2s",
                    within = "0s..9s",
                    reason = "A hung process is out within seconds behind a check that cannot see it, and a pause of a "
                            + "second ejects nobody.",
                    seen = "`fairlead_backend_health`, the timeline")
            Duration silence,

            @Doc(
                    value =
                            "So many times slower to begin its answers than the others, by the median of the last seconds and"
                                    + " by more than 64ms, ejects; 0 to never eject for it.",
                    byDefault = "16",
                    within = "0..10000",
                    reason =
                            "Latencies are told apart by factors of four; two such steps are more than a cold cache or a "
                                    + "smaller machine explains.",
                    seen = "`fairlead_backend_health`, the timeline")
            int slower,

            @Doc(
                    value = "How long the first ejection lasts; the n-th in a row lasts n times that.",
                    byDefault = "30s",
                    within = "10ms..24h",
                    reason = "As Envoy: long enough for a restart, short enough that a fault of a moment costs little.",
                    seen = "`fairlead_backend_health`, the timeline")
            Duration time,

            @Doc(
                    value = "The longest ejection.",
                    byDefault = "5m",
                    within = "10ms..24h",
                    reason = "As Envoy: who fails ten times in a row is still looked at every five minutes.",
                    seen = "`fairlead_backend_health`, the timeline")
            Duration maxTime,

            @Doc(
                    value =
                            "Requests that a backend must do well after an ejection, one at a time, before it gets its share again;"
                                    + " the first that fails ejects it anew. 0 for none.",
                    byDefault = "3",
                    within = "0..1000",
                    reason =
                            "One that went well may be luck; of those that fail every second request one in eight does "
                                    + "three well.",
                    seen = "`fairlead_backend_health`, the timeline")
            int trials) {}

    @Doc("How a backend that comes back, or joins others that serve, gets its share of the work.")
    @Written(shorthand = "time")
    public record SlowStartConfig(
            @Doc(
                    value = "Until it has all of it; 0s for at once.",
                    byDefault = "30s",
                    within = "0s..1h",
                    reason = "The least that AWS's balancers allow; compilers and caches warm up in it.",
                    seen = "`fairlead_backend_share`")
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

            @Doc(
                    value = "Longest time for all of them.",
                    byDefault = "10s",
                    within = "10ms..10m",
                    reason = "A slow page must not keep out a backend that has passed its check.",
                    seen = "`fairlead_backend_takes_new`")
            Duration timeout,

            @Doc(
                    value = "Connections that each event loop makes to it in advance.",
                    byDefault = "0",
                    within = "0..1000",
                    reason =
                            "Off, since within a data centre connecting costs less than a millisecond, and each holds a file "
                                    + "descriptor.",
                    seen = "`fairlead_process_open_files`")
            int connections) {
        /** Whether there is anything to ask. */
        public boolean off() {
            return paths.isEmpty();
        }
    }
}
