package dev.fairlead.net.http.h1;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.time.Timers;
import dev.fairlead.net.http.ClientPolicy;
import dev.fairlead.net.http.ClientStream;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.http.Exchange;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.net.http.HttpDoor;
import dev.fairlead.net.http.Peer;
import dev.fairlead.net.transport.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client connection that speaks HTTP/1: turns bytes into exchanges, one at a time and in order, and answers into bytes.
 *
 * <p>Confined to its event loop. Holds no head and no buffer while it is idle. Reads at most one receive buffer more than
 * is wanted: pipelined requests and bodies nobody takes stay in the kernel, and so does the client's wish to send more.
 */
public final class H1Client extends ChannelInboundHandlerAdapter implements ClientStream, Intake.Taker {
    private static final Logger LOG = LoggerFactory.getLogger(H1Client.class);

    /** How long an idle connection is left to a client that has not heard of the end. */
    private static final long DRAIN_NANOS = 250_000_000L;

    private enum State {
        /** Waiting for a request's head, or reading it. */
        HEAD,
        /** Reading a request's body. */
        BODY,
        /** The request is whole; its answer is not. */
        ANSWER,
        TUNNEL,
        /** Nothing more is to come of this connection; what the client still sends is thrown away. */
        LINGER,
        CLOSED
    }

    private final HttpDoor door;
    private final Loop loop;
    private final H1Clients registry;
    private final Channel channel;
    private final H1Out out;
    private final AnswerWriter answers;
    private final Intake intake;
    private final Exchange exchange;
    private final RequestReader requests;
    private final Deadline deadline = new Deadline();
    private final Reading reading;
    private final Farewell farewell;
    private final Peer peer;

    private State state = State.HEAD;

    /** Its place in the registry; kept by it. */
    int slot = -1;

    H1Client(HttpDoor door, H1Clients registry, Channel channel, Peer peer) {
        this.door = door;
        this.loop = door.loop();
        this.registry = registry;
        this.channel = channel;
        this.peer = peer;
        this.out = new H1Out(loop, channel);
        this.answers = new AnswerWriter(out, loop);
        ClientPolicy policy = door.policy();
        this.reading = new Reading(channel, out, door.counters(), policy.writeRate());
        this.farewell = new Farewell(loop, channel, out, answers, deadline, policy);
        this.intake = new Intake(channel, this);
        this.exchange = new Exchange(door, this);
        this.requests = new RequestReader(this, door, exchange, answers, deadline);
    }

    /** A first request has as long as a head has. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        loop.refresh();
        registry.add(this);
        requests.connected();
        arm(door.draining() ? DRAIN_NANOS : door.policy().headNanos());
    }

    // ---- bytes in --------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        loop.refresh();
        intake.arrived((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        exchange.flushBackend();
        out.flush();
    }

    @Override
    public boolean take(ByteBuf in) {
        switch (state) {
            case HEAD -> {
                // Who does not read his answers may ask for no more of them.
                if (!channel.isWritable()) {
                    return false;
                }
                requests.readHead(in);
            }
            case BODY -> {
                if (!requests.wants()) {
                    return false;
                }
                requests.readBody(in);
                if (state == State.BODY) {
                    requests.awaitBody();
                }
            }
            case ANSWER -> {
                return false;
            }
            case TUNNEL -> {
                if (!requests.wants()) {
                    return false;
                }
                exchange.onRequestBody(in.readRetainedSlice(in.readableBytes()));
            }
            case LINGER -> farewell.swallow(in);
            case CLOSED -> in.skipBytes(in.readableBytes());
        }
        return true;
    }

    /** A request's head is whole, or given up. */
    void requestBegun(boolean bodyFollows) {
        state = bodyFollows ? State.BODY : State.ANSWER;
    }

