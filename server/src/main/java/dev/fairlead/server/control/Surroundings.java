package dev.fairlead.server.control;

import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.WallClock;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What an engine takes from the world it runs in. Immutable.
 *
 * @param accessLog where access-log lines go instead of where the configuration says; the engine does not close it
 */
public record Surroundings(
        Ticker ticker,
        WallClock wall,
        Seeds seeds,
        @Nullable OutputStream accessLog) {
    /** The machine itself. */
    public static Surroundings system() {
        return new Surroundings(Ticker.system(), WallClock.system(), Seeds.system(), null);
    }
}
