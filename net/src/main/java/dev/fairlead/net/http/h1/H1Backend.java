package dev.fairlead.net.http.h1;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.Timers;
import dev.fairlead.net.http.Asker;
import dev.fairlead.net.http.BackendStream;
import dev.fairlead.net.http.PoolPolicy;
import dev.fairlead.net.transport.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a backend that speaks HTTP/1.1: one exchange at a time, then back to those kept.
 *
 * <p>Confined to its event loop. It goes back only when nothing about it is in doubt: the request went out whole, the
 * answer came in whole and framed, not a byte is left over, and neither side wants to close. Anything else closes it.
 */
public final class H1Backend extends ChannelInboundHandlerAdapter implements BackendStream, Intake.Taker {
    private static final Logger LOG = LoggerFactory.getLogger(H1Backend.class);

    /**
     * A kept connection that was being closed while a request was on its way shows it within a round trip; whoever closes one
     * later has worked on the request. The rest is for networks that lose packets.
     */
    private static final long CROSSING_NANOS = 1_000_000_000L;

    /** Where a connection goes when it is free again. */
    public interface Home {
        /** Keeps it; it is idle and sound. */
        void keep(H1Backend connection);

        /** Forgets it; it is closed. */
        void gone(H1Backend connection);
    }

    private enum State {
        IDLE,
        /** Sending the request, waiting for the answer's head. */
        WAITING,
        /** Reading the answer's body. */
        BODY,
        TUNNEL,
        CLOSED
    }

    private final Loop loop;
    private final Backend backend;
    private final PoolPolicy policy;
    private final Home home;
    private final Channel channel;
    private final H1Out out;
    private final Intake intake;
    private final RequestWriter requests;
    private final AnswerReader answers;
    private final Deadline deadline = new Deadline();

    private State state = State.IDLE;
    private final boolean secure;
    private boolean reading;
    private boolean reset;

    /** Whether the backend has said that it ends, which with TLS is more than that its socket does. */
    private boolean said;

    private boolean kept;
    private long idleSince;
    private long startedAt;

    /** Its place among all connections of its home; kept by it. */
    public int slot = -1;

    /** @param secure whether it is spoken to with TLS */
    public H1Backend(Loop loop, Backend backend, PoolPolicy policy, Home home, Channel channel, boolean secure) {
        this.secure = secure;
        this.loop = loop;
        this.backend = backend;
        this.policy = policy;
        this.home = home;
        this.channel = channel;
        this.out = new H1Out(loop, channel);
        this.intake = new Intake(channel, this);
        this.requests = new RequestWriter(out, loop, channel);
        this.answers = new AnswerReader(this, intake, loop.heads());
    }

    public Backend backend() {
        return backend;
    }

    /** Whether it can take an exchange. */
    public boolean usable() {
        return state == State.IDLE && !intake.ended() && channel.isActive();
    }

    /** Begins an exchange on it. */
    public void start(Asker with) {
        assert state == State.IDLE : "taken while " + state;
        answers.begin(with);
        state = State.WAITING;
        startedAt = loop.now();
        requests.begin();
        loop.timers().arm(deadline, loop.now() + policy.firstByteNanos());
        with.onBackendReady(this, kept);
    }

    /** Waits for its next exchange, for as long as connections are kept. */
    public void keep() {
        kept = true;
        idleSince = loop.now();
        long most = backend.idleLimit().keep(policy.keptNanos(), policy.mostKeptNanos());
        loop.timers().arm(deadline, idleSince + most);
        home.keep(this);
    }

    /** The exchange on it, when that may be given to another backend; asked when this backend has gone down. */
    public void moveIfWaiting() {
        Asker with = answers.asker();
        if (state == State.WAITING && with != null && with.movable()) {
            fail(unheard(Failure.BACKEND_CLOSED));
        }
    }

    /** Why the exchange ends with the connection: where no byte was heard of a kept one, mostly because that was closed. */
    private Failure unheard(Failure why) {
        boolean crossed = kept && !answers.heard() && loop.now() - startedAt < CROSSING_NANOS;
        return crossed ? Failure.BACKEND_STALE : why;
    }

    /** Ends whatever it does: its backend's time is over. */
    public void cutNow() {
        if (answers.asker() == null) {
            close();
        } else {
            fail(Failure.DRAIN_CUT);
        }
    }

