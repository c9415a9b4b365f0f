package dev.fairlead.net.relay;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.time.Timers;
import dev.fairlead.net.transport.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes between a client and a backend, both ways, as they are. Confined to the event loop of both.
 *
 * <p>A side is read only while the other takes what was read: what waits is at most the other's write buffer and one
 * receive buffer. A side that ends is passed on as such, behind all that came before, and the other way stays open.
 */
final class Relay {
    /** How long a client is read whose backend has gone. */
    private static final long LINGER_NANOS = 500_000_000L;

    /** Who began it. Told on the loop. */
    interface Owner {
        /** The client is there. */
        void opened();

        /** The backend has said its first bytes. */
        void answered();

        /** It is over, told once; {@code null} when both sides have said all they had to. */
        void ended(@Nullable Failure why);

        /** Nothing of the client's connection is left; told once, after {@link #ended}. */
        void closed();
    }

    /**
     * How long things may take, in nanoseconds.
     *
     * @param answer for the backend's first byte; 0 where it need not say any
     * @param idle without a byte in either direction
     * @param last for a client to take what is left for it when all is over
     */
    record Times(long answer, long idle, long last) {}

    private enum State {
        /** There is no backend yet. */
        ALONE,
        OPEN,
        /** All that is left is what waits to be taken. */
        ENDING,
        CLOSED
    }

    private final Loop loop;
    private final Owner owner;
    private final Side client;
    private final Side backend = new Side(null);
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private final Limit limit = new Limit();
    private Times times = new Times(0, Long.MAX_VALUE >> 2, 0);
    private State state = State.ALONE;

    /** @param channel the client's; not read before there is a backend */
    Relay(Loop loop, Channel channel, Owner owner) {
        this.loop = loop;
        this.owner = owner;
        this.client = new Side(channel);
    }

    /** Handles the client's connection. */
    ChannelInboundHandler client() {
        return client;
    }

    /** Handles a connection to a backend from its beginning; for each try one more. */
    ChannelInboundHandler backend() {
        return new Entrance();
    }

    /** Bytes that the client has sent. */
    long fromClient() {
        return client.bytes;
    }

    /** Bytes that the backend has sent. */
    long fromBackend() {
        return backend.bytes;
    }

    /** Takes what the client has said before; owns it. */
    void said(ByteBuf data) {
        client.bytes += data.readableBytes();
        held.add(data);
    }

    /** A backend is connected: it gets what is held, and then the two talk. */
    void join(Channel channel, Times howLong) {
        assert state == State.ALONE : "joined while " + state;
        state = State.OPEN;
        times = howLong;
        backend.channel = channel;
        channel.pipeline().replace(Entrance.class, null, backend);
        ByteBuf data;
        while ((data = held.poll()) != null) {
            backend.put(data);
        }
        channel.flush();
        loop.timers().arm(limit, loop.now() + (times.answer() > 0 ? times.answer() : times.idle()));
        if (client.ended) {
            backend.shutdown();
        }
        client.demand();
    }

    /** Ends it at once. */
    void cut(Failure why) {
        end(why, false);
    }

    private void end(@Nullable Failure why, boolean afterAll) {
        if (state == State.ENDING || state == State.CLOSED) {
            if (!afterAll) {
                client.close();
            }
            return;
        }
        state = State.ENDING;
        release();
        loop.timers().cancel(limit);
        Channel to = backend.channel;
        if (to != null) {
            if (why == null) {
                to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            } else {
                to.close();
            }
        }
        owner.ended(why);
        if (!afterAll) {
            client.close();
            return;
        }
        // Whatever it still sends is read: a socket closed with unread bytes loses what was sent to its peer.
        boolean waits = client.waits();
        client.shutdown();
        if (client.ended) {
            client.closeAfterAll();
        } else {
            client.open().config().setAutoRead(true);
        }
        loop.timers().arm(limit, loop.now() + (waits ? times.last() : LINGER_NANOS));
    }

    private void release() {
        ByteBuf data;
        while ((data = held.poll()) != null) {
            data.release();
        }
    }

    /** The client's connection is closed, whoever closed it. */
    private void gone() {
        if (state == State.CLOSED) {
            return;
        }
        end(Failure.CLIENT_GONE, true);
        state = State.CLOSED;
        loop.timers().cancel(limit);
        Channel to = backend.channel;
        if (to != null) {
            to.close();
        }
        owner.closed();
    }

