package dev.fairlead.net.http;

import dev.fairlead.core.config.RouteConfig.BufferConfig;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.route.Redirect;
import dev.fairlead.core.route.RouteAction;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: from the parsed head, through route, pool, lease and backend stream, to the one line in
 * the access log.
 *
 * <p>Confined to one event loop. Reused by its client connection, one exchange at a time ({@link #begin} to the call of
 * {@link ClientStream#exchangeDone}). Buffers it is given are its own until it hands them to a stream; the request head
 * is its own until the end.
 *
 * <p>Exactly one {@link #finish} for each {@link #begin}, and exactly one close for each lease, whatever
 * happens in between.
 */
public final class Exchange implements Asker {
    private final HttpDoor door;
    private final ClientStream client;
    private final Journal journal = new Journal();
    private final RequestBody body = new RequestBody();
    private final Tries tries;
    private final Answer answer;
    private final Proof proof;
    private final TimeLimit limit;
    private final BackendSide backend;

    private @Nullable Head request;
    private boolean rewritten;
    private boolean upgrade;
    private boolean requestEnded;
    private boolean running;
    private boolean tunnelling;

    public Exchange(HttpDoor door, ClientStream client) {
        this.door = door;
        this.client = client;
        this.tries = new Tries(door, this, client, journal);
        this.answer = new Answer(door, client, journal);
        this.proof = new Proof(tries, body, answer);
        this.limit = new TimeLimit(door.loop(), this);
        this.backend = new BackendSide(door, this, tries, journal);
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
        boolean overloaded = journal.begin(door, begunAt);
        requestEnded = head.framing() == Framing.NONE;
        Failure failure = refused != null ? refused : RequestGuard.check(head, door, overloaded);
        if (failure != null) {
            fail(failure);
            return;
        }
        Redirect toHttps = door.policy().toHttps();
        if (toHttps != null) {
            redirect(toHttps, head);
            return;
        }
        Routing routing = door.routing();
        RouteAction action = routing.match(head);
        if (action == null) {
            fail(Failure.NO_ROUTE);
            return;
        }
        if (!answer.passes(routing.gate(action), head)) {
            fail(Failure.RATE_LIMITED);
            return;
        }
        switch (action) {
            case RouteAction.Forward to -> forward(routing.targets().get(to.index()), head, to.buffer());
            case Redirect redirect -> redirect(redirect, head);
        }
    }

    private void reset() {
        assert !running : "an exchange is still running";
        journal.clear();
        tries.clear();
        answer.clear();
        backend.clear();
        rewritten = upgrade = false;
        requestEnded = tunnelling = false;
    }

    private void redirect(Redirect redirect, Head head) {
        ErrorReplies.Reply elsewhere = answer.redirect(redirect, head);
        if (elsewhere == null) {
            fail(Failure.BAD_HOST);
        } else {
            reply(elsewhere, redirect.status(), !requestEnded);
        }
    }

    private void forward(Target to, Head head, @Nullable BufferConfig buffer) {
        upgrade = Rewriter.asksUpgrade(head);
        limit.begin(to.policy().exchangeNanos());
        RequestKey key = to.key();
        long first =
                key != null ? key.of(head, client.peer()) : door.loop().random().nextLong();
        if (key == null && !Proof.repeats(head)) {
            tries.wary();
        }
        if (buffer != null && Hold.wanted(buffer) && !requestEnded && !upgrade) {
            body.waitIn(new Hold(buffer, door, this, client, tries, journal, to, first), head);
        } else {
            tries.begin(to, first);
        }
    }

    /** It takes too long as a whole, by the fault of whoever it waits for. */
    void late() {
        Failure why = Failure.EXCHANGE_TIMEOUT;
        if (!requestEnded) {
            why = Failure.BODY_TIMEOUT;
        } else if (answer.begun()) {
            // The backend did begin in time: that the rest takes so long is not its fault alone.
            tries.close(Outcome.ofStatus(journal.status));
            why = client.writable() ? Failure.EXCHANGE_TIMEOUT : Failure.ANSWER_NOT_READ;
        }
        backend.abandon(why);
        failOrCut(why);
        client.flush();
    }

    /** The pool gives no backend. */
    void refused(Failure why) {
        fail(why);
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
            backend.abandon(Failure.BODY_TOO_LARGE);
            failOrCut(Failure.BODY_TOO_LARGE);
            return;
        }
        if (body.taken(data)) {
            return;
        }
        HttpStream to = backend.stream();
        if (to != null) {
            body.give(data, to, door.loop().allocator(), proof.replay(head(), backend.reused()));
            if (!to.writable()) {
                client.demand(false);
            }
        } else {
            body.hold(data);
            client.demand(false);
        }
    }

    /** The request is whole; takes ownership of the trailers. In a tunnel: the client has ended its side. */
    public void onRequestEnd(@Nullable Head trailers) {
        if (!running || requestEnded) {
            if (trailers != null) {
                door.loop().heads().give(trailers);
            }
            return;
        }
        requestEnded = true;
        if (body.ended(trailers)) {
            return;
        }
        HttpStream to = backend.stream();
        if (to != null) {
            tries.sent();
            to.sendEnd(trailers);
            if (answer.ended()) {
                finishAnswered();
            }
        }
        // Otherwise the end goes out behind the pending body, once a backend is there.
    }

    /** The client's side takes more again. */
    public void onClientWritable() {
        backend.demand(true);
    }

    /** The client is gone, or must be: its connection is over whatever follows. */
    public void onClientFailed(Failure why) {
        if (!running) {
            return;
        }
        backend.abandon(why);
        if (!answer.begun()) {
            journal.status = why.status();
        }
        journal.failure = why;
        finish();
    }

    /** The client has ended its side, or left altogether. A request that waits for a place is not worth one any more. */
    public void onClientEnded() {
        if (running && tries.waiting()) {
            tries.abandon(Failure.LEFT_QUEUE);
            journal.failure = Failure.LEFT_QUEUE;
            // If it is there after all, it reads that the pool was full.
            reply(errorReply(Failure.QUEUE_TIMEOUT), Failure.LEFT_QUEUE.status(), true);
        }
    }

    /** The request turned out to be bad, or too slow, while its body was read. */
    public void onRequestBroken(Failure why) {
        if (running) {
            backend.abandon(why);
            failOrCut(why);
        }
    }

    /** Whether an exchange is under way. */
    public boolean running() {
        return running;
    }

    /** Hands what was sent to the backend to the kernel. */
    public void flushBackend() {
        backend.flush();
    }

    // ---- the backend's side ----------------------------------------------------

    @Override
    public void onBackendReady(BackendStream stream, boolean kept) {
        tries.connected();
        backend.begin(stream, kept);
        journal.ready = door.loop().now();
        Head head = head();
        if (!rewritten) {
            rewritten = true;
            Rewriter.request(
                    head,
                    client.peer(),
                    upgrade,
                    tries.backend().key().address(),
                    door.loop().random());
        }
        boolean whole = requestEnded;
        if (!whole) {
            tries.sending();
        }
        stream.sendHead(head);
        if (!upgrade) {
            backend.hedge(head);
        }
        if (body.goesTo(stream)) {
            return;
        }
        // May make room at once for the rest of the body, which then sends its end itself.
        boolean held = body.giveHeld(stream, door.loop().allocator(), proof.replay(head(), kept));
        if (whole) {
            stream.sendEnd(body.trailers());
        }
        if (held || !requestEnded) {
            client.demand(stream.writable());
        }
    }

    /** Whether {@code stream} is where the request goes to now. */
    boolean isAt(HttpStream stream) {
        return backend.stream() == stream;
    }

    @Override
    public void onConnectFailed(Failure why) {
        tries.connected();
        tries.close(Outcome.of(why));
        retryOrFail(why, true);
    }

    @Override
    public void onInterim(Head head) {
        // Who waited for the body has sent that one.
        boolean sent = head.status() == 100 && body.waits();
        if (!answer.interim(head, sent)) {
            breakBackend(Failure.BAD_ANSWER);
        }
    }

    @Override
    public void onAnswerHead(Head head) {
        int status = head.status();
        if (status == 101 && (!upgrade || !requestEnded)) {
            breakBackend(Failure.BAD_ANSWER);
            return;
        }
        if (retriedInstead(status)) {
            return;
        }
        long now = door.loop().now();
        journal.firstByte = now;
        journal.status = status;
        tries.firstByte(now, status);
        body.settle();
        if (tries.backend().state().wish() == Wish.DRAIN) {
            // Whoever drains it wants its clients to begin anew, not in the midst of something.
            client.last();
        }
        answer.head(head, head(), now);
        if (status == 101) {
            beginTunnel();
        }
    }

    /** Whether another backend is asked, or was, because of an answer that it may well do better than. */
    private boolean retriedInstead(int status) {
        if (backend.yields(status, door.loop().now())) {
            return true;
        }
        if (!proof.instead(status, head())) {
            return false;
        }
        // Before anything is asked for: it may be there at once.
        backend.cut(Failure.ALL_TRIED);
        body.rewind();
        tries.insteadOf(status, Proof.of(head()));
        return true;
    }

    /** Another backend is about to answer, and the first has not. */
    void onOvertaken() {
        backend.overtaken();
    }

    /** Whether a backend has the request and has not said anything. */
    boolean awaitsHead() {
        return running && backend.stream() != null && !answer.heard();
    }

    private void beginTunnel() {
        tunnelling = true;
        limit.pause();
        journal.upgraded = true;
        requestEnded = false;
        backend.tunnel();
        client.tunnel();
    }

    @Override
    public void onAnswerBody(ByteBuf data) {
        answer.body(data);
        if (!client.writable()) {
            backend.demand(false);
        }
    }

    @Override
    public void onAnswerEnd(@Nullable Head trailers) {
        answer.end(trailers);
        if (tunnelling && !requestEnded) {
            return;
        }
        finishAnswered();
    }

    private void finishAnswered() {
        int status = journal.status;
        tries.close(Outcome.ofStatus(status));
        backend.ended();
        finish();
    }

    @Override
    public void onBackendFailed(Failure why, boolean untouched) {
        backend.ended();
        boolean stale =
                backend.reused() && !answer.begun() && (why == Failure.BACKEND_CLOSED || why == Failure.BACKEND_RESET);
        if (backend.goesOn(Outcome.of(stale ? Failure.BACKEND_STALE : why))) {
            return;
        }
        if (stale && tries.reconnect(proof.rewinds(Failure.BACKEND_STALE, untouched, head()))) {
            return;
        }
        Failure failure = stale ? Failure.BACKEND_STALE : why;
        tries.close(Outcome.of(failure));
        if (answer.begun()) {
            journal.failure = failure;
            client.cut(failure);
            finish();
        } else {
            retryOrFail(failure, untouched);
        }
    }

    @Override
    public void onBackendWritable() {
        if (running && !requestEnded) {
            client.demand(true);
        }
        body.goOn();
    }

    @Override
    public void flushClient() {
        client.flush();
    }

    @Override
    public boolean movable() {
        return running
                && !answer.begun()
                && (backend.twofold()
                        || proof.after(Failure.BACKEND_CLOSED, false, head()) != null && tries.anotherMight());
    }

    // ---- ends ------------------------------------------------------------------

    private void retryOrFail(Failure why, boolean untouched) {
        if (tries.again(why, proof.rewinds(why, untouched, head()))) {
            flushBackend();
        } else {
            fail(why);
        }
    }

    /** Gives the backend's stream up because of what it sent. */
    private void breakBackend(Failure why) {
        backend.cut(why);
        if (backend.goesOn(Outcome.of(why))) {
            return;
        }
        tries.close(Outcome.of(why));
        failOrCut(why);
    }

    private void failOrCut(Failure why) {
        if (answer.begun()) {
            journal.failure = why;
            client.cut(why);
            finish();
        } else {
            fail(why);
        }
    }

    private void fail(Failure why) {
        journal.failure = why;
        // Who asks too often asked well.
        boolean bad = why.side() == Failure.Side.CLIENT && why != Failure.RATE_LIMITED;
        boolean close = bad || !requestEnded;
        reply(errorReply(why), why.status(), close);
    }

    private ErrorReplies.Reply errorReply(Failure why) {
        return answer.error(why, head(), rewritten);
    }

    private void reply(ErrorReplies.Reply reply, int status, boolean close) {
        answer.whole(reply, status, head(), close);
        finish();
        client.flush();
    }

    private void finish() {
        running = false;
        limit.pause();
        backend.end();
        body.clear(door.loop().heads());
        Head head = head();
        request = null;
        journal.finish(door, client.peer(), head, door.loop().now());
        door.loop().heads().give(head);
        client.exchangeDone();
    }

    /** The request's. */
    Head head() {
        Head head = request;
        if (head == null) {
            throw new IllegalStateException("no exchange is running");
        }
        return head;
    }
}