    /** Closes it if it is idle. */
    public void closeIfIdle() {
        if (state == State.IDLE) {
            close();
        }
    }

    // ---- requests out ----------------------------------------------------------

    @Override
    public void sendHead(Head request) {
        answers.expect(request);
        requests.head(request, kept);
    }

    @Override
    public void sendInterim(Head answer) {
        throw new IllegalStateException("interim answers go to clients");
    }

    @Override
    public void sendBody(ByteBuf data) {
        out.body(data);
        if (state == State.TUNNEL) {
            armTunnel();
        } else if (state == State.BODY) {
            // The answer may be waiting for the rest of the request.
            loop.timers().arm(deadline, loop.now() + policy.idleNanos());
        }
    }

    @Override
    public void sendEnd(@Nullable Head trailers) {
        if (state == State.TUNNEL) {
            endTunnelSide();
            return;
        }
        requests.end(trailers);
        if (state == State.WAITING) {
            loop.timers().arm(deadline, loop.now() + policy.firstByteNanos());
        }
    }

    /** The client has ended its side of the tunnel: so do we, or altogether when the backend has ended its own. */
    private void endTunnelSide() {
        boolean both = intake.ended() && intake.empty();
        if (both) {
            answers.leave();
        }
        requests.endTunnel(both);
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Asker with = answers.asker();
        if (with == null || state == State.CLOSED) {
            return;
        }
        if (channel.isWritable()) {
            if (state == State.WAITING) {
                loop.timers().arm(deadline, loop.now() + policy.firstByteNanos());
            }
            with.onBackendWritable();
        } else if (state == State.WAITING) {
            out.mark();
            loop.timers().arm(deadline, loop.now() + policy.idleNanos());
        }
    }

    @Override
    public void tunnel() {
        state = State.TUNNEL;
        requests.tunnel();
        armTunnel();
    }

    private void armTunnel() {
        loop.timers().arm(deadline, loop.now() + policy.tunnelNanos());
    }

    @Override
    public void passTo(Asker other) {
        answers.passTo(other);
    }

    @Override
    public void cut(Failure why) {
        answers.leave();
        close();
    }

