package dev.fairlead.server.control;

import dev.fairlead.core.time.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control thread: the only writer of rosters, verdicts and routes. Everything it is handed runs in order, and after
 * each task, or when something is due, the watchdogs have their turn.
 *
 * <p>Thread-safe: {@link #execute} from anywhere. Tasks must not block. A task that throws is logged and the thread goes
 * on, for a balancer whose watchdog has died is worse than one that skipped a beat.
 */
final class Control {
    private static final Logger LOG = LoggerFactory.getLogger(Control.class);

    /** Does what is due and says when it wants to be called again. */
    interface Turn {
        /** Returns the moment of the next turn, in the ticker's nanoseconds. */
        long run(long now);
    }

    private static final int ANSWER_SECONDS = 10;

    /** After a turn, this many times as long without one, so that thousands of backends do not take a whole core. */
    private static final int REST = 4;

    private static final long LONGEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Ticker ticker;
    private final Turn turn;
    private final Duration patience;
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean running = true;

    Control(Ticker ticker, Turn turn) {
        this(ticker, turn, Duration.ofSeconds(ANSWER_SECONDS));
    }

    /** @param patience how long who asks waits for the thread to begin */
    Control(Ticker ticker, Turn turn, Duration patience) {
        this.ticker = ticker;
        this.turn = turn;
        this.patience = patience;
    }

    /** Starts the thread and waits for its first turn: who needs no check is in before anybody connects. */
    void start() throws InterruptedException {
        Thread.ofPlatform().name("fairlead-control").daemon().start(this::loop);
        boolean _ = begun.await(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    /** Runs {@code task} on the control thread, soon. */
    void execute(Runnable task) {
        tasks.add(task);
    }

    /**
     * Runs {@code what} on the control thread, waits and returns its result; not to be called on that thread.
     *
     * @throws IllegalStateException when it failed; or when the thread had not begun with it in time, and then it never will
     */
    <T> T ask(Supplier<T> what) {
        if (ended.getCount() == 0) {
            throw new IllegalStateException("the engine has stopped");
        }
        var answer = new CompletableFuture<T>();
        var taken = new AtomicBoolean();
        execute(() -> {
            if (taken.compareAndSet(false, true)) {
                try {
                    answer.complete(what.get());
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            }
        });
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return withdrawn(answer, taken, "interrupted", e);
        } catch (ExecutionException e) {
            throw failed(e);
        } catch (TimeoutException e) {
            return withdrawn(
                    answer, taken, "the control thread is busy or the engine is stopping; nothing was changed", e);
        }
    }

    /** Whoever waits no longer takes the task back, or learns what came of it: tasks do not block. */
    private static <T> T withdrawn(CompletableFuture<T> answer, AtomicBoolean taken, String why, Exception cause) {
        if (taken.compareAndSet(false, true)) {
            throw new IllegalStateException(why, cause);
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw failed(e);
        }
    }

    private static IllegalStateException failed(Exception e) {
        return new IllegalStateException("the control thread failed: " + e.getCause(), e.getCause());
    }

    /** Ends the thread after what it was handed so far. */
    void stop() throws InterruptedException {
        execute(() -> running = false);
        boolean _ = ended.await(5, TimeUnit.SECONDS);
    }

    private void loop() {
        try {
            while (running) {
                long now = ticker.nanos();
                long next = now + TimeUnit.SECONDS.toNanos(1);
                try {
                    next = turn.run(now);
                } catch (RuntimeException | Error e) {
                    LOG.error("a turn of the watchdog failed", e);
                } finally {
                    begun.countDown();
                }
                long turned = ticker.nanos();
                long rested = turned + Math.min(REST * (turned - now), LONGEST_REST_NANOS);
                Runnable task = await(next - rested < 0 ? rested : next);
                while (task != null) {
                    run(task);
                    task = running ? await(rested) : tasks.poll();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    /** The next task, if there is one before this moment. */
    private @Nullable Runnable await(long until) throws InterruptedException {
        return tasks.poll(Math.max(until - ticker.nanos(), 0), TimeUnit.NANOSECONDS);
    }

    private static void run(@Nullable Runnable task) {
        try {
            if (task != null) {
                task.run();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("a task of the control thread failed", e);
        }
    }
}
