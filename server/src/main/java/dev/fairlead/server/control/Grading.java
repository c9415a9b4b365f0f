package dev.fairlead.server.control;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.health.Event;
import dev.fairlead.core.health.Event.Kind;
import dev.fairlead.core.health.Grade;
import dev.fairlead.core.health.Grade.Looks;
import dev.fairlead.core.health.Grade.Way;
import dev.fairlead.core.health.Testimony;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.net.probe.Examiner;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Judges the health checks of all pools: soon after the start, every hour, and whenever real traffic contradicts one.
 *
 * <p>Driven by the control thread; {@link #of} may be asked by anyone.
 */
final class Grading {
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long EVERY_NANOS = TimeUnit.HOURS.toNanos(1);

    /** What is known of one pool's check. */
    private static final class Book {
        private long due;
        private Looks looks = Looks.NONE;
        private Testimony testimony = Testimony.NONE;
        private @Nullable Grade grade;

        private Book(long due) {
            this.due = due;
        }
    }

    private final Function<RunningPool, @Nullable Examiner> examiners;
    private final Executor control;
    private final WallClock wall;
    private final Consumer<Event> events;
    private final Map<String, Book> books = new HashMap<>();
    private volatile Map<String, Grade> grades = Map.of();

    Grading(
            Function<RunningPool, @Nullable Examiner> examiners,
            Executor control,
            WallClock wall,
            Consumer<Event> events) {
        this.examiners = examiners;
        this.control = control;
        this.wall = wall;
        this.events = events;
    }

    /** The last grade of a pool's check; {@code null} when it has not been judged yet. */
    @Nullable
    Grade of(String pool) {
        return grades.get(pool);
    }

    /** Does what is due for a pool. */
    void turn(RunningPool pool, long now) {
        Book book = books.computeIfAbsent(pool.name(), name -> new Book(now + FIRST_NANOS));
        Testimony testimony = pool.watchdog().testimony();
        book.testimony = book.testimony.and(testimony);
        if (book.due - now <= 0) {
            book.due = now + (examine(pool, book) ? EVERY_NANOS : FIRST_NANOS);
        } else if (testimony.blind() + testimony.jumpy() > 0) {
            judge(pool, book);
        }
    }

    /** It is another check now; judged soon, and not by what was said of the one before. */
    void anew(RunningPool pool, long now) {
        forget(pool.name());
        books.put(pool.name(), new Book(now + FIRST_NANOS));
    }

    /** The pool is gone. */
    void forget(String pool) {
        books.remove(pool);
        var fewer = new LinkedHashMap<>(grades);
        fewer.remove(pool);
        grades = Map.copyOf(fewer);
    }

    /** Returns whether somebody could be asked; where there is nobody yet, there is nothing to judge by. */
    private boolean examine(RunningPool pool, Book book) {
        Examiner examiner = examiners.apply(pool);
        Backend asked = pool.pool().roster().eligible().stream().findFirst().orElse(null);
        if (examiner != null && asked == null) {
            return false;
        }
        if (examiner == null || asked == null) {
            judge(pool, book);
            return true;
        }
        examiner.examine(
                asked,
                looks -> control.execute(() -> {
                    book.looks = looks;
                    judge(pool, book);
                }));
        return true;
    }

    private void judge(RunningPool pool, Book book) {
        if (books.get(pool.name()) != book) {
            // The answer is to a question nobody asks any more.
            return;
        }
        Grade before = book.grade;
        Grade grade = Grade.of(way(pool.config().health()), book.looks, book.testimony);
        book.grade = grade;
        var all = new LinkedHashMap<>(grades);
        all.put(pool.name(), grade);
        grades = Map.copyOf(all);
        if (before == null || before.differs(grade)) {
            String was = before == null ? "-" : before.mark().name();
            events.accept(new Event(
                    wall.epochMillis(),
                    pool.name(),
                    null,
                    Kind.GRADE,
                    was,
                    grade.mark().name(),
                    "health check: " + grade));
        }
    }

    static Way way(HealthConfig health) {
        if (health.off()) {
            return Way.OFF;
        }
        HealthConfig.TcpCheck tcp = health.tcp();
        return tcp != null && tcp.expect() == null ? Way.CONNECT : Way.ASK;
    }
}
