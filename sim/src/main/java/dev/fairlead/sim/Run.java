package dev.fairlead.sim;

import dev.fairlead.core.balance.Balancers;
import dev.fairlead.core.balance.Hash;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Pool;
import dev.fairlead.core.pool.Refusal;
import dev.fairlead.core.pool.Tried;
import dev.fairlead.core.pool.Waiter;
import dev.fairlead.core.pool.Watch;
import dev.fairlead.core.time.Seeds;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One scenario under one algorithm: a real {@link Pool} with real backends, leases and picker; only the time and what is
 * behind the backends are made up.
 *
 * <p>Requests come at random moments whatever becomes of those before (an open loop). Moments, demands and keys have
 * generators of their own, so every algorithm is given the very same requests.
 */
final class Run {
    static final long MILLISECOND = 1_000_000;

    /** When it happens; what comes before is not measured. */
    static final long CHANGE = 2000 * MILLISECOND;

    static final long END = 10_000 * MILLISECOND;
    static final long DEMAND = 10 * MILLISECOND;
    static final long TIMEOUT = 1000 * MILLISECOND;
    static final int WORKERS = 8;
    static final int CAP = 256;
    static final int CLIENTS = 1000;
    static final double UTILIZATION = 0.6;
    private static final long SEED = 20261123;

    private final Scenario scenario;
    private final Algorithm algorithm;
    private final VirtualTime time = new VirtualTime();
    private final List<Station> stations = new ArrayList<>();
    private final Pool pool;
    private final Measures measures;
    private final Tried tried = new Tried();
    private final RandomGenerator moments;
    private final RandomGenerator demands;
    private final RandomGenerator keys;
    private final double[] clients = new double[CLIENTS];
    private final double gap;

    Run(Scenario scenario, Algorithm algorithm) {
        this.scenario = scenario;
        this.algorithm = algorithm;
        Seeds seeds = Seeds.fixed(SEED);
        this.moments = seeds.generator();
        this.demands = seeds.generator();
        this.keys = seeds.generator();
        int workers = 0;
        for (int i = 0; i < scenario.backends(); i++) {
            var station = new Station(backend(i, scenario.weight(i)), time, WORKERS * scenario.weight(i));
            stations.add(station);
            workers += i >= scenario.backends() - scenario.early() ? station.workers() : 0;
        }
        this.gap = DEMAND / (UTILIZATION * workers);
        List<Backend> backends = stations.stream().map(Station::backend).toList();
        this.measures = new Measures(CHANGE, backends);
        this.pool = new Pool(
                "sim",
                Balancers.of(algorithm.config()),
                Watch.NONE,
                backends.subList(scenario.backends() - scenario.early(), scenario.backends()));
        double sum = 0;
        for (int i = 0; i < CLIENTS; i++) {
            sum += 1.0 / (i + 1);
            clients[i] = sum;
        }
    }

    private static Backend backend(int number, int weight) {
        var state = new BackendState(Wish.READY, Health.UP, weight, 0, "simulated");
        String address = "10.0.0." + (number + 1) + ":80";
        return new Backend(
                new BackendKey("sim", address), InetSocketAddress.createUnresolved("sim", 80), state, CAP, 1);
    }

    Measures play() {
        time.in(0, this::arrive);
        time.in(CHANGE, this::change);
        time.run();
        return measures;
    }

    private void change() {
        Station first = stations.getFirst();
        switch (scenario) {
            case EVEN, WEIGHTS -> {}
            case SLOW -> first.slowDown(10);
            case FAILING -> first.fail();
            case JOINS -> pool.publish(stations.stream().map(Station::backend).toList());
            case HANGS -> first.hang();
        }
    }

    private void arrive() {
        long now = time.nanos();
        if (now >= END) {
            return;
        }
        time.in((long) exponential(moments, gap), this::arrive);
        long demand = (long) exponential(demands, DEMAND);
        tried.clear();
        switch (pool.acquire(0, key(), tried, now)) {
            case Refusal refusal -> measures.refused(now);
            case Waiter waiter -> throw new IllegalStateException("nobody waits here");
            case Lease lease -> {
                measures.given(lease.backend(), now);
                var request = new Request(lease, time, measures, demand);
                time.in(TIMEOUT, () -> request.end(Outcome.TIMED_OUT));
                station(lease.backend()).take(request);
            }
        }
    }

    /** A client by Zipf's law, or 64 random bits. */
    private long key() {
        long bits = keys.nextLong();
        if (!algorithm.keyed()) {
            return bits;
        }
        double drawn = (bits >>> 11) * 0x1p-53 * clients[CLIENTS - 1];
        int client = 0;
        while (clients[client] < drawn) {
            client++;
        }
        return Hash.mix(client);
    }

    private Station station(Backend backend) {
        for (Station station : stations) {
            if (station.backend() == backend) {
                return station;
            }
        }
        throw new IllegalStateException("no station for " + backend);
    }

    /** StrictMath: the report has to be the same on every machine. */
    private static double exponential(RandomGenerator random, double mean) {
        return -mean * StrictMath.log(1 - random.nextDouble());
    }
}
