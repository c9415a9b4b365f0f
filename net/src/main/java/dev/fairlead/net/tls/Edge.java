package dev.fairlead.net.tls;

import dev.fairlead.core.time.Timers;
import dev.fairlead.core.tls.ClientHello;
import dev.fairlead.core.tls.HelloReader;
import dev.fairlead.net.transport.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.internal.tcnative.SSL;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One client connection from being accepted to the end of its handshake. Confined to its event loop. Owns what has arrived
 * until the TLS engine has it.
 *
 * <p>The hello is read by ourselves: the certificate depends on it, and until it is whole a connection costs no engine.
 */
final class Edge extends ChannelInboundHandlerAdapter {
    private static final byte[] PLAIN = plain();

    private static final int ALERT_DECODE_ERROR = 50;
    private static final int ALERT_UNRECOGNIZED_NAME = 112;
    private static final int ALERT_NO_APPLICATION_PROTOCOL = 120;

    /** So many bytes are looked at together. */
    private static final int PIECE = 2048;

    /** How long whoever was refused is read, so that a reset does not overtake the refusal. */
    private static final long LINGER_NANOS = 500_000_000L;

    private static final long DRAIN_NANOS = 250_000_000L;

    private enum State {
        /** The hello is not whole. */
        HELLO,
        /** It is, and waits for its turn. */
        WAITING,
        /** The engine is at work. */
        SHAKING,
        /** It was refused, and told so; what still comes is thrown away. */
        REFUSED,
        DONE
    }

    private final Handshakes registry;
    private final TlsDoor door;
    private final Loop loop;
    private final Turns turns;
    private final Channel channel;
    private final Function<Identity, ChannelInboundHandler> then;
    private final Passing passing;
    private final HelloReader reader = new HelloReader();
    private final Deadline deadline = new Deadline();
    private @Nullable ByteBuf held;
    private State state = State.HELLO;
    private boolean counted;

    /** Its place in the registry; kept by it. */
    int slot = -1;

    Edge(
            Handshakes registry,
            TlsDoor door,
            Loop loop,
            Turns turns,
            Channel channel,
            Function<Identity, ChannelInboundHandler> then,
            Passing passing) {
        this.registry = registry;
        this.door = door;
        this.loop = loop;
        this.turns = turns;
        this.channel = channel;
        this.then = then;
        this.passing = passing;
    }

    private static byte[] plain() {
        String body = "400 Bad Request: this port speaks HTTPS, and plain HTTP was sent\n";
        String head = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store"
                + "\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        loop.timers().arm(deadline, loop.refresh() + door.handshakeNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        loop.refresh();
        ByteBuf data = (ByteBuf) message;
        if (state != State.HELLO) {
            // Behind a hello nothing is read; of who was refused nothing is wanted.
            data.release();
            return;
        }
        HelloReader.State now = read(data);
        ByteBuf before = held;
        // Copied: thousands of single bytes, each around the one before, would be deeper than a stack.
        held = before == null ? data : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(channel.alloc(), before, data);
        switch (now) {
            case MORE -> {}
            case WHOLE -> {
                state = State.WAITING;
                channel.config().setAutoRead(false);
                ClientHello hello = reader.hello();
                String pool = door.passed().pool(hello.serverName());
                if (pool == null) {
                    turns.take(this);
                } else {
                    // Costs nothing that it would have to wait its turn for.
                    pass(pool, hello);
                }
            }
            case NOT_TLS -> refuse(HandshakeResult.NOT_TLS, speaksHttp() ? PLAIN : new byte[0]);
            case BAD -> refuse(HandshakeResult.BAD_HELLO, alert(ALERT_DECODE_ERROR));
        }
    }

    private HelloReader.State read(ByteBuf data) {
        byte[] bytes = new byte[Math.min(data.readableBytes(), PIECE)];
        HelloReader.State now = HelloReader.State.MORE;
        for (int at = data.readerIndex(); at < data.writerIndex() && now == HelloReader.State.MORE; at += PIECE) {
            int part = Math.min(PIECE, data.writerIndex() - at);
            data.getBytes(at, bytes, 0, part);
            now = reader.feed(bytes, 0, part);
        }
        return now;
    }

    /** Whether it began as methods do. */
    private boolean speaksHttp() {
        ByteBuf in = held;
        byte first = in == null || !in.isReadable() ? 0 : in.getByte(in.readerIndex());
        return first >= 'A' && first <= 'Z';
    }

    /** Whether it still waits for its turn. */
    boolean waits() {
        return state == State.WAITING;
    }

