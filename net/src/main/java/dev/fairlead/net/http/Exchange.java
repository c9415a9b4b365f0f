package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import dev.fairlead.core.http.Method;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Refusal;
import dev.fairlead.core.pool.Tried;
import dev.fairlead.core.route.Redirect;
import dev.fairlead.core.route.RouteAction;
import dev.fairlead.net.http.HttpCounters.Count;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: from the parsed head, through route, pool, lease and backend stream, to the one line in
 * the access log.
 *
 * <p>Confined to one event loop. Reused by its client connection, one exchange at a time ({@link #begin} to the call of
 * {@link ClientStream#exchangeDone}). Buffers it is given are its own until it hands them to a stream; the request head
 * is its own until the end.
 *
 * <p>Exactly one {@link #finish} for each {@link #begin}, and exactly one {@link Lease#close} for each lease, whatever
 * happens in between.
 */
public final class Exchange {
    private static final int MAX_INTERIM = 32;

    private final HttpDoor door;
    private final ClientStream client;
    private final Journal journal = new Journal();
    private final Tried tried = new Tried();

    private @Nullable Head request;
    private @Nullable Target target;
    private @Nullable Lease lease;
    private @Nullable HttpStream backend;
    private @Nullable ByteBuf pendingBody;
    private @Nullable Head requestTrailers;
    private boolean connecting;
    private boolean headToBackend;
    private boolean rewritten;
    private boolean upgrade;
    private boolean reused;
    private boolean bodyGiven;
    private boolean requestEnded;
    private boolean answerBegun;
    private boolean answerEnded;
    private boolean running;
    private boolean tunnelling;
    private int interims;
    private @Nullable Failure lastFailure;
    private long retryKey;

    public Exchange(HttpDoor door, ClientStream client) {
        this.door = door;
        this.client = client;
    }

    // ---- the client's side -----------------------------------------------------

    /**
     * A request's head has come; takes ownership of it.
     *
     * @param begunAt when its first byte came
     * @param refused why it must not be served, found while reading it; or {@code null}
     */
    public void begin(Head head, long begunAt, @Nullable Failure refused) {
        reset();
        running = true;
        request = head;
        long now = door.loop().now();
        journal.begun = begunAt;
        journal.headDone = now;
        door.counters().add(Count.REQUESTS, 1);
        door.counters().add(Count.ACTIVE, 1);
        requestEnded = head.framing() == Framing.NONE;
        Failure failure = refused != null ? refused : RequestGuard.check(head, door.policy());
        if (failure != null) {
            fail(failure);
            return;
        }
        Routing routing = door.routing();
        RouteAction action = routing.match(head);
        if (action == null) {
            fail(Failure.NO_ROUTE);
            return;
        }
        switch (action) {
            case RouteAction.Forward(String pool, int index) ->
                forward(routing.targets().get(index), head);
            case Redirect redirect -> redirect(redirect, head);
        }
    }

    private void reset() {
        assert !running : "an exchange is still running";
        journal.clear();
        tried.clear();
        target = null;
        lease = null;
        backend = null;
        connecting = headToBackend = rewritten = upgrade = reused = bodyGiven = false;
        requestEnded = answerBegun = answerEnded = tunnelling = false;
        interims = 0;
        lastFailure = null;
    }

    private void redirect(Redirect redirect, Head head) {
        int host = head.find(Known.HOST);
        if (host < 0 && !redirect.namesHost()) {
            // Only HTTP/1.0 may leave it out, and a location needs one.
            fail(Failure.BAD_HOST);
            return;
        }
        byte[] location = redirect.location(
                "http",
                head.bytes(),
                host < 0 ? 0 : head.valueStart(host),
                host < 0 ? 0 : head.valueEnd(host),
                head.bytes(),
                head.targetStart(),
                head.targetEnd());
        Rewriter.identify(head, client.peer(), door.loop().random());
        reply(ErrorReplies.redirect(redirect.status(), location), !requestEnded);
    }

    private void forward(Target to, Head head) {
        target = to;
        journal.pool = to.pool().name();
        RequestKey key = to.key();
        retryKey =
                key != null ? key.of(head, client.peer()) : door.loop().random().nextLong();
        upgrade = Rewriter.asksUpgrade(head);
        to.budgets()[door.loop().lane()].request();
        acquire(to);
    }

    private void acquire(Target to) {
        long now = door.loop().now();
        // A random key must differ from try to try; a hash must not, so that the next place on the ring is taken.
        long key = to.key() != null || tried.size() == 0
                ? retryKey
                : door.loop().random().nextLong();
        switch (to.pool().acquire(door.loop().lane(), key, tried, now)) {
            case Lease taken -> {
                lease = taken;
                journal.backend = taken.backend();
                journal.tries++;
                connecting = true;
                // A second try must not meet a dying connection again.
                door.connector().open(taken, to.policy(), this, journal.tries > 1);
            }
            case Refusal refusal -> fail(lastFailure != null ? lastFailure : refusal.failure());
        }
    }

    /** Part of the request's body; takes ownership. */
    public void onRequestBody(ByteBuf data) {
        if (!running) {
            data.release();
            return;
        }
        journal.bytesIn += data.readableBytes();
        if (journal.bytesIn > door.policy().maxBody() && !tunnelling) {
            data.release();
            abandonBackend(Failure.BODY_TOO_LARGE);
            failOrCut(Failure.BODY_TOO_LARGE);
            return;
        }
        HttpStream to = backend;
        if (to != null && headToBackend) {
            bodyGiven = true;
            to.sendBody(data);
            if (!to.writable()) {
                client.demand(false);
            }
        } else {
            // Some may already be on its way when demand is taken back.
            ByteBuf before = pendingBody;
            pendingBody = before == null ? data : Unpooled.wrappedBuffer(before, data);
            client.demand(false);
        }
    }

    /** The request is whole; takes ownership of the trailers. In a tunnel: the client has ended its side. */
    public void onRequestEnd(@Nullable Head trailers) {
        if (!running || requestEnded) {
            give(trailers);
            return;
        }
        requestEnded = true;
        requestTrailers = trailers;
        HttpStream to = backend;
        if (to != null && headToBackend) {
            to.sendEnd(trailers);
            if (answerEnded) {
                finishAnswered();
            }
        }
        // Otherwise the end goes out behind the pending body, once a backend is there.
    }

    private void give(@Nullable Head head) {
        if (head != null) {
            door.loop().heads().give(head);
        }
    }

    /** The client's side takes more again. */
    public void onClientWritable() {
        HttpStream from = backend;
        if (from != null) {
            from.demand(true);
        }
    }

    /** The client is gone, or must be: its connection is over whatever follows. */
    public void onClientFailed(Failure why) {
        if (!running) {
            return;
        }
        abandonBackend(why);
        if (!answerBegun) {
            journal.status = why.status();
        }
        journal.failure = why;
        finish();
    }

    /** The request turned out to be bad, or too slow, while its body was read. */
    public void onRequestBroken(Failure why) {
        if (running) {
            abandonBackend(why);
            failOrCut(why);
        }
    }

    /** Whether an exchange is under way. */
    public boolean running() {
        return running;
    }

    /** Hands what was sent to the backend to the kernel. */
    public void flushBackend() {
        HttpStream to = backend;
        if (to != null) {
            to.flush();
        }
    }

    // ---- the backend's side ----------------------------------------------------

    /** A stream to the leased backend is there. */
    public void onBackendReady(HttpStream stream, boolean kept) {
        connecting = false;
        backend = stream;
        reused = kept;
        journal.ready = door.loop().now();
        Head head = head();
        if (!rewritten) {
            rewritten = true;
            Rewriter.request(
                    head,
                    client.peer(),
                    upgrade,
                    leasedBackend().key().address(),
                    door.loop().random());
        }
        headToBackend = true;
        stream.sendHead(head);
        ByteBuf body = pendingBody;
        if (body != null) {
            pendingBody = null;
            bodyGiven = true;
            stream.sendBody(body);
        }
        if (requestEnded) {
            stream.sendEnd(requestTrailers);
        }
        if (body != null || !requestEnded) {
            client.demand(stream.writable());
        }
    }

    /** No stream to the leased backend can be had. */
    public void onConnectFailed(Failure why) {
        connecting = false;
        closeLease(Outcome.of(why));
        retryOrFail(why, true);
    }

    /** An interim answer (1xx, not 101); the head stays the stream's. */
    public void onInterim(Head head) {
        if (answerBegun || ++interims > MAX_INTERIM) {
            breakBackend(Failure.BAD_ANSWER);
            return;
        }
        if (client.takesInterim()) {
            Rewriter.answer(head, door.date().http());
            client.sendInterim(head);
        }
    }

    /** The answer's head; it stays the stream's. */
    public void onAnswerHead(Head head) {
        int status = head.status();
        if (status == 101 && (!upgrade || !requestEnded)) {
            breakBackend(Failure.BAD_ANSWER);
            return;
        }
        long now = door.loop().now();
        journal.firstByte = now;
        journal.status = status;
        leaseOf().firstByte(now);
        answerBegun = true;
        Rewriter.answer(head, door.date().http());
        DebugFields.answer(head, head(), journal, now);
        client.sendHead(head);
        if (status == 101) {
            beginTunnel();
        }
    }

    private void beginTunnel() {
        tunnelling = true;
        journal.upgraded = true;
        requestEnded = false;
        HttpStream stream = backend;
        if (stream != null) {
            stream.tunnel();
        }
        client.tunnel();
    }

    /** Part of the answer's body; takes ownership. */
    public void onAnswerBody(ByteBuf data) {
        journal.bytesOut += data.readableBytes();
        client.sendBody(data);
        if (!client.writable()) {
            HttpStream from = backend;
            if (from != null) {
                from.demand(false);
            }
        }
    }

    /** The answer is whole; trailers stay the stream's. In a tunnel: the backend has ended its side. */
    public void onAnswerEnd(@Nullable Head trailers) {
        answerEnded = true;
        client.sendEnd(trailers);
        if (tunnelling && !requestEnded) {
            return;
        }
        finishAnswered();
    }

    private void finishAnswered() {
        int status = journal.status;
        closeLease(Outcome.ofStatus(status));
        backend = null;
        finish();
    }

    /** The backend's stream is over before the answer was whole, or answered what cannot be passed on. */
    public void onBackendFailed(Failure why, boolean untouched) {
        backend = null;
        boolean stale = reused && !answerBegun && (why == Failure.BACKEND_CLOSED || why == Failure.BACKEND_RESET);
        if (stale && reconnect(untouched)) {
            return;
        }
        Failure failure = stale ? Failure.BACKEND_STALE : why;
        closeLease(Outcome.of(failure));
        if (answerBegun) {
            journal.failure = failure;
            client.cut(failure);
            finish();
        } else {
            retryOrFail(failure, untouched);
        }
    }

    /** The backend's side takes more again. */
    public void onBackendWritable() {
        if (running && !requestEnded) {
            client.demand(true);
        }
    }

    /** Hands what was sent to the client to the kernel. */
    public void flushClient() {
        client.flush();
    }

    /**
     * Whether it waits for the first byte of an answer and another backend could give it one; asked when its backend has
     * gone down, which may still answer.
     */
    public boolean movable() {
        return running && !answerBegun && mayMove(Failure.BACKEND_CLOSED, false) && tryLeft() && anotherTakes();
    }

    private boolean anotherTakes() {
        Target to = target;
        if (to == null || !to.budgets()[door.loop().lane()].left(door.loop().now())) {
            return false;
        }
        for (Backend other : to.pool().roster().eligible()) {
            if (!tried.contains(other) && !other.full()) {
                return true;
            }
        }
        return false;
    }

    // ---- ends ------------------------------------------------------------------

    private void retryOrFail(Failure why, boolean untouched) {
        lastFailure = why;
        Target to = target;
        if (to != null && tryLeft() && mayMove(why, untouched)) {
            long now = door.loop().now();
            if (to.budgets()[door.loop().lane()].take(now)) {
                door.counters().add(Count.RETRIES, 1);
                journal.proof = why.code();
                headToBackend = false;
                acquire(to);
                flushBackend();
                return;
            }
        }
        fail(why);
    }

    /** That a kept connection was closed says nothing about the backend: it is asked again, on a new connection. */
    private boolean reconnect(boolean untouched) {
        Target to = target;
        Lease on = lease;
        if (to == null
                || on == null
                || !on.backend().state().takesNew()
                || !tryLeft()
                || !mayMove(Failure.BACKEND_STALE, untouched)
                || !to.budgets()[door.loop().lane()].take(door.loop().now())) {
            return false;
        }
        door.counters().add(Count.RETRIES, 1);
        journal.proof = Failure.BACKEND_STALE.code();
        journal.tries++;
        headToBackend = false;
        connecting = true;
        door.connector().open(on, to.policy(), this, true);
        return true;
    }

    private boolean tryLeft() {
        Target to = target;
        return to != null && journal.tries <= to.policy().maxRetries() && tried.size() < Tried.MAX;
    }

    /** The proof that sending the request again cannot do its work twice. */
    private boolean mayMove(Failure why, boolean untouched) {
        if (bodyGiven || interims > 0) {
            return false;
        }
        boolean idempotent = head().method().idempotent();
        return switch (why.retry()) {
            case SAFE -> true;
            case IF_UNTOUCHED -> untouched || idempotent;
            case IF_IDEMPOTENT -> untouched || idempotent;
            case NEVER -> false;
        };
    }

    /** Gives the backend's stream up because of what it sent. */
    private void breakBackend(Failure why) {
        HttpStream stream = backend;
        backend = null;
        if (stream != null) {
            stream.cut(why);
        }
        closeLease(Outcome.of(why));
        failOrCut(why);
    }

    private void failOrCut(Failure why) {
        if (answerBegun) {
            journal.failure = why;
            client.cut(why);
            finish();
        } else {
            fail(why);
        }
    }

    private void fail(Failure why) {
        journal.failure = why;
        boolean close = why.side() == Failure.Side.CLIENT || !requestEnded;
        if (!rewritten) {
            Rewriter.identify(head(), client.peer(), door.loop().random());
        }
        reply(door.errors().reply(why, head()), close);
    }

    private void reply(ErrorReplies.Reply reply, boolean close) {
        answerBegun = true;
        answerEnded = true;
        journal.status = reply.status();
        if (head().method() != Method.HEAD) {
            journal.bytesOut += reply.body().length;
        }
        client.sendReply(DebugFields.reply(reply, head(), journal, door.loop().now()), close);
        finish();
        client.flush();
    }

    private void abandonBackend(Failure why) {
        if (connecting) {
            connecting = false;
            door.connector().abandon(this);
        }
        HttpStream stream = backend;
        backend = null;
        if (stream != null) {
            stream.cut(why);
        }
        closeLease(Outcome.of(why));
    }

    private void closeLease(Outcome outcome) {
        Lease open = lease;
        if (open != null) {
            lease = null;
            open.close(outcome, door.loop().now());
        }
    }

    private void finish() {
        running = false;
        ByteBuf body = pendingBody;
        if (body != null) {
            pendingBody = null;
            body.release();
        }
        Head head = head();
        request = null;
        give(requestTrailers);
        requestTrailers = null;
        door.counters().add(Count.ACTIVE, -1);
        journal.finish(door, client.peer(), head, door.loop().now());
        door.loop().heads().give(head);
        client.exchangeDone();
    }

    private Head head() {
        Head head = request;
        if (head == null) {
            throw new IllegalStateException("no exchange is running");
        }
        return head;
    }

    private Lease leaseOf() {
        Lease open = lease;
        if (open == null) {
            throw new IllegalStateException("no lease");
        }
        return open;
    }

    private Backend leasedBackend() {
        return leaseOf().backend();
    }
}
