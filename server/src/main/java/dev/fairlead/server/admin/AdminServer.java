package dev.fairlead.server.admin;

import dev.fairlead.core.config.AdminConfig;
import dev.fairlead.server.control.Engine;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Metrics and status over HTTP, on an address of this machine only.
 *
 * <p>Thread-safe. Whoever starts it closes it, best after the engine, so that {@code /readyz} can say that the engine is
 * stopping. It has one thread and at most {@value #MOST_CONNECTIONS} connections; it only reads from the engine.
 */
public final class AdminServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 64;
    private static final int LONGEST_LINE = 4 * 1024;
    private static final int LARGEST_HEAD = 16 * 1024;
    private static final int PIECE = 8 * 1024;
    private static final int CLOSE_SECONDS = 5;

    private final EventLoopGroup group;
    private final ChannelGroup connections;
    private final Channel listening;

    private AdminServer(EventLoopGroup group, ChannelGroup connections, Channel listening) {
        this.group = group;
        this.connections = connections;
        this.listening = listening;
    }

    /**
     * Starts it for {@code engine}.
     *
     * @return {@code null} when the configuration wants none
     * @throws IOException when the address cannot be bound
     * @throws IllegalArgumentException when the address is not of this machine only
     */
    public static @Nullable AdminServer start(Engine engine, AdminConfig config)
            throws IOException, InterruptedException {
        if (!config.enabled()) {
            return null;
        }
        var address =
                new InetSocketAddress(config.address().host(), config.address().port());
        if (address.getAddress() == null || !address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "admin.address: " + config.address() + " (expected: a loopback address)");
        }
        var group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("fairlead-admin", true), NioIoHandler.newFactory());
        var connections = new DefaultChannelGroup(group.next());
        ChannelFuture bound =
                bootstrap(group, connections, new Pages(engine)).bind(address).await();
        if (!bound.isSuccess()) {
            var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException(
                    "cannot listen on " + config.address() + " (admin): "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return new AdminServer(group, connections, bound.channel());
    }

    private static ServerBootstrap bootstrap(EventLoopGroup group, ChannelGroup connections, Pages pages) {
        // Unpooled: a few requests a minute are not worth an arena.
        var allocator = new UnpooledByteBufAllocator(false);
        var decoding = new HttpDecoderConfig()
                .setMaxInitialLineLength(LONGEST_LINE)
                .setMaxHeaderSize(LARGEST_HEAD)
                .setMaxChunkSize(PIECE);
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel child) {
                        if (connections.size() >= MOST_CONNECTIONS) {
                            child.close();
                            return;
                        }
                        connections.add(child);
                        child.pipeline().addLast(new HttpServerCodec(decoding), new AdminConnection(pages));
                    }
                });
    }

    /** Where it listens, with the port that was really bound. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** Closes it with all its connections, and waits until its thread has ended. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