    /** It is its turn. */
    void begin() {
        ClientHello hello = reader.hello();
        CertStore.Entry entry = door.store().get().answers(hello);
        if (entry == null) {
            refuse(HandshakeResult.UNKNOWN_NAME, alert(ALERT_UNRECOGNIZED_NAME));
            return;
        }
        if (!hello.protocols().isEmpty() && hello.protocols().stream().noneMatch(CertStore.PROTOCOLS::contains)) {
            refuse(HandshakeResult.NO_PROTOCOL, alert(ALERT_NO_APPLICATION_PROTOCOL));
            return;
        }
        state = State.SHAKING;
        SslHandler engine = entry.context().newHandler(channel.alloc());
        staple(engine, entry.staple());
        // The deadline is ours.
        engine.setHandshakeTimeout(0, TimeUnit.MILLISECONDS);
        ByteBuf in = held;
        held = null;
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addFirst(engine);
        if (in != null) {
            pipeline.fireChannelRead(in);
            pipeline.fireChannelReadComplete();
        }
        channel.config().setAutoRead(true);
    }

    /** What there is at this moment; the engine shows it to who asks for it. */
    private void staple(SslHandler engine, @Nullable Staple staple) {
        byte[] answer = staple == null ? null : staple.at(loop.epochMillis());
        if (answer != null && engine.engine() instanceof ReferenceCountedOpenSslEngine boring) {
            boring.setOcspResponse(answer);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        loop.refresh();
        if (event instanceof SslHandshakeCompletionEvent handshake && state == State.SHAKING) {
            if (handshake.isSuccess()) {
                succeed();
            } else {
                boolean gone = handshake.cause() instanceof ClosedChannelException;
                end(gone ? HandshakeResult.GONE : HandshakeResult.FAILED);
            }
        } else if (event instanceof ChannelInputShutdownEvent && state != State.DONE) {
            end(HandshakeResult.GONE);
            channel.close();
        }
    }

    /** Somebody else speaks TLS with this client: all there is to do is to hand over what it has said. */
    private void pass(String pool, ClientHello hello) {
        ByteBuf said = held;
        String name = hello.serverName();
        if (said == null || name == null) {
            throw new IllegalStateException("a name without a hello");
        }
        held = null;
        end(HandshakeResult.PASSED);
        become(passing.pass(pool, name, said));
    }

    private void succeed() {
        SslHandler engine = channel.pipeline().get(SslHandler.class);
        boolean resumed = engine.engine() instanceof ReferenceCountedOpenSslEngine boring
                && SSL.isSessionReused(boring.sslPointer());
        end(resumed ? HandshakeResult.RESUMED : HandshakeResult.FULL);
        become(then.apply(Identity.of(engine.engine().getSession())));
    }

    private void become(ChannelInboundHandler next) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.replace(this, null, next);
        try {
            next.channelActive(pipeline.context(next));
        } catch (Exception e) {
            pipeline.fireExceptionCaught(e);
        }
    }

    /** Tells a client why not, and ends the connection when it has had time to read that. */
    private void refuse(HandshakeResult why, byte[] words) {
        count(why);
        release();
        state = State.REFUSED;
        if (words.length == 0) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(true);
        loop.timers().arm(deadline, loop.now() + LINGER_NANOS);
        channel.writeAndFlush(channel.alloc().directBuffer(words.length).writeBytes(words))
                .addListener(done -> {
                    if (done.isSuccess() && channel instanceof DuplexChannel duplex) {
                        var _ = duplex.shutdownOutput();
                    } else {
                        channel.close();
                    }
                });
    }

    /** A fatal alert, RFC 8446 section 6. */
    private static byte[] alert(int description) {
        return new byte[] {21, 3, 3, 0, 2, 2, (byte) description};
    }

    /** It is over; the connection may go on. */
    private void end(HandshakeResult result) {
        count(result);
        state = State.DONE;
        loop.timers().cancel(deadline);
        registry.remove(this);
        release();
    }

    private void count(HandshakeResult result) {
        if (!counted) {
            counted = true;
            door.counters().ended(loop.lane(), result);
        }
    }

    private void release() {
        ByteBuf in = held;
        if (in != null) {
            held = null;
            in.release();
        }
    }

    /** The listener is being closed. */
    void drain() {
        if (state == State.HELLO && held == null) {
            loop.timers().arm(deadline, loop.now() + DRAIN_NANOS);
        }
    }

    /** Time is up for everyone. */
    void cut() {
        end(HandshakeResult.GONE);
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.refresh();
        if (state != State.DONE) {
            end(HandshakeResult.GONE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // Whatever it was, it came from outside; the engine has said what there is to say about it.
        if (state != State.DONE) {
            end(HandshakeResult.FAILED);
        }
        channel.close();
    }

    /** How long all of it may take. */
    private final class Deadline extends Timers.Timer {
        @Override
        protected void expire(long now) {
            end(HandshakeResult.LATE);
            channel.close();
        }
    }
}
