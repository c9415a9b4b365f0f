package dev.fairlead.net.http.h1;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadParser;
import dev.fairlead.core.http.HeadParser.Progress;
import dev.fairlead.core.http.HeadRules;
import dev.fairlead.core.http.HeadWriter;
import dev.fairlead.core.http.Known;
import dev.fairlead.core.http.Method;
import dev.fairlead.core.time.Timers;
import dev.fairlead.net.http.ClientStream;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.http.Exchange;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.net.http.HttpDoor;
import dev.fairlead.net.http.Peer;
import dev.fairlead.net.transport.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client connection that speaks HTTP/1: turns bytes into exchanges, one at a time and in order, and answers into bytes.
 *
 * <p>Confined to its event loop. Holds no head and no buffer while it is idle. Reads at most one receive buffer more than
 * is wanted: pipelined requests and bodies nobody takes stay in the kernel, and so does the client's wish to send more.
 */
public final class H1Client extends ChannelInboundHandlerAdapter
        implements ClientStream, BodyReader.Sink, Intake.Taker {
    private static final Logger LOG = LoggerFactory.getLogger(H1Client.class);

    /** How much of a head is looked at in one go, for a large body may follow it. */
    private static final int HEAD_PIECE = 4096;

    /** After the last answer, how long and how much is still read so that the answer is not lost to a reset. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    private static final long LINGER_BYTES = 16L << 20;

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
    private final Intake intake;
    private final Exchange exchange;
    private final BodyReader body;
    private final Deadline deadline = new Deadline();
    private final Peer peer;

    private State state = State.HEAD;
    private @Nullable Head head;
    private long headBegun;
    private int requests;
    private boolean wanted = true;
    private boolean http10;
    private boolean toHead;
    private Framing answerFraming = Framing.NONE;
    private boolean keepAlive;
    private boolean closing;
    private boolean lastFlush;
    private boolean strayLine;
    private long lingered;
    private long pendingAtDeadline;

    /** Its place in the registry; kept by it. */
    int slot = -1;

    H1Client(HttpDoor door, H1Clients registry, Channel channel, Peer peer) {
        this.door = door;
        this.loop = door.loop();
        this.registry = registry;
        this.channel = channel;
        this.peer = peer;
        this.out = new H1Out(loop, channel);
        this.intake = new Intake(channel, this);
        this.exchange = new Exchange(door, this);
        this.body = new BodyReader(this, loop.heads());
    }

    /** A first request has as long as a head has. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        loop.refresh();
        registry.add(this);
        headBegun = loop.now();
        loop.timers().arm(deadline, headBegun + door.policy().headNanos());
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
                readHead(in);
            }
            case BODY -> {
                if (!wanted) {
                    return false;
                }
                loop.timers().arm(deadline, loop.now() + door.policy().bodyNanos());
                body.read(in);
            }
            case ANSWER -> {
                return false;
            }
            case TUNNEL -> {
                if (!wanted) {
                    return false;
                }
                exchange.onRequestBody(in.readRetainedSlice(in.readableBytes()));
            }
            case LINGER -> {
                lingered += in.readableBytes();
                in.skipBytes(in.readableBytes());
                if (lingered > LINGER_BYTES) {
                    closeOrFlush();
                }
            }
            case CLOSED -> in.skipBytes(in.readableBytes());
        }
        return true;
    }

    private void readHead(ByteBuf in) {
        Head reading = head;
        if (reading == null) {
            if (strayLine(in)) {
                return;
            }
            reading = loop.heads().take();
            head = reading;
            if (strayLine) {
                reading.append("\r\n");
            }
            headBegun = loop.now();
            loop.timers().arm(deadline, headBegun + door.policy().headNanos());
        }
        int before = reading.size();
        int length = Math.min(
                Math.min(in.readableBytes(), HEAD_PIECE), door.policy().heads().head() - before);
        in.getBytes(in.readerIndex(), reading.reserve(length), before, length);
        reading.filled(length);
        Progress progress = HeadParser.request(reading, door.policy().heads());
        if (progress == Progress.MORE) {
            in.skipBytes(length);
        } else if (progress == Progress.DONE) {
            in.skipBytes(reading.length() - before);
            reading.dropRest();
            request(reading, HeadRules.request(reading));
        } else if (progress instanceof Progress.Bad(Failure why)) {
            in.skipBytes(length);
            request(reading, why);
        }
    }

    /**
     * Whether all there is is the empty line that some clients send behind a body. It does not begin a request, or the
     * connection would not be idle; the parser sees it in front of the next head, so any split gives the same result.
     */
    private boolean strayLine(ByteBuf in) {
        int at = in.readerIndex();
        if (strayLine || in.readableBytes() != 2 || in.getByte(at) != '\r' || in.getByte(at + 1) != '\n') {
            return false;
        }
        in.skipBytes(2);
        strayLine = true;
        return true;
    }

    private void request(Head whole, @Nullable Failure refused) {
        head = null;
        strayLine = false;
        requests++;
        http10 = whole.http10();
        toHead = whole.method() == Method.HEAD;
        keepAlive =
                refused == null && asksToStay(whole) && requests < door.policy().requestsPerConnection();
        if (refused != null) {
            // Where one request ends and the next begins is not known any more.
            closing = true;
            state = State.BODY;
            body.start(Framing.NONE, 0);
        } else {
            body.start(whole.framing(), whole.contentLength());
            state = body.done() ? State.ANSWER : State.BODY;
        }
        wanted = true;
        if (state == State.ANSWER) {
            loop.timers().pause(deadline);
            if (whole.framing() == Framing.LENGTH) {
                // "Content-Length: 0" is a body that has ended.
                whole.framing(Framing.NONE, 0);
            }
        }
        exchange.begin(whole, headBegun, refused);
    }

    private boolean asksToStay(Head whole) {
        return http10
                ? HeadRules.lists(whole, Known.CONNECTION, "keep-alive")
                : !HeadRules.lists(whole, Known.CONNECTION, "close");
    }

    @Override
    public void body(ByteBuf data) {
        exchange.onRequestBody(data);
    }

    @Override
    public void bodyEnd(@Nullable Head trailers) {
        if (state == State.BODY) {
            state = State.ANSWER;
            if (writable()) {
                loop.timers().pause(deadline);
            } else {
                armWriteDeadline();
            }
        }
        exchange.onRequestEnd(trailers);
    }

    @Override
    public void bodyBroken(Failure why) {
        closing = true;
        exchange.onRequestBroken(why);
    }

    @Override
    public boolean wants() {
        return wanted;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        loop.refresh();
        if (event instanceof ChannelInputShutdownEvent) {
            intake.end();
        }
    }

    @Override
    public void inputEnded() {
        switch (state) {
            // A head in parts will never be whole; between requests this is the ordinary end.
            case HEAD -> closeWhenFlushed();
            case BODY -> {
                exchange.onClientFailed(Failure.CLIENT_GONE);
                close();
            }
            // It may have ended only its own side and still wait for the answer.
            case ANSWER -> keepAlive = false;
            case TUNNEL -> {
                exchange.onRequestEnd(null);
                exchange.flushBackend();
            }
            case LINGER -> closeOrFlush();
            case CLOSED -> {}
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
        if (!(cause instanceof IOException)) {
            LOG.error("client connection {} failed", context.channel().remoteAddress(), cause);
        }
        context.close();
    }

    private void release() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        loop.timers().cancel(deadline);
        intake.release();
        Head reading = head;
        if (reading != null) {
            head = null;
            loop.heads().give(reading);
        }
        body.release();
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
    public boolean takesInterim() {
        return !http10;
    }

    @Override
    public void sendInterim(Head answer) {
        HeadWriter writer = loop.writer();
        writer.answer(answer, Framing.NONE, HeadWriter.Connection.DEFAULT);
        out.head(writer, Framing.NONE, 0, null);
    }

    @Override
    public void sendHead(Head answer) {
        Framing framing = answer.framing();
        if (http10 && framing == Framing.CHUNKED) {
            framing = Framing.UNTIL_CLOSE;
        } else if (!http10 && framing == Framing.UNTIL_CLOSE) {
            framing = Framing.CHUNKED;
        }
        answerFraming = framing;
        HeadWriter writer = loop.writer();
        writer.answer(answer, framing, connection(answer, framing));
        out.head(writer, framing, framing == Framing.LENGTH ? answer.contentLength() : 0, null);
    }

    private HeadWriter.Connection connection(Head answer, Framing framing) {
        if (answer.status() == 101) {
            return HeadWriter.Connection.UPGRADE;
        }
        closing |= !keepAlive || framing == Framing.UNTIL_CLOSE || state == State.BODY || door.draining();
        return connection();
    }

    private HeadWriter.Connection connection() {
        if (closing) {
            return HeadWriter.Connection.CLOSE;
        }
        return http10 ? HeadWriter.Connection.KEEP_ALIVE : HeadWriter.Connection.DEFAULT;
    }

    @Override
    public void sendReply(ErrorReplies.Reply reply, boolean close) {
        closing |= close || !keepAlive || state == State.BODY || door.draining();
        HeadWriter writer = loop.writer();
        writer.reply(reply.status(), reply.reason(), reply.fieldLines(), reply.body(), !toHead, connection());
        out.head(writer, Framing.NONE, 0, null);
    }

    @Override
    public void sendBody(ByteBuf data) {
        out.body(data);
    }

    @Override
    public void sendEnd(@Nullable Head trailers) {
        if (state == State.TUNNEL) {
            out.flushNow();
            shutdownOutput();
            return;
        }
        out.end(http10 ? null : trailers, loop.writer());
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
        wanted = want;
        if (want && !intake.empty()) {
            intake.work();
            exchange.flushBackend();
        }
    }

    @Override
    public void tunnel() {
        out.raw();
        state = State.TUNNEL;
        wanted = true;
        loop.timers().pause(deadline);
        intake.work();
        exchange.flushBackend();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
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
        pendingAtDeadline = pending();
        loop.timers().arm(deadline, loop.now() + door.policy().writeNanos());
    }

    @Override
    public void exchangeDone() {
        switch (state) {
            case BODY -> linger();
            case ANSWER -> {
                if (!keepAlive || closing) {
                    finish();
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
        closing = false;
        wanted = true;
        // Draining may have begun when this answer's head was already out: then the client was not told of the end.
        loop.timers().arm(deadline, loop.now() + (door.draining() ? DRAIN_NANOS : door.policy().idleNanos()));
        if (!intake.empty() || intake.ended()) {
            intake.work();
            exchange.flushBackend();
        }
    }

    private void finish() {
        if (!intake.empty()) {
            linger();
        } else {
            closeWhenFlushed();
        }
    }

    /** Ends our side and reads on for a while: closing with bytes unread would reset the connection and lose the answer. */
    private void linger() {
        state = State.LINGER;
        out.flushNow();
        shutdownOutput();
        loop.timers().arm(deadline, loop.now() + LINGER_NANOS);
        if (intake.ended() && intake.empty()) {
            closeOrFlush();
        } else {
            intake.work();
        }
    }

    private void shutdownOutput() {
        // Behind everything that was written: the empty buffer's promise completes in order.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            if (done.isSuccess() && channel instanceof DuplexChannel duplex && !duplex.isOutputShutdown()) {
                var _ = duplex.shutdownOutput();
            }
        });
    }

    private void closeWhenFlushed() {
        state = State.LINGER;
        lastFlush = true;
        out.flushNow();
        loop.timers().arm(deadline, loop.now() + door.policy().writeNanos());
        pendingAtDeadline = pending();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Nothing more is to be read; what the client has not taken yet must still reach it. */
    private void closeOrFlush() {
        if (pending() == 0) {
            close();
        } else if (!lastFlush) {
            closeWhenFlushed();
        }
    }

    @Override
    public void cut(Failure why) {
        if (answerFraming == Framing.UNTIL_CLOSE) {
            // A reset, for where the body ends with the connection an orderly end would look like a whole answer.
            state = State.LINGER;
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            close();
        } else {
            closeWhenFlushed();
        }
    }

    private void close() {
        channel.close();
    }

    /**
     * The listener is being closed: goes after the present exchange. When idle it goes in a moment, for the next request of
     * a busy client is already on its way and would be lost; if it comes, its answer ends the connection in good order.
     */
    void drain() {
        if (state == State.HEAD && head == null && intake.empty()) {
            loop.timers().arm(deadline, loop.now() + DRAIN_NANOS);
        }
    }

    /** Time is up for everyone. */
    void cutNow() {
        close();
    }

    // ---- time ------------------------------------------------------------------

    /** The one deadline of this connection; what it means depends on the state. */
    private final class Deadline extends Timers.Timer {
        @Override
        protected void expire(long now) {
            switch (state) {
                case HEAD -> headLate();
                case BODY -> {
                    if (!wanted) {
                        loop.timers().arm(this, now + door.policy().bodyNanos());
                    } else {
                        closing = true;
                        exchange.onRequestBroken(Failure.BODY_TIMEOUT);
                    }
                }
                case ANSWER, TUNNEL -> writeLate();
                case LINGER -> {
                    if (!moved()) {
                        close();
                    }
                }
                case CLOSED -> {}
            }
        }
    }

    private void headLate() {
        if (moved()) {
            return;
        }
        Head reading = head;
        if (reading == null) {
            close();
            return;
        }
        request(reading, Failure.HEAD_TIMEOUT);
    }

    private void writeLate() {
        if (channel.isWritable() || moved()) {
            return;
        }
        exchange.onClientFailed(Failure.ANSWER_NOT_READ);
        close();
    }

    /** Whether the client has taken bytes that waited for it, so that it deserves more time. */
    private boolean moved() {
        long pending = pending();
        if (pending > 0 && pending != pendingAtDeadline) {
            armWriteDeadline();
            return true;
        }
        return false;
    }

    private long pending() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        // A large buffer counts as whole until the last of it is taken, so what was taken of it counts apart.
        return waiting == null ? 0 : waiting.totalPendingWriteBytes() - waiting.currentProgress();
    }
}
