package dev.fairlead.server.control;

import dev.fairlead.core.health.Event;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.server.state.StateFile;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what operators set in the state file, and brings it back at the start. Control thread, but for the start and the
 * end.
 */
final class Keeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final String EJECTED = "ejected";

    private final @Nullable StateFile file;
    private final Memory memory;
    private final Ticker ticker;
    private final WallClock wall;
    private boolean changed;

    Keeper(Surroundings world, Operator operator) {
        this.file = world.state() == null ? null : new StateFile(world.state());
        this.memory = new Memory(operator);
        this.ticker = world.ticker();
        this.wall = world.wall();
    }

    /** Before the first check: who was in maintenance must not be up for a moment. */
    void restore(Collection<RunningPool> pools) {
        if (file != null) {
            int restored = memory.restore(file.read(), pools, ticker.nanos(), wall.epochMillis());
            if (restored > 0) {
                LOG.info("{} backends are as before the restart, from the state file", restored);
            }
        }
    }

    /** Something that is kept has changed. */
    void change() {
        changed = true;
    }

    /** Something happened; it may concern what is kept. */
    void see(Event event) {
        changed |= switch (event.kind()) {
            case HEALTH -> event.before().equals(EJECTED) || event.after().equals(EJECTED);
            case WISH, SETTING, MEMBER -> true;
            default -> false;
        };
    }

    /** Writes what has changed, in the background. */
    void keep(Collection<RunningPool> pools) {
        if (file != null && changed) {
            changed = false;
            file.save(memory.picture(pools, ticker.nanos(), wall.epochMillis()));
        }
    }

    /** Waits until all is written. */
    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
