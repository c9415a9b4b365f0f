package dev.fairlead.server.control;

import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.server.load.Loaded;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an engine takes from the world it runs in. Immutable.
 *
 * @param accessLog where access-log lines go instead of where the configuration says; the engine does not close it
 * @param config reads the configuration anew, for a reload; {@code null} when it cannot be reloaded
 * @param authority where this machine's own authority is, for `tls: internal`; {@code null} for nowhere
 * @param state the file in which what operators set survives a restart; {@code null} for none
 */
public record Surroundings(
        Ticker ticker,
        WallClock wall,
        Seeds seeds,
        @Nullable OutputStream accessLog,
        @Nullable Path state,
        @Nullable Path authority,
        @Nullable Supplier<Loaded> config) {
    /** The machine itself. */
    public static Surroundings system() {
        return new Surroundings(Ticker.system(), WallClock.system(), Seeds.system(), null, null, null, null);
    }

    /** The same, with a file for what is to survive a restart. */
    public Surroundings keeping(@Nullable Path file) {
        return new Surroundings(ticker, wall, seeds, accessLog, file, authority, config);
    }

    /** The same, with a folder for this machine's own authority. */
    public Surroundings trusted(@Nullable Path folder) {
        return new Surroundings(ticker, wall, seeds, accessLog, state, folder, config);
    }

    /** The same, with a way to read the configuration anew. */
    public Surroundings reading(Supplier<Loaded> source) {
        return new Surroundings(ticker, wall, seeds, accessLog, state, authority, source);
    }
}
