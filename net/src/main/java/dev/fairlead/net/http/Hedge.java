package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Method;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Lease;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A request's second sending, to another backend, while the first has not answered; at most one for each exchange. After
 * Dean and Barroso, "The Tail at Scale" (2013).
 *
 * <p>Confined to its exchange's event loop; reused with it. While it is {@link #open} it owns a lease and perhaps a stream of
 * its own, and the exchange is with its first backend. That ends in one of three ways: the first answers, and this one is
 * dropped; this one fails, and the first goes on as if nothing had been; or the first fails or is overtaken, and the
 * exchange takes this lease and stream over, however far they are, and goes on with them as with any other.
 */
final class Hedge implements Asker {
    private final HttpDoor door;
    private final Exchange exchange;
    private final Tries tries;
    private final Journal journal;

    /** Its place in an alarm, kept by that. */
    @Nullable
    HedgeAlarm alarm;

    @Nullable
    Hedge before;

    @Nullable
    Hedge behind;

    long due;

    private @Nullable Lease lease;
    private @Nullable BackendStream stream;
    private @Nullable Backend first;
    private @Nullable Backend second;
    private boolean kept;
    private boolean lost;
    private int interims;

    Hedge(HttpDoor door, Exchange exchange, Tries tries, Journal journal) {
        this.door = door;
        this.exchange = exchange;
        this.tries = tries;
        this.journal = journal;
    }

    /** The request has gone to a backend: unless it is answered in time, it goes to another one as well, if it may. */
    void begin(Hedges how, Head request) {
        long after = how.afterNanos();
        Method method = request.method();
        boolean may = (method == Method.GET || method == Method.HEAD) && request.framing() == Framing.NONE;
        if (after <= 0 || !may || second != null) {
            return;
        }
        unset();
        how.alarm(door.loop().lane()).add(this, door.loop().now() + after, door.loop());
    }

    private void unset() {
        HedgeAlarm in = alarm;
        if (in != null) {
            in.remove(this);
        }
    }

    /** The time has come. */
    void send() {
        if (!exchange.awaitsHead()) {
            return;
        }
        Backend now = tries.backend();
        PoolPolicy policy = tries.policy();
        Lease taken = tries.beside();
        if (taken == null || policy == null) {
            return;
        }
        lease = taken;
        first = now;
        second = taken.backend();
        interims = 0;
        journal.tries++;
        journal.hedges++;
        door.connector().open(taken, policy, this, false);
        BackendStream to = stream;
        if (to != null) {
            to.flush();
        }
    }

    /** Whether the request is at a second backend, and that has neither answered nor failed. */
    boolean open() {
        return lease != null;
    }

    /** The first backend has answered. */
    void drop() {
        if (open()) {
            lost = true;
            boolean sent = stream != null;
            cut(Failure.ALL_TRIED);
            close(sent ? Outcome.DROPPED : Outcome.UNUSED);
        }
    }

    /** No backend is wanted any more. */
    void abandon(Failure why) {
        if (open()) {
            cut(why);
            close(Outcome.of(why));
        }
    }

    /** The exchange takes the lease over, and the stream; {@code null} if that is still waited for. */
    @Nullable
    BackendStream takeOver() {
        BackendStream at = stream;
        stream = null;
        tries.goOn(leased(), at == null);
        lease = null;
        if (at == null) {
            door.connector().pass(this, exchange);
        } else {
            at.passTo(exchange);
        }
        return at;
    }

    /** Whether what was taken over last had served before. */
    boolean kept() {
        return kept;
    }

    /** The exchange is over: counts what came of it. */
    void end() {
        unset();
        assert !open() : "a request is still at a second backend";
        Backend at = second;
        if (at == null) {
            return;
        }
        boolean won = journal.firstByte != 0 && journal.backend == at;
        Hedges.Result result = won ? Hedges.Result.WON : lost ? Hedges.Result.LOST : Hedges.Result.FAILED;
        journal.hedged = result;
        journal.other = journal.backend == at ? first : at;
        tries.hedged(result);
        first = null;
        second = null;
        lost = false;
    }

    private Lease leased() {
        Lease mine = lease;
        if (mine == null) {
            throw new IllegalStateException("no lease");
        }
        return mine;
    }

    private void cut(Failure why) {
        BackendStream at = stream;
        stream = null;
        if (at == null) {
            door.connector().abandon(this);
        } else {
            at.cut(why);
        }
    }

    private void close(Outcome outcome) {
        Lease mine = leased();
        lease = null;
        stream = null;
        mine.close(outcome, door.loop().now());
    }

    // ---- the second backend's side ---------------------------------------------

    @Override
    public void onBackendReady(BackendStream ready, boolean again) {
        stream = ready;
        kept = again;
        ready.sendHead(exchange.head());
        ready.sendEnd(null);
    }

    @Override
    public void onConnectFailed(Failure why) {
        close(Outcome.of(why));
    }

    /** The client gets those of the first backend, if any. */
    @Override
    public void onInterim(Head head) {
        if (++interims > Answer.MAX_INTERIM) {
            cut(Failure.BAD_ANSWER);
            close(Outcome.of(Failure.BAD_ANSWER));
        }
    }

    @Override
    public void onAnswerHead(Head head) {
        int status = head.status();
        if (status == 101) {
            cut(Failure.BAD_ANSWER);
            close(Outcome.of(Failure.BAD_ANSWER));
        } else if (tries.doubts(status)) {
            // The first may still do better.
            tries.firstByte(leased(), door.loop().now(), status);
            cut(Failure.ALL_TRIED);
            close(Outcome.ofStatus(status));
        } else {
            exchange.onOvertaken();
            exchange.onAnswerHead(head);
        }
    }

    @Override
    public void onAnswerBody(ByteBuf data) {
        data.release();
        throw new IllegalStateException("an answer that nobody took over");
    }

    @Override
    public void onAnswerEnd(@Nullable Head trailers) {
        throw new IllegalStateException("an answer that nobody took over");
    }

    @Override
    public void onBackendFailed(Failure why, boolean untouched) {
        close(Outcome.of(why));
    }

    @Override
    public void onBackendWritable() {}

    @Override
    public void flushClient() {
        exchange.flushClient();
    }

    /** The first goes on. */
    @Override
    public boolean movable() {
        return open();
    }
}