    /** The request has been read to its end. */
    void requestRead() {
        if (state == State.BODY) {
            state = State.ANSWER;
            if (writable()) {
                loop.timers().pause(deadline);
            } else {
                armWriteDeadline();
            }
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        loop.refresh();
        if (event instanceof ChannelInputShutdownEvent) {
            intake.end();
        } else if (event instanceof SslCloseCompletionEvent && state != State.LINGER) {
            // With TLS there is no half that stays open: nobody waits for an answer any more.
            context.close();
        }
    }

    @Override
    public void inputEnded() {
        switch (state) {
            // A head in parts will never be whole; between requests this is the ordinary end.
            case HEAD -> closeWhenFlushed();
            case BODY -> {
                exchange.onClientFailed(Failure.CLIENT_GONE);
                farewell.close();
            }
            // It may have ended only its own side and still wait for the answer.
            case ANSWER -> {
                answers.last();
                exchange.onClientEnded();
            }
            case TUNNEL -> {
                exchange.onRequestEnd(null);
                exchange.flushBackend();
            }
            case LINGER -> farewell.closeOrFlush();
            case CLOSED -> {}
        }
    }

    @Override
    public void inputEnding() {
        if (state == State.BODY || state == State.ANSWER) {
            exchange.onClientEnded();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.refresh();
        release();
        if (exchange.running()) {
            exchange.onClientFailed(Failure.CLIENT_GONE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean badTls = cause instanceof DecoderException && cause.getCause() instanceof SSLException;
        if (!(cause instanceof IOException) && !badTls) {
            LOG.error("client connection {} failed", context.channel().remoteAddress(), cause);
            try {
                abandon(Failure.INTERNAL);
            } finally {
                // Whatever state the exception left behind, the connection must not stay open.
                context.close();
            }
            return;
        }
        context.close();
    }

    private void release() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        reading.over();
        loop.timers().cancel(deadline);
        intake.release();
        requests.release();
        out.discard();
        registry.remove(this);
        door.counters().add(Count.CONNECTIONS_CLOSED, 1);
    }

    // ---- answers out -----------------------------------------------------------

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public boolean ending() {
        return intake.ending();
    }

    @Override
    public boolean takesInterim() {
        return answers.takeInterim();
    }

    @Override
    public void last() {
        answers.last();
    }

    @Override
    public void sendInterim(Head answer) {
        answers.interim(answer);
        // A client that waits for "100 Continue" begins its body only now.
        armBody();
    }

    @Override
    public void sendHead(Head answer) {
        if (state == State.BODY || door.draining()) {
            answers.last();
        }
        answers.head(answer);
    }

    @Override
    public void sendReply(ErrorReplies.Reply reply, boolean close) {
        if (close || state == State.BODY || door.draining()) {
            answers.last();
        }
        answers.reply(reply);
    }

    @Override
    public void sendBody(ByteBuf data) {
        out.body(data);
    }

    @Override
    public void sendEnd(@Nullable Head trailers) {
        if (state == State.TUNNEL) {
            out.shutdown();
            return;
        }
        answers.end(trailers);
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
    public void demand(boolean want) {
        if (want && !requests.wants()) {
            armBody();
        }
        requests.demand(want);
        if (want && !intake.empty()) {
            intake.work();
            exchange.flushBackend();
        }
    }

    private void armBody() {
        if (state == State.BODY) {
            requests.allowBody();
        }
    }

    @Override
    public void tunnel() {
        out.raw();
        state = State.TUNNEL;
        requests.demand(true);
        loop.timers().pause(deadline);
        intake.work();
        exchange.flushBackend();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (state == State.CLOSED) {
            return;
        }
        reading.changed();
        if (context.channel().isWritable()) {
            exchange.onClientWritable();
            if (state == State.HEAD && !intake.empty()) {
                intake.work();
                exchange.flushBackend();
            }
        } else if (state == State.ANSWER || state == State.TUNNEL) {
            armWriteDeadline();
        }
    }

    private void armWriteDeadline() {
        reading.look();
        arm(door.policy().writeNanos());
    }

    @Override
    public void exchangeDone() {
        switch (state) {
            case BODY -> linger();
            case ANSWER -> {
                if (requests.leaves() && intake.empty()) {
                    // It said that nothing more comes, so nothing can be lost to a reset.
                    closeWhenFlushed();
                } else if (answers.isLast()) {
                    linger();
                } else {
                    next();
                }
            }
            case TUNNEL -> closeWhenFlushed();
            case HEAD, LINGER, CLOSED -> {}
        }
    }

    private void next() {
        state = State.HEAD;
        requests.demand(true);
        // Draining may have begun when this answer's head was already out: then the client was not told of the end.
        arm(door.draining() ? DRAIN_NANOS : door.policy().idleNanos());
        if (!intake.empty() || intake.ended()) {
            intake.work();
            exchange.flushBackend();
        }
    }

    private void linger() {
        state = State.LINGER;
        farewell.begin();
        if (intake.ended() && intake.empty()) {
            farewell.closeOrFlush();
        } else {
            intake.work();
        }
    }

    private void closeWhenFlushed() {
        state = State.LINGER;
        farewell.closeWhenFlushed();
    }

    @Override
    public void cut(Failure why) {
        // A reset goes on as one, unless it would take bytes along that the client has not had yet.
        boolean tunnelReset = state == State.TUNNEL && why == Failure.BACKEND_RESET && out.pending() == 0;
        if (answers.untilClose() || tunnelReset) {
            state = State.LINGER;
            farewell.reset();
        } else {
            closeWhenFlushed();
        }
    }

    /**
     * The listener is being closed: goes after the present exchange. When idle it goes in a moment, for the next request of
     * a busy client is already on its way and would be lost; if it comes, its answer ends the connection in good order.
     */
    void drain() {
        if (state == State.HEAD && !requests.begun() && intake.empty()) {
            arm(DRAIN_NANOS);
        }
    }

    /** Time is up for everyone. */
    void cutNow() {
        abandon(Failure.STOPPING);
    }

    // ---- time ------------------------------------------------------------------

    /** The one deadline of this connection; what it means depends on the state. */
    private final class Deadline extends Timers.Timer {
        @Override
        protected void expire(long now) {
            switch (state) {
                case HEAD -> headLate();
                case BODY -> bodyLate(now);
                case ANSWER, TUNNEL -> writeLate();
                case LINGER -> farewell.late(now);
                case CLOSED -> {}
            }
        }
    }

    private void arm(long nanos) {
        loop.timers().arm(deadline, loop.now() + nanos);
    }

    private void headLate() {
        if (requests.begun()) {
            requests.headLate();
        } else if (out.pending() > 0 && reading.wrong(door.policy().writeNanos()) == null) {
            armWriteDeadline();
        } else {
            if (out.pending() == 0) {
                requests.nothingCame();
            }
            farewell.close();
        }
    }

    /** Nobody has to send the rest of a body that is answered already, but then he has to take the answer. */
    private void bodyLate(long now) {
        if (requests.wants() && !answers.begun()) {
            requests.bodyLate(now);
            return;
        }
        Failure why = channel.isWritable() ? null : reading.wrong(door.policy().bodyNanos());
        if (why == null) {
            reading.look();
            armBody();
        } else {
            abandon(why);
        }
    }

    /** What is tunnelled has a pace of its own, as long as it moves. */
    private void writeLate() {
        if (channel.isWritable()) {
            return;
        }
        Failure why = reading.wrong(door.policy().writeNanos());
        if (why == null || state == State.TUNNEL && why == Failure.ANSWER_READ_TOO_SLOW) {
            armWriteDeadline();
        } else {
            abandon(why);
        }
    }

    /** Ends exchange and connection where they stand. */
    private void abandon(Failure why) {
        if (state == State.CLOSED) {
            return;
        }
        boolean visible = !answers.untilClose() || !exchange.running();
        // Before the exchange ends, which would otherwise end the connection in good order.
        state = State.LINGER;
        exchange.onClientFailed(why);
        if (visible) {
            farewell.close();
        } else {
            farewell.reset();
        }
    }
}
