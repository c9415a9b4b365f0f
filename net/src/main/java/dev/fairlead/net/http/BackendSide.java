package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.http.Head;
import org.jspecify.annotations.Nullable;

/**
 * The backend's side of one exchange: the stream to the backend it is at, if there is one, and beside it perhaps a second
 * one that may take its place. Confined to its exchange's event loop; reused with it.
 */
final class BackendSide {
    private final Tries tries;
    private final Hedge hedge;
    private @Nullable BackendStream stream;
    private boolean reused;

    BackendSide(HttpDoor door, Exchange exchange, Tries tries, Journal journal) {
        this.tries = tries;
        this.hedge = new Hedge(door, exchange, tries, journal);
    }

    /** Forgets everything, for the next exchange. */
    void clear() {
        stream = null;
        reused = false;
    }

    /** A stream is there. */
    void begin(BackendStream to, boolean kept) {
        stream = to;
        reused = kept;
    }

    /** The request's head, which has no upgrade in it, is out: unless its answer begins soon, another backend may be asked. */
    void hedge(Head request) {
        Hedges how = tries.hedges();
        if (how != null) {
            hedge.begin(how, request);
        }
    }

    /** Where the request goes; {@code null} while there is no such place. */
    @Nullable
    BackendStream stream() {
        return stream;
    }

    /** Whether its connection has served before. */
    boolean reused() {
        return reused;
    }

    /** Hands what was sent to the kernel. */
    void flush() {
        BackendStream to = stream;
        if (to != null) {
            to.flush();
        }
    }

    /** Whether what comes in is wanted. */
    void demand(boolean wanted) {
        BackendStream from = stream;
        if (from != null) {
            from.demand(wanted);
        }
    }

    /** From now on bytes are passed as they are. */
    void tunnel() {
        BackendStream with = stream;
        if (with != null) {
            with.tunnel();
        }
    }

    /** The stream has ended by itself. */
    void ended() {
        stream = null;
    }

    /** Gives the stream up. */
    void cut(Failure why) {
        BackendStream at = stream;
        stream = null;
        if (at != null) {
            at.cut(why);
        }
    }

    /** No backend is wanted any more. */
    void abandon(Failure why) {
        cut(why);
        hedge.abandon(why);
        tries.abandon(why);
    }

    // ---- a second one ----------------------------------------------------------

    /** Whether the request is at a second backend, too, and that may still answer. */
    boolean twofold() {
        return hedge.open();
    }

    /** The second one is about to answer, and the first has not. */
    void overtaken() {
        cut(Failure.ALL_TRIED);
        var _ = goesOn(Outcome.OVERTAKEN);
    }

    /** Whether there is a second one, which then takes the place of the first; {@code outcome} is what came of that. */
    boolean goesOn(Outcome outcome) {
        if (!hedge.open()) {
            return false;
        }
        tries.close(outcome);
        stream = hedge.takeOver();
        reused = hedge.kept();
        return true;
    }

    /** Whether an answer with this status is dropped because a second backend may do better, to which the request goes on. */
    boolean yields(int status, long now) {
        if (hedge.open() && tries.doubts(status)) {
            tries.firstByte(now, status);
            cut(Failure.ALL_TRIED);
            return goesOn(Outcome.ofStatus(status));
        }
        hedge.drop();
        return false;
    }

    /** The exchange is over. */
    void end() {
        hedge.end();
    }
}
