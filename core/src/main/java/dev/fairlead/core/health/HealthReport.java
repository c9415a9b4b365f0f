package dev.fairlead.core.health;

import dev.fairlead.core.health.JsonReader.Malformed;
import dev.fairlead.core.health.JsonReader.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a backend says of itself in a JSON body: its own {@code status}, and those of its parts where it lists them as
 * {@code components}, {@code checks} or {@code details}. Immutable.
 *
 * <p>Understands Spring Boot's reports, {@code application/health+json} (draft-inadarei-api-health-check) and the like.
 * Reading is a pure function, total on hostile bytes; the caller bounds how many there are.
 */
public sealed interface HealthReport {
    /** Most parts that {@link Told#words} names. */
    int MOST_NAMED = 5;

    /** How well it is. */
    enum Level {
        UP,
        DEGRADED,
        DOWN
    }

    /**
     * It said how it is.
     *
     * @param unwell the parts that are not up, in their order in the body
     */
    record Told(Level level, List<String> unwell) implements HealthReport {
        /** Such as {@code degraded: db, cache}. */
        public String words() {
            String level = this.level.name().toLowerCase(Locale.ROOT);
            return unwell.isEmpty() ? level : level + ": " + names();
        }

        /** The parts that are not up, such as {@code db, cache}. */
        public String names() {
            String names = unwell.stream()
                    .limit(MOST_NAMED)
                    .map(name -> Evidence.printable(name, 40))
                    .collect(Collectors.joining(", "));
            return unwell.size() > MOST_NAMED ? names + " and " + (unwell.size() - MOST_NAMED) + " more" : names;
        }
    }

    /** It is no report. */
    record Unreadable(String why) implements HealthReport {}

    /** Reads the first {@code length} bytes. */
    static HealthReport read(byte[] body, int length) {
        Value value;
        try {
            value = JsonReader.read(new String(body, 0, length, StandardCharsets.UTF_8));
        } catch (Malformed e) {
            return new Unreadable(length == 0 ? "the body is empty" : "no JSON: " + e.getMessage());
        }
        if (!(value instanceof Value.Members(Map<String, Value> members))
                || !(members.get("status") instanceof Value.Text(String word))) {
            return new Unreadable("JSON without a status");
        }
        Level level = level(word);
        if (level == null) {
            return new Unreadable("unknown status '" + Evidence.printable(word, 40) + "'");
        }
        List<String> unwell = new ArrayList<>();
        for (String list : List.of("components", "checks", "details")) {
            if (members.get(list) instanceof Value.Members(Map<String, Value> parts)) {
                parts.forEach((name, part) -> {
                    if (unwell(part)) {
                        unwell.add(name);
                    }
                });
            }
        }
        return new Told(level, List.copyOf(unwell));
    }

    private static boolean unwell(Value part) {
        return switch (part) {
            case Value.Items(List<Value> several) ->
                several.stream().anyMatch(one -> one instanceof Value.Members(var members) && unwell(members));
            case Value.Members(Map<String, Value> members) -> unwell(members);
            case Value.Text(String word) -> unwell(word);
            case Value.Other() -> false;
        };
    }

    private static boolean unwell(Map<String, Value> members) {
        return members.get("status") instanceof Value.Text(String word) && unwell(word);
    }

    private static boolean unwell(String word) {
        Level level = level(word);
        return level == Level.DEGRADED || level == Level.DOWN;
    }

    /** A part, or a whole, that does not know how it is gets the benefit of the doubt, as Spring Boot gives it. */
    private static @Nullable Level level(String word) {
        return switch (word.toLowerCase(Locale.ROOT).replace('_', '-').replace(' ', '-')) {
            case "up", "ok", "pass", "passing", "healthy", "unknown" -> Level.UP;
            case "degraded", "warn", "warning" -> Level.DEGRADED;
            case "down", "out-of-service", "fail", "failed", "failing", "error", "critical", "unhealthy" -> Level.DOWN;
            default -> null;
        };
    }
}
