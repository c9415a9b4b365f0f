package dev.fairlead.core.health;

import dev.fairlead.core.health.Tracker.Verdict;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import org.jspecify.annotations.Nullable;

/** All a watchdog knows of one backend. Confined to the control thread. */
final class Watched {
    final Backend backend;
    final Tracker tracker;
    final Ejection ejection = new Ejection();
    final Ramp ramp = new Ramp();
    final Drain drain = new Drain();
    final Window window = new Window();

    /** Whether it passed its check and is being warmed up before it is let in. */
    boolean warming;

    /** When a warm-up without an end counts as ended. */
    long warmUntil;

    /** Since when it has been taking work, while it does. */
    long servesSince;

    /** When the next check is due; means nothing while one is under way. */
    long due;

    boolean probing;

    /** When the check under way began. */
    long began;

    /** Whether the check under way began in another life of the backend and proves nothing. */
    boolean stale;

    /** Whether its checks have been moved apart from those of the others. */
    boolean spread;

    /** Whether it is in maintenance and left alone. */
    boolean resting;

    /** What the last ejection was for. */
    enum Sign {
        /** What it answered, or how it broke off. */
        ANSWERS,
        /** It answered nothing. */
        SILENCE,
        /** No connection could be made. */
        UNCONNECTED
    }

    Sign sign = Sign.ANSWERS;

    /** What real traffic said against it that a check must still confirm or refute; {@code null} for nothing. */
    @Nullable
    String accusation;

    long accusedAt;

    /** Checks passed in a row that began since it was ejected. */
    int heard;

    /** Whether the check under way, or the last one, began since it was ejected. */
    boolean proves;

    /** Whether a check that began since it was ejected found nobody there: who comes back is not who was accused. */
    boolean gone;

    /** Whether its streak's fuse is left blown until {@link #rearm}, because an ejection was refused. */
    boolean held;

    long rearm;

    /** When a refused ejection may be told of again. */
    long quietUntil;

    boolean refusedBefore;

    Watched(Backend backend, Verdict verdict) {
        this.backend = backend;
        this.tracker = new Tracker(verdict);
    }

    boolean maintained() {
        return backend.state().wish() == Wish.MAINT;
    }

    /** Whether it waits for its first passing checks. */
    boolean atGate() {
        return tracker.verdict() == Verdict.UNCHECKED;
    }

    /** Whether the operator means it to take new work. */
    boolean wanted() {
        return backend.state().wish() == Wish.READY && backend.state().weight() > 0;
    }

    /** The health that follows from the two causes; the truth table is in {@link Watchdog}. */
    Health health() {
        return switch (tracker.verdict()) {
            case UNCHECKED -> Health.UNCHECKED;
            case DOWN -> Health.DOWN;
            case UP -> warming ? Health.UNCHECKED : ejection.active() ? Health.EJECTED : Health.UP;
        };
    }

    /** The verdict a state that was learned before stands for. */
    static Verdict verdictOf(Health health) {
        return switch (health) {
            case UNCHECKED -> Verdict.UNCHECKED;
            case UP, EJECTED -> Verdict.UP;
            case DOWN -> Verdict.DOWN;
        };
    }
}
