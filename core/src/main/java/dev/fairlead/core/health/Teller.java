package dev.fairlead.core.health;

import dev.fairlead.core.health.Event.Kind;
import dev.fairlead.core.time.WallClock;
import java.util.Locale;
import java.util.function.Consumer;

/** Makes a pool's events. Confined to the control thread. */
record Teller(String pool, WallClock wall, Consumer<Event> events) {
    /** In milliseconds since 1970. */
    long now() {
        return wall.epochMillis();
    }

    void of(Watched watched, Kind kind, String before, String after, String why) {
        events.accept(new Event(now(), pool, watched.backend.key(), kind, before, after, why));
    }

    void pool(Kind kind, String before, String after, String why) {
        events.accept(new Event(now(), pool, null, kind, before, after, why));
    }

    /** A constant as events spell it. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
