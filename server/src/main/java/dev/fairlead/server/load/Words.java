package dev.fairlead.server.load;

import dev.fairlead.core.config.Nearest;
import dev.fairlead.server.load.Shape.Choice;
import dev.fairlead.server.load.Shape.Group;
import dev.fairlead.server.load.Shape.Leaf;
import dev.fairlead.server.load.Shape.Named;
import dev.fairlead.server.load.Shape.Setting;
import dev.fairlead.server.load.Shape.Several;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Guesses what was meant by a word that is not known at its place. Pure functions. */
final class Words {
    /** What other products, and people, call our keys. */
    private static final Map<String, List<String>> KEYS = Map.ofEntries(
            Map.entry("servers", List.of("backends")),
            Map.entry("targets", List.of("backends")),
            Map.entry("endpoints", List.of("backends")),
            Map.entry("hosts", List.of("backends", "host")),
            Map.entry("members", List.of("backends")),
            Map.entry("upstreams", List.of("backends", "pools")),
            Map.entry("clusters", List.of("pools")),
            Map.entry("services", List.of("pools")),
            Map.entry("frontends", List.of("listeners")),
            Map.entry("entrypoints", List.of("listeners")),
            Map.entry("rules", List.of("routes")),
            Map.entry("listen", List.of("address", "listeners")),
            Map.entry("bind", List.of("address")),
            Map.entry("url", List.of("address")),
            Map.entry("addr", List.of("address")),
            Map.entry("algorithm", List.of("balance")),
            Map.entry("policy", List.of("balance")),
            Map.entry("lb", List.of("balance")),
            Map.entry("load-balancing", List.of("balance")),
            Map.entry("check", List.of("health")),
            Map.entry("health-check", List.of("health")),
            Map.entry("healthcheck", List.of("health")),
            Map.entry("unhealthy-threshold", List.of("fall")),
            Map.entry("healthy-threshold", List.of("rise")),
            Map.entry("downinter", List.of("slow-interval")),
            Map.entry("fastinter", List.of("fast-interval")),
            Map.entry("script", List.of("exec")),
            Map.entry("sni", List.of("server-name")),
            Map.entry("pool", List.of("forward")),
            Map.entry("backend", List.of("forward", "backends")),
            Map.entry("proxy-pass", List.of("forward")),
            Map.entry("to", List.of("forward", "path")),
            Map.entry("when", List.of("match")),
            Map.entry("if", List.of("match")),
            Map.entry("prefix", List.of("path")),
            Map.entry("code", List.of("status")),
            Map.entry("shutdown", List.of("stop")),
            Map.entry("log", List.of("access-log")),
            Map.entry("logs", List.of("access-log")),
            Map.entry("workers", List.of("loops")),
            Map.entry("threads", List.of("loops")),
            Map.entry("max-connections", List.of("connections", "per-backend")),
            Map.entry("maxconn", List.of("connections", "per-backend")),
            Map.entry("throttle", List.of("rate-limit")),
            Map.entry("requests", List.of("rate")),
            Map.entry("rps", List.of("rate")),
            Map.entry("average", List.of("rate")),
            Map.entry("key", List.of("by")),
            Map.entry("max-retries", List.of("max")),
            Map.entry("attempts", List.of("max")));

    /** What other products call our algorithms. */
    private static final Map<String, String> CHOICES = Map.ofEntries(
            Map.entry("roundrobin", "round-robin"),
            Map.entry("rr", "round-robin"),
            Map.entry("wrr", "round-robin"),
            Map.entry("leastconn", "least-connections"),
            Map.entry("least_conn", "least-connections"),
            Map.entry("least-request", "least-connections"),
            Map.entry("least_request", "least-connections"),
            Map.entry("power-of-two", "p2c"),
            Map.entry("power-of-two-choices", "p2c"),
            Map.entry("two-choices", "p2c"),
            Map.entry("random2", "p2c"),
            Map.entry("ewma", "peak-ewma"),
            Map.entry("least-time", "peak-ewma"),
            Map.entry("latency", "peak-ewma"),
            Map.entry("source", "source-hash"),
            Map.entry("ip-hash", "source-hash"),
            Map.entry("ip_hash", "source-hash"),
            Map.entry("ring-hash", "ring"),
            Map.entry("ketama", "ring"),
            Map.entry("consistent-hash", "maglev"),
            Map.entry("hash", "maglev"),
            Map.entry("iouring", "io_uring"),
            Map.entry("io-uring", "io_uring"));

