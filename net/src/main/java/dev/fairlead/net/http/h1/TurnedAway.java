package dev.fairlead.net.http.h1;

import dev.fairlead.core.time.Timers;
import dev.fairlead.net.transport.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * Tells clients on plain HTTP/1 connections that there is no room for them: a constant 503, without having read their
 * request, then the end. Confined to its event loop.
 *
 * <p>Being told costs little but not nothing: {@value #MOST} a second are, and have a socket for {@value #LINGER_MILLIS} ms
 * at most; more are closed without a word.
 */
final class TurnedAway {
    /** So many a second on each loop. */
    private static final int MOST = 64;

    /** Closing with a request unread resets the connection, which may overtake the answer: so that comes a while after. */
    private static final long LINGER_MILLIS = 500;

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;

    private static final byte[] ANSWER = answer();

    private final Loop loop;
    private long began;
    private int told;

    TurnedAway(Loop loop) {
        this.loop = loop;
    }

    private static byte[] answer() {
        String body = "503 Service Unavailable: there are too many connections\n";
        String head =
                "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store"
                        + "\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends away whoever has just connected here. */
    void sendAway(Channel channel) {
        long now = loop.refresh();
        if (told == 0 || now - began >= SECOND) {
            began = now;
            told = 0;
        }
        if (told == MOST) {
            channel.close();
            return;
        }
        told++;
        channel.config().setAutoRead(false);
        channel.pipeline().addLast(new Leaving(channel));
    }

    /** One connection that is told. */
    private final class Leaving extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final Deadline deadline = new Deadline();

        private final class Deadline extends Timers.Timer {
            @Override
            protected void expire(long now) {
                channel.close();
            }
        }

        private Leaving(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            loop.timers().arm(deadline, loop.refresh() + LINGER_MILLIS * MILLI);
            var answer = loop.allocator().directBuffer(ANSWER.length).writeBytes(ANSWER);
            channel.writeAndFlush(answer).addListener(done -> {
                if (done.isSuccess() && channel instanceof DuplexChannel duplex) {
                    var _ = duplex.shutdownOutput();
                } else {
                    channel.close();
                }
            });
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            // Epoll and io_uring read once when the client ends its side, although nobody asks for it.
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                channel.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            loop.timers().cancel(deadline);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            channel.close();
        }
    }
}
