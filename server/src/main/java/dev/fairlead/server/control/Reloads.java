package dev.fairlead.server.control;

import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.Problem.Severity;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Report;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration anew and brings it into force, or changes nothing and says why.
 *
 * <p>Thread-safe. Reloads come one after the other; they block, so not on event loops.
 */
public final class Reloads {
    private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

    /** How a reload can end. */
    public enum Ending {
        DONE,
        INVALID,
        REFUSED
    }

    /**
     * The last reload.
     *
     * @param when it ended, in milliseconds since 1970
     * @param detail what changed, or why nothing did, for people
     */
    public record Last(long when, Ending ending, String detail) {}

    /**
     * All reloads since the start.
     *
     * @param counts how often each ending was the end
     * @param last {@code null} when there was none
     * @param leaving backends that were taken out and finish what they have
     * @param listeners those that were taken out and still have connections
     */
    public record Picture(
            Map<Ending, Long> counts, @Nullable Last last, int leaving, List<LeavingListener> listeners) {}

    /** What is said of a reload that comes too late. */
    static final Reloaded STOPPING = new Reloaded.Refused("the engine is stopping");

    private final @Nullable Supplier<Loaded> source;
    private final Current current;
    private final WallClock wall;
    private final ReentrantLock turn = new ReentrantLock(true);

    /** Guarded by the lock. */
    private final Map<Ending, Long> counts = new EnumMap<>(Ending.class);

    private volatile boolean over;
    private volatile Picture picture;

    Reloads(Surroundings world, Current current) {
        this.source = world.config();
        this.current = current;
        this.wall = world.wall();
        for (Ending ending : Ending.values()) {
            counts.put(ending, 0L);
        }
        this.picture = new Picture(Map.copyOf(counts), null, 0, List.of());
    }

    /**
     * Reloads, once those before are done. Who is interrupted waits no longer; the reload goes on.
     *
     * @param by who asked for it, for the log
     */
    public Reloaded reload(String by) throws InterruptedException {
        var answer = new CompletableFuture<Reloaded>();
        // On a thread of its own: who has begun to change something must not be interrupted because nobody waits any
        // more.
        Thread.ofVirtual().name("fairlead-reload").start(() -> {
            try {
                answer.complete(inTurn(by));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a reload failed", e.getCause());
        }
    }

    private Reloaded inTurn(String by) {
        if (over) {
            // Not even after the one under way, which may be waiting for a name.
            return STOPPING;
        }
        turn.lock();
        try {
            Reloaded reloaded = over ? STOPPING : tried();
            note(reloaded, by);
            return reloaded;
        } finally {
            turn.unlock();
        }
    }

    private Reloaded tried() {
        try {
            return load();
        } catch (InterruptedException | RuntimeException e) {
            LOG.error("a reload failed", e);
            return new Reloaded.Refused("it failed: " + e.getMessage());
        }
    }

    private Reloaded load() throws InterruptedException {
        if (source == null) {
            return new Reloaded.Refused("there is no file to read: the configuration was given when it was started");
        }
        return switch (source.get()) {
            case Loaded.Good good -> over ? STOPPING : current.change(good.config(), good.warnings());
            case Loaded.Bad bad -> new Reloaded.Invalid(bad.problems());
        };
    }

    private void note(Reloaded reloaded, String by) {
        String detail = switch (reloaded) {
            case Reloaded.Done done -> {
                done.warnings().forEach(Reloads::log);
                String changes = done.changes().isEmpty() ? "nothing has changed" : String.join("; ", done.changes());
                LOG.info("{}: reloaded: {}", by, changes);
                if (!done.restart().isEmpty()) {
                    LOG.warn("{}: only a restart brings into force: {}", by, String.join(", ", done.restart()));
                }
                yield changes;
            }
            case Reloaded.Invalid invalid -> {
                invalid.problems().forEach(Reloads::log);
                String count = Report.count(invalid.problems());
                LOG.error("{}: not reloaded, what was in force stays: {}", by, count);
                yield count;
            }
            case Reloaded.Refused refused -> {
                LOG.error("{}: not reloaded, what was in force stays: {}", by, refused.why());
                yield refused.why();
            }
        };
        Ending ending = switch (reloaded) {
            case Reloaded.Done _ -> Ending.DONE;
            case Reloaded.Invalid _ -> Ending.INVALID;
            case Reloaded.Refused _ -> Ending.REFUSED;
        };
        counts.merge(ending, 1L, Long::sum);
        picture = new Picture(Map.copyOf(counts), new Last(wall.epochMillis(), ending, detail), 0, List.of());
    }

    private static void log(Problem problem) {
        String text = Report.of(problem, false).stripTrailing();
        if (problem.severity() == Severity.ERROR) {
            LOG.error("{}", text);
        } else {
            LOG.warn("{}", text);
        }
    }

    /** How reloads went. */
    public Picture picture() {
        Picture seen = picture;
        return new Picture(seen.counts(), seen.last(), current.leaving(), current.leavingListeners());
    }

    /** What the configuration's problems are, as {@code check} prints them. */
    public static String report(List<Problem> problems) {
        return Report.of(problems, false);
    }

    /** From now on they are refused; the one under way gives up as soon as it notices. */
    void end() {
        over = true;
    }

    /** Waits for the one under way, but no longer than this: nobody can hurry who looks up a name. */
    void await(Duration most) throws InterruptedException {
        if (turn.tryLock(most.toNanos(), TimeUnit.NANOSECONDS)) {
            turn.unlock();
        }
    }
}
