package dev.fairlead.net.probe;

import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.Evidence;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.net.transport.OwnFault;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One check under way: reports exactly once, whatever comes first, and then closes its connection.
 *
 * <p>Thread-safe: the thread that dials and the connection's loop both reach it.
 */
final class Attempt {
    private final Duration timeout;
    private final Ticker ticker;
    private final Consumer<CheckResult> done;
    private final long began;
    private final AtomicBoolean finished = new AtomicBoolean();
    private volatile String missing = "no connection";
    private volatile boolean heard;
    private volatile @Nullable Channel channel;
    private volatile @Nullable Future<?> timer;

    Attempt(Duration timeout, Ticker ticker, Consumer<CheckResult> done) {
        this.timeout = timeout;
        this.ticker = ticker;
        this.done = done;
        this.began = ticker.nanos();
    }

    /** The connection to close at the end; closed at once when the end was before. */
    void channel(Channel opened) {
        channel = opened;
        if (finished.get()) {
            opened.close();
        }
    }

    /** What to cancel at the end. */
    void timer(Future<?> running) {
        timer = running;
    }

    /** What will have been missing if time runs out from here on. */
    void awaits(String what) {
        missing = what;
    }

    /** The same, and so far it answered well enough to be better than nothing. */
    void awaitsRest(String what) {
        missing = what;
        heard = true;
    }

    boolean finished() {
        return finished.get();
    }

    void timeOut() {
        String evidence = "timeout after " + Evidence.span(timeout) + ": " + missing;
        if (heard) {
            sick(evidence);
        } else {
            silent(evidence);
        }
    }

    void pass(String evidence) {
        finish(CheckResult.pass(evidence, took()));
    }

    /** It works, and asks for {@code share} percent of its usual work. */
    void degraded(int share, String evidence) {
        finish(CheckResult.degraded(share, evidence, took()));
    }

    /** It answered, and not as it should. */
    void sick(String evidence) {
        finish(CheckResult.sick(evidence, took()));
    }

    /** It did not answer. */
    void silent(String evidence) {
        finish(CheckResult.silent(evidence, took()));
    }

    /** The check could not be made. */
    void none(String evidence) {
        finish(CheckResult.none(evidence, took()));
    }

    /** The connection failed; where that was our own fault, nothing is known about the backend. */
    void broken(Throwable cause) {
        String words = Faults.words(cause);
        finish(OwnFault.is(cause) ? CheckResult.none(words, took()) : CheckResult.silent(words, took()));
    }

    private long took() {
        return ticker.nanos() - began;
    }

    private void finish(CheckResult result) {
        if (!finished.compareAndSet(false, true)) {
            return;
        }
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
        done.accept(result);
        Channel open = channel;
        // Where there was no socket to be had there is a channel that never got to a loop, and refuses to be closed.
        if (open != null && open.isRegistered()) {
            open.close();
        }
    }
}
