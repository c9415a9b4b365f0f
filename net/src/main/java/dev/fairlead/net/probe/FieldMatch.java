package dev.fairlead.net.probe;

import dev.fairlead.core.config.HealthConfig.Signs;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field that an answer must have. Immutable.
 *
 * @param name as written
 * @param key the name in lower case
 * @param value the whole value; {@code *} at either end stands for anything
 */
record FieldMatch(String name, String key, String value) {
    static List<FieldMatch> of(@Nullable Signs signs) {
        List<FieldMatch> matches = new ArrayList<>();
        if (signs != null) {
            signs.header()
                    .forEach((name, value) -> matches.add(new FieldMatch(name, name.toLowerCase(Locale.ROOT), value)));
        }
        return List.copyOf(matches);
    }

    /** What is wrong with the first that does not fit, or {@code null} when all do. */
    static @Nullable String misfit(List<FieldMatch> matches, Map<String, List<String>> fields) {
        for (FieldMatch match : matches) {
            List<String> values = fields.getOrDefault(match.key, List.of());
            if (values.isEmpty()) {
                return "no " + match.name;
            }
            if (values.stream().noneMatch(match::fits)) {
                return match.name + ": " + values.getFirst();
            }
        }
        return null;
    }

    private boolean fits(String found) {
        if (value.equals("*")) {
            return true;
        }
        boolean open = value.startsWith("*");
        boolean on = value.length() > 1 && value.endsWith("*");
        String core = value.substring(open ? 1 : 0, value.length() - (on ? 1 : 0));
        if (open && on) {
            return found.contains(core);
        }
        return open ? found.endsWith(core) : on ? found.startsWith(core) : found.equals(core);
    }
}
