package dev.fairlead.server.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish that a command which runs for ever should end: a signal, or {@link #now}. Thread-safe.
 *
 * <p>A second signal ends the process at once: whoever sends it does not want to wait.
 */
final class Stop {
    private final CountDownLatch wished = new CountDownLatch(1);
    private final boolean signals;

    private Stop(boolean signals) {
        this.signals = signals;
    }

    /** By SIGTERM or SIGINT, once {@link #listen} was called. */
    static Stop bySignal() {
        return new Stop(true);
    }

    /** By {@link #now} only, for a command that runs inside another program. */
    static Stop byCall() {
        return new Stop(false);
    }

    /**
     * From now on a signal is a wish. Called once everything runs: before, the JVM's own way of ending is quicker.
     *
     * @param hangup what SIGHUP asks for, on a thread that may wait
     */
    void listen(Runnable hangup) {
        if (signals) {
            Signals.handle("TERM", this::signalled);
            Signals.handle("INT", this::signalled);
            // A closing terminal sends it too: never a reason to die. The JVM handles one signal after the other, and
            // a reload must not keep the one that ends it waiting.
            Signals.handle(
                    "HUP", _ -> Thread.ofVirtual().name("fairlead-reload").start(hangup));
        }
    }

    private void signalled(int number) {
        if (wished.getCount() == 0) {
            Runtime.getRuntime().halt(128 + number);
        }
        now();
    }

    void now() {
        wished.countDown();
    }

    void await() throws InterruptedException {
        wished.await();
    }

    /** Waits no longer than {@code most}; returns whether it is wished. */
    boolean await(Duration most) throws InterruptedException {
        return wished.await(most.toNanos(), TimeUnit.NANOSECONDS);
    }
}