    /** Keys that the design has and this version has not; a test keeps real keys out of it. */
    static final List<String> LATER = List.of("split", "sticky", "discover");

    private Words() {}

    /** The key among {@code names} that {@code text} was perhaps meant to be. */
    static @Nullable String key(String text, Collection<String> names) {
        for (String other : KEYS.getOrDefault(text.toLowerCase(Locale.ROOT).replace('_', '-'), List.of())) {
            if (names.contains(other)) {
                return other;
            }
        }
        return LATER.contains(text) ? null : Nearest.of(text, names);
    }

    /** Every key that a guess may name. */
    static Set<String> guessedKeys() {
        return KEYS.values().stream().flatMap(List::stream).collect(Collectors.toSet());
    }

    /** Every name of an algorithm or transport that a guess may name. */
    static Set<String> guessedNames() {
        return Set.copyOf(CHOICES.values().stream().distinct().toList());
    }

    /** The word among {@code names} that {@code text} was perhaps meant to be. */
    static @Nullable String choice(String text, Collection<String> names) {
        String other = CHOICES.get(text.toLowerCase(Locale.ROOT));
        return other != null && names.contains(other) ? other : Nearest.of(text, names);
    }

    /** What was perhaps meant by a single value where a mapping is expected. */
    static @Nullable String mapping(String text, Group group) {
        boolean no = text.equals("off") || text.equals("false");
        if (no && group.off()) {
            return "write `off`";
        } else if (no && group.key("enabled") != null) {
            return "write `{ enabled: false }`";
        } else if (text.startsWith("/") && group.key("path") != null) {
            return "write `{ path: " + Source.shown(text) + " }`";
        }
        List<Setting> required =
                group.settings().stream().filter(Setting::required).toList();
        return required.size() == 1 && required.getFirst().shape() instanceof Leaf
                ? "write `{ " + required.getFirst().name() + ": ... }`"
                : null;
    }

    static @Nullable String didYouMean(@Nullable String word) {
        return word == null ? null : "did you mean `" + word + "`?";
    }

    /** Where a key that is unknown in {@code here} belongs, if anywhere. */
    static @Nullable String elsewhere(String key, Group here) {
        if (LATER.contains(key)) {
            return "`" + key + "` is planned, but not in this version";
        } else if (key.equals("<<")) {
            return "merge keys are not part of YAML 1.2; repeat the keys, or use an alias for a whole value";
        }
        for (Setting child : here.settings()) {
            if (child.shape() instanceof Group group && group.key(key) != null) {
                return "it belongs into `" + child.name() + "`: `" + child.name() + ": { " + key + ": ... }`";
            }
        }
        List<String> places = new ArrayList<>();
        find(key, Shapes.CONFIG, "", places);
        return switch (places.size()) {
            case 0 -> null;
            case 1, 2, 3 -> "it belongs " + String.join(" or ", places);
            default -> null;
        };
    }

    private static void find(String key, Shape shape, String path, List<String> places) {
        switch (shape) {
            case Group group -> {
                if (group.key(key) != null) {
                    places.add(path.isEmpty() ? "at the top" : "into `" + path + "`");
                }
                group.settings()
                        .forEach(child ->
                                find(key, child.shape(), path + (path.isEmpty() ? "" : ".") + child.name(), places));
            }
            case Choice choice -> choice.variants().forEach(v -> find(key, v.group(), path + "." + v.name(), places));
            case Named named -> find(key, named.value(), path + ".NAME", places);
            case Several several -> find(key, several.item(), path + "[]", places);
            case Leaf _ -> {}
        }
    }
}
