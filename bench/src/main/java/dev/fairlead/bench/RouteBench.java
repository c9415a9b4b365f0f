package dev.fairlead.bench;

import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.config.RouteConfig.MatchConfig;
import dev.fairlead.core.route.RouteAction;
import dev.fairlead.core.route.RouteTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One match against tables of different sizes; the time must not depend on the size, and nothing may be allocated.
 *
 * <p>Requests come in random order over all routes, so a large table pays its cache misses.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // filled by @Setup
public class RouteBench {
    private static final int REQUESTS = 4096;

    /** What the routes differ in. */
    public enum Shape {
        HOSTS,
        WILDCARDS,
        PATHS
    }

    @Param({"10", "10000"})
    private int routes;

    @Param
    private Shape shape;

    private RouteTable table;
    private byte[][] requests;
    private int[] hostEnds;
    private int next;

    /** Builds the table and the requests. */
    @Setup
    public void build() {
        var configs = new ArrayList<RouteConfig>();
        for (int i = 0; i < routes; i++) {
            configs.add(new RouteConfig(new MatchConfig(host(i, "*."), path(i) + "/*"), "app", null));
        }
        table = RouteTable.of(configs, List.of("app"), 42);
        requests = new byte[REQUESTS][];
        hostEnds = new int[REQUESTS];
        var random = new SplittableRandom(1);
        for (int i = 0; i < REQUESTS; i++) {
            int route = random.nextInt(routes);
            String host = host(route, "www.");
            hostEnds[i] = host.length();
            requests[i] = (host + path(route) + "/users/4711?fields=all").getBytes(StandardCharsets.US_ASCII);
        }
    }

    private String host(int route, String below) {
        return switch (shape) {
            case HOSTS -> "tenant-" + route + ".example.com";
            case WILDCARDS -> below + "tenant-" + route + ".example.com";
            case PATHS -> "api.example.com";
        };
    }

    private String path(int route) {
        return shape == Shape.PATHS ? "/v1/service-" + route : "/v1";
    }

    /** One request of many, at random. */
    @Benchmark
    public @Nullable RouteAction match() {
        int i = next++ & (REQUESTS - 1);
        byte[] request = requests[i];
        return table.match(request, 0, hostEnds[i], request, hostEnds[i], request.length);
    }
}
