package dev.fairlead.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.config.RouteConfig.MatchConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random tables against a reference that looks at every route, and the hash against whoever wants it to collide. */
class RouteRandomTest {
    private static final String[] LABELS = {"a", "b", "ab", "com", "x-1"};
    private static final String[] SEGMENTS = {"", "v1", "v10", "v", "a%2Fb", "x", "."};

    @Test
    void agreesWithTheNaiveReference() {
        int matched = 0;
        for (long seed = 0; seed < 400; seed++) {
            var random = new SplittableRandom(seed);
            List<RouteConfig> routes = routes(random, random.nextInt(1, 40));
            RouteTable table = RouteTable.of(routes, pools(routes), seed * 31);
            for (int i = 0; i < 200; i++) {
                String host = host(random, false);
                String target = path(random) + (random.nextInt(4) == 0 ? "?q=/v1/x" : "");
                String expected = reference(routes, host, target);
                String sent = dressed(random, host);
                String found = match(table, sent, target);
                if (!Objects.equals(found, expected)) {
                    throw new AssertionError("seed " + seed + ": " + sent + " " + target + " found " + found
                            + " (expected: " + expected + ") in " + routes);
                }
                matched += expected == null ? 0 : 1;
            }
        }
        assertThat(matched).isBetween(20_000, 78_000);
    }

    private static @Nullable String reference(List<RouteConfig> routes, String host, String target) {
        String path = target.indexOf('?') < 0 ? target : target.substring(0, target.indexOf('?'));
        RouteConfig best = null;
        long bestRank = -1;
        for (RouteConfig route : routes) {
            String wantedHost = route.match().host();
            String wantedPath = route.match().path();
            long hostRank = wantedHost == null
                    ? 0
                    : wantedHost.startsWith("*.")
                            ? (host.endsWith(wantedHost.substring(1)) && host.length() >= wantedHost.length()
                                    ? wantedHost.length()
                                    : -1)
                            : wantedHost.equals(host) ? 1000 : -1;
            long pathRank = -1;
            if (wantedPath == null) {
                pathRank = 0;
            } else if (wantedPath.endsWith("/*")) {
                String prefix = wantedPath.substring(0, wantedPath.length() - 2);
                if (path.equals(prefix) || path.startsWith(prefix + "/")) {
                    pathRank = prefix.length();
                }
            } else if (path.equals(wantedPath)) {
                pathRank = 1000;
            }
            long rank = hostRank < 0 || pathRank < 0 ? -1 : hostRank * 10_000 + pathRank;
            if (rank > bestRank) {
                bestRank = rank;
                best = route;
            }
        }
        return best == null ? null : best.forward();
    }

    private static List<RouteConfig> routes(SplittableRandom random, int count) {
        var routes = new ArrayList<RouteConfig>();
        Set<Pattern> seen = new HashSet<>();
        for (int i = 0; i < count; i++) {
            String host = random.nextInt(4) == 0 ? null : host(random, random.nextBoolean());
            String path = random.nextInt(6) == 0 ? null : path(random) + (random.nextBoolean() ? "/*" : "");
            if (seen.add(Pattern.of(host, path))) {
                routes.add(new RouteConfig(new MatchConfig(host, path), "p" + i, null));
            }
        }
        return routes;
    }

    private static String host(SplittableRandom random, boolean wildcard) {
        var host = new StringBuilder(wildcard ? "*." : "");
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            host.append(LABELS[random.nextInt(LABELS.length)]).append(i > 1 ? "." : "");
        }
        return host.toString();
    }

    private static String path(SplittableRandom random) {
        var path = new StringBuilder();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            path.append('/').append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
        }
        return path.toString();
    }

    private static String dressed(SplittableRandom random, String host) {
        String sent = random.nextInt(3) == 0 ? host.toUpperCase(Locale.ROOT) : host;
        return sent + (random.nextInt(3) == 0 ? "." : "") + (random.nextInt(3) == 0 ? ":8080" : "");
    }

    private static List<String> pools(List<RouteConfig> routes) {
        return routes.stream().map(RouteConfig::forward).toList();
    }

    private static @Nullable String match(RouteTable table, String host, String target) {
        byte[] hostBytes = host.getBytes(StandardCharsets.US_ASCII);
        byte[] targetBytes = target.getBytes(StandardCharsets.US_ASCII);
        RouteAction action = table.match(hostBytes, 0, hostBytes.length, targetBytes, 0, targetBytes.length);
        return action instanceof RouteAction.Forward forward ? forward.pool() : null;
    }

    /** Names that all have one value under the hash of {@link String}, the usual way to clog a table. */
    private static List<String> colliding(int bits) {
        return IntStream.range(0, 1 << bits)
                .mapToObj(n -> {
                    var name = new StringBuilder();
                    for (int bit = 0; bit < bits; bit++) {
                        name.append((n >>> bit & 1) == 0 ? "an" : "c0");
                    }
                    return name.toString();
                })
                .toList();
    }

    @Test
    void noQuestionVisitsMoreThanAFewSlotsHoweverNamesAreChosen() {
        assertThat(colliding(13).stream().map(String::hashCode).distinct()).hasSize(1);
        for (long seed : new long[] {0, 1, -1, 0x1234_5678_9ABC_DEF0L}) {
            var hosts = new ArrayList<String>();
            colliding(13).forEach(name -> hosts.add(name + ".com"));
            IntStream.range(0, 8192).forEach(n -> hosts.add("tenant-" + n + ".example.com"));
            var routes = new ArrayList<RouteConfig>();
            for (String host : hosts) {
                routes.add(new RouteConfig(new MatchConfig(host, null), "app", null));
            }
            assertThat(RouteTable.of(routes, List.of("app"), seed).longestRun()).isLessThanOrEqualTo(64);
        }
    }

    @Test
    void theSeedDecidesWhereNamesFall() {
        var builder = new ByteMap.Builder(1, 1, false, false);
        IntStream.range(0, 64).forEach(n -> builder.add(n & 1, "k" + n, n));
        ByteMap map = builder.build();
        byte[] key = "k7".getBytes(StandardCharsets.US_ASCII);
        long right = ByteMap.step(ByteMap.step(1, key[0]), key[1]);
        long wrong = ByteMap.step(ByteMap.step(2, key[0]), key[1]);
        assertThat(map.number(map.find(right, 1, key, 0, 2), 0)).isEqualTo(7);
        assertThat(map.find(right, 0, key, 0, 2)).isEqualTo(ByteMap.NONE);
        assertThat(map.find(wrong, 1, key, 0, 2)).isEqualTo(ByteMap.NONE);
    }
}