    private final class Limit extends Timers.Timer {
        @Override
        protected void expire(long now) {
            if (state == State.OPEN) {
                boolean mute = times.answer() > 0 && backend.bytes == 0;
                end(mute ? Failure.FIRST_BYTE_TIMEOUT : Failure.TUNNEL_IDLE, false);
            } else {
                client.close();
            }
        }
    }

    /** A connection to a backend that is not joined yet. */
    private static final class Entrance extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            // Who connects is told before anything is read, and joins or closes.
            ((ByteBuf) message).release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** One of the two connections. */
    private final class Side extends ChannelInboundHandlerAdapter {
        private @Nullable Channel channel;
        private long bytes;
        private boolean tight;

        /** Its peer sends no more. */
        private boolean ended;

        /** It was told that nothing more will be sent. */
        private boolean told;

        /** Something is wrong with it; what it had sent before is still read. */
        private boolean failed;

        private Side(@Nullable Channel channel) {
            this.channel = channel;
        }

        private Channel open() {
            Channel open = channel;
            if (open == null) {
                throw new IllegalStateException("no connection");
            }
            return open;
        }

        private Side other() {
            return this == client ? backend : client;
        }

        private boolean waits() {
            Channel to = open();
            return to.isActive()
                    && to.unsafe().outboundBuffer() != null
                    && to.unsafe().outboundBuffer().totalPendingWriteBytes() > 0;
        }

        private void close() {
            open().close();
        }

        private void closeAfterAll() {
            open().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }

        /** Takes ownership. */
        private void put(ByteBuf data) {
            Channel to = open();
            if (failed || told) {
                data.release();
                return;
            }
            if (tight != loop.buffers().tight()) {
                tight = !tight;
                to.config().setWriteBufferWaterMark(loop.buffers().marks(tight));
            }
            to.write(data, to.voidPromise());
        }

        /** Reads as long as the other side takes it. */
        private void demand() {
            if (state == State.OPEN && !ended) {
                Side to = other();
                open().config().setAutoRead(to.failed || to.open().isWritable());
            }
        }

        /** Ends our half behind everything that was written. */
        private void shutdown() {
            if (told) {
                return;
            }
            told = true;
            Channel to = open();
            to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
                if (done.isSuccess() && to instanceof DuplexChannel duplex && !duplex.isOutputShutdown()) {
                    var _ = duplex.shutdownOutput();
                }
            });
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            loop.refresh();
            if (this == client) {
                owner.opened();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            loop.refresh();
            ByteBuf data = (ByteBuf) message;
            if (state == State.ALONE) {
                said(data);
                return;
            }
            if (state != State.OPEN) {
                data.release();
                return;
            }
            boolean first = this == backend && bytes == 0;
            bytes += data.readableBytes();
            other().put(data);
            if (first) {
                owner.answered();
            }
            if (times.answer() == 0 || backend.bytes > 0) {
                loop.timers().arm(limit, loop.now() + times.idle());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (state == State.OPEN) {
                other().open().flush();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (state == State.OPEN) {
                other().demand();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                loop.refresh();
                ended();
            }
        }

        private void ended() {
            if (ended) {
                return;
            }
            ended = true;
            if (state != State.OPEN) {
                if (this == client && state == State.ENDING) {
                    closeAfterAll();
                }
                return;
            }
            if (this == backend && failed) {
                end(Failure.BACKEND_RESET, true);
            } else if (this == backend && times.answer() > 0 && bytes == 0) {
                end(Failure.BACKEND_CLOSED, true);
            } else if (other().ended) {
                end(null, true);
            } else {
                other().shutdown();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            loop.refresh();
            if (this == client) {
                gone();
            } else if (!ended) {
                ended();
            } else {
                // It ended before, and now takes no more either.
                end(null, true);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            loop.refresh();
            if (this == client) {
                failed = true;
                end(Failure.CLIENT_GONE, false);
            } else if (ended) {
                // It has said all it had to, and no longer listens.
                end(null, true);
            } else if (state == State.OPEN) {
                failed = true;
                // What it said before, and that it is gone, is still to be read.
                open().config().setAutoRead(true);
                client.demand();
            }
        }
    }
}
