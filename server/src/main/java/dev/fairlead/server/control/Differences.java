package dev.fairlead.server.control;

import dev.fairlead.core.config.Config;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What differs between two configurations, by the names of keys. Pure functions. */
final class Differences {
    private Differences() {}

    /** The keys whose values differ, as they are written. */
    static <R extends Record> List<String> keys(R before, R after) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : before.getClass().getRecordComponents()) {
            try {
                Object was = component.getAccessor().invoke(before);
                if (!Objects.equals(was, component.getAccessor().invoke(after))) {
                    keys.add(component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(component.toString(), e);
            }
        }
        return keys;
    }

    private static <R extends Record> void keys(List<String> all, String before, R was, R is) {
        keys(was, is).forEach(key -> all.add(before + "." + key));
    }

    /** Keys that {@code wanted} changes and that only a restart brings into force. */
    static List<String> restart(Config now, Config wanted) {
        List<String> all = new ArrayList<>();
        keys(all, "runtime", now.runtime(), wanted.runtime());
        keys(all, "admin", now.admin(), wanted.admin());
        keys(all, "access-log", now.accessLog(), wanted.accessLog());
        if (!Objects.equals(now.stateDir(), wanted.stateDir())) {
            all.add("state-dir");
        }
        return all;
    }

    /** {@code wanted}, but for what only a restart brings into force. */
    static Config feasible(Config now, Config wanted) {
        return new Config(
                wanted.listeners(),
                wanted.routes(),
                wanted.pools(),
                now.admin(),
                now.accessLog(),
                wanted.errors(),
                wanted.stop(),
                now.runtime(),
                now.stateDir());
    }
}
