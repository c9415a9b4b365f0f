package dev.fairlead.net.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.function.BiConsumer;

/**
 * A bound address that accepts connections and spreads them over the loops. Thread-safe; {@link #close} stops accepting
 * and leaves accepted connections alone.
 */
public final class Listener {
    private static final int BACKLOG = 4096;

    private final Channel channel;

    private Listener(Channel channel) {
        this.channel = channel;
    }

    /**
     * Binds.
     *
     * @param start makes a connection of an accepted channel, on the channel's own loop
     * @throws IOException with the address and the system's reason, when it cannot be bound
     */
    public static Listener bind(Loops loops, SocketAddress address, BiConsumer<Channel, Loop> start)
            throws IOException, InterruptedException {
        Listener listener = hold(loops, address, start);
        listener.accept();
        return listener;
    }

    /** Binds as {@link #bind}, but whoever connects waits until {@link #accept}. */
    public static Listener hold(Loops loops, SocketAddress address, BiConsumer<Channel, Loop> start)
            throws IOException, InterruptedException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.transport().serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOCATOR, loops.all().get(0).allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                // A client may end its side and still want its answer.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK, loops.buffers().plenty())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel child) {
                        Loop loop = loops.of(child.eventLoop());
                        child.config().setRecvByteBufAllocator(loop.receiveSizes());
                        start.accept(child, loop);
                    }
                });
        ChannelOption<Long> unsent = loops.transport().unsent();
        if (unsent != null) {
            bootstrap.childOption(unsent, UNSENT);
        }
        loops.transport().unpaced(bootstrap, address);
        ChannelFuture bound = bootstrap.bind(address).await();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw new IOException("cannot listen on " + spelt(address) + ": " + reason(cause), cause);
        }
        bound.channel().pipeline().addLast(new AcceptFaults());
        return new Listener(bound.channel());
    }

    private static String spelt(SocketAddress address) {
        return address instanceof InetSocketAddress internet
                ? internet.getHostString() + ":" + internet.getPort()
                : String.valueOf(address);
    }

    /** The system's own words, without those of the transport around them. */
    private static String reason(Throwable cause) {
        if (cause instanceof UnresolvedAddressException) {
            return "the name cannot be resolved";
        }
        String text = String.valueOf(cause.getMessage());
        return text.substring(text.lastIndexOf("): ") < 0 ? 0 : text.lastIndexOf("): ") + "): ".length());
    }

    /**
     * Bytes that the kernel holds for a peer without having sent them. Its buffers grow to megabytes, and only when a
     * third is free again would we hear that a slow peer has taken any; so it holds little and we hear of each step.
     */
    public static final long UNSENT = 128 * 1024;

    /** Where it listens; tells the port where 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Accepts whoever connects. */
    public void accept() {
        channel.config().setAutoRead(true);
    }

    /** Stops accepting. */
    public ChannelFuture close() {
        return channel.close();
    }
}