    // ---- answers in ------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        loop.refresh();
        reading = true;
        intake.arrived((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        if (state == State.IDLE && !kept) {
            keep();
        }
        answers.flush();
    }

    @Override
    public boolean take(ByteBuf in) {
        switch (state) {
            case IDLE -> {
                // Nobody asked: whatever it is, it must not become the next request's answer.
                in.skipBytes(in.readableBytes());
                close();
            }
            case WAITING -> {
                if (out.headFlushed()) {
                    answers.readHead(in);
                } else {
                    // It cannot be the answer to a request that has not gone out: never give it to whoever comes next.
                    in.skipBytes(in.readableBytes());
                    fail(unheard(Failure.BACKEND_CLOSED));
                }
            }
            case BODY -> {
                if (!answers.wants()) {
                    return false;
                }
                loop.timers().arm(deadline, loop.now() + policy.idleNanos());
                answers.readBody(in);
            }
            case TUNNEL -> {
                if (!answers.wants()) {
                    return false;
                }
                if (answers.asker() != null) {
                    armTunnel();
                }
                answers.tunnelled(in);
            }
            case CLOSED -> in.skipBytes(in.readableBytes());
        }
        return true;
    }

    /** The answer's head is whole and sound. */
    void answerBegun(boolean bodyFollows) {
        state = State.BODY;
        if (bodyFollows) {
            loop.timers().arm(deadline, loop.now() + policy.idleNanos());
        }
    }

    /** The answer is whole. */
    void complete(@Nullable Head trailers) {
        Asker with = answers.telling();
        if (with == null) {
            return;
        }
        answers.leave();
        boolean sound = answers.keepsAlive() && requests.ended() && !intake.ended() && channel.isActive();
        if (sound) {
            state = State.IDLE;
            // While a read is under way more may follow, which would be taken for the next exchange's answer.
            kept = false;
            if (!reading) {
                keep();
            }
        } else {
            close();
        }
        with.onAnswerEnd(trailers);
    }

    @Override
    public void demand(boolean want) {
        if (want && state == State.BODY) {
            loop.timers().arm(deadline, loop.now() + policy.idleNanos());
        }
        answers.demand(want);
    }

    // ---- ends ------------------------------------------------------------------

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        loop.refresh();
        if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
            said = true;
            intake.end();
            answers.flush();
        } else if (event instanceof ChannelInputShutdownEvent && !said) {
            intake.end();
            answers.flush();
        }
    }

    @Override
    public void inputEnded() {
        switch (state) {
            case IDLE -> {
                if (kept && !reset) {
                    backend.idleLimit().closed(loop.now() - idleSince, loop.now());
                }
                close();
            }
            case WAITING -> fail(unheard(reset ? Failure.BACKEND_RESET : Failure.BACKEND_CLOSED));
            case BODY -> {
                // Anyone on the way can end a socket: what ends with it is whole only if the backend said so.
                if (!reset && (said || !secure) && answers.endsHere()) {
                    complete(null);
                } else {
                    fail(Failure.ANSWER_TRUNCATED);
                }
            }
            case TUNNEL -> {
                Asker with = answers.telling();
                if (with != null) {
                    if (reset) {
                        fail(Failure.BACKEND_RESET);
                    } else if (requests.ended()) {
                        answers.leave();
                        out.close();
                        with.onAnswerEnd(null);
                    } else {
                        with.onAnswerEnd(null);
                    }
                }
            }
            case CLOSED -> {}
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.refresh();
        intake.gone();
        if (intake.empty() || state == State.WAITING || state == State.IDLE) {
            inputEnded();
            answers.flush();
        } else {
            // Closed under bytes that the client has not taken yet: what they say still counts.
            answers.lastWords();
            intake.work();
            if (state != State.CLOSED) {
                inputEnded();
            }
            answers.flush();
        }
        if (answers.asker() != null) {
            // A tunnel of which the client has not ended its side.
            fail(Failure.BACKEND_CLOSED);
        }
        release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof NotYetConnectedException) {
            // An event of a closed socket whose number this one got; how the connecting goes is told elsewhere.
            return;
        }
        if (cause instanceof ChannelOutputShutdownException || cause instanceof ClosedChannelException) {
            // Only our own side is over. An answer may have been sent before the reset, but never believe its end.
            reset = true;
            return;
        }
        boolean badTls = cause instanceof DecoderException && cause.getCause() instanceof SSLException;
        if (cause instanceof IOException || badTls) {
            reset = true;
        } else {
            LOG.error("connection to backend {} failed", backend.key(), cause);
        }
        channel.close();
    }

    /** Ends the exchange, if there is one, and the connection. */
    void fail(Failure why) {
        Asker with = answers.leave();
        boolean untouched = requests.untouched();
        close();
        if (with != null) {
            with.onBackendFailed(why, untouched);
            with.flushClient();
        }
    }

    void close() {
        if (state != State.CLOSED) {
            State before = state;
            state = State.CLOSED;
            if (before == State.IDLE) {
                home.gone(this);
            }
            channel.close();
        }
    }

    private void release() {
        state = State.CLOSED;
        loop.timers().cancel(deadline);
        intake.release();
        answers.release();
        out.discard();
        home.gone(this);
    }

    /** The one deadline of this connection; what it means depends on the state. */
    private final class Deadline extends Timers.Timer {
        @Override
        protected void expire(long now) {
            switch (state) {
                case IDLE -> close();
                case WAITING -> {
                    if (!channel.isWritable() && out.moved()) {
                        out.mark();
                        loop.timers().arm(this, now + policy.idleNanos());
                    } else if (requests.ended() || !channel.isWritable()) {
                        fail(Failure.FIRST_BYTE_TIMEOUT);
                    } else {
                        // The client is the slow one, and has a deadline of its own.
                        loop.timers().arm(this, now + policy.firstByteNanos());
                    }
                }
                case BODY -> {
                    if (answers.awaited()) {
                        fail(Failure.ANSWER_STALLED);
                    } else {
                        loop.timers().arm(this, now + policy.idleNanos());
                    }
                }
                case TUNNEL -> fail(Failure.TUNNEL_IDLE);
                case CLOSED -> {}
            }
        }
    }
}
