package dev.fairlead.server.admin;

import dev.fairlead.core.config.AdminConfig;
import dev.fairlead.core.time.Ticker;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The operator's side over HTTP: metrics, status, events, and what operators may change; on an address of this machine only,
 * or for those who know the token.
 *
 * <p>Thread-safe. Whoever starts it closes it, best after the engine, so that {@code /readyz} can say that the engine is
 * stopping. It has one thread for its sockets, and a virtual one for each request in work, so that none waits for another;
 * connections, waiting requests and streams are limited.
 */
public final class AdminServer implements AutoCloseable {
    private static final int LONGEST_LINE = 4 * 1024;
    private static final int LARGEST_HEAD = 16 * 1024;
    private static final int PIECE = 8 * 1024;
    /** What a reader who does not read can make the system hold. */
    private static final int SEND_BUFFER = 64 * 1024;

    private static final int CLOSE_SECONDS = 5;

    private final EventLoopGroup group;
    private final ChannelGroup connections;
    private final ExecutorService workers;
    private final Channel listening;

    private AdminServer(EventLoopGroup group, ChannelGroup connections, ExecutorService workers, Channel listening) {
        this.group = group;
        this.connections = connections;
        this.workers = workers;
        this.listening = listening;
    }

    /**
     * Starts it for {@code engine}.
     *
     * @return {@code null} when the configuration wants none
     * @throws IOException when the address cannot be bound, or the token cannot be read
     * @throws IllegalArgumentException when others can reach the address and there is no token
     */
    public static @Nullable AdminServer start(Engine engine, AdminConfig config)
            throws IOException, InterruptedException {
        return start(engine, config, Limits.usual());
    }

    static @Nullable AdminServer start(Engine engine, AdminConfig config, Limits limits)
            throws IOException, InterruptedException {
        if (!config.enabled()) {
            return null;
        }
        InetSocketAddress address = address(config);
        Token token = Token.of(config);
        if (token == null && !address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "admin.address: " + config.address() + " (expected: a loopback address, or a token)");
        }
        var group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("fairlead-admin", true), NioIoHandler.newFactory());
        var connections = new DefaultChannelGroup(group.next());
        var guard = new Guard(address.getAddress().isLoopbackAddress(), token);
        var house = new House(
                new Routes(engine, Ticker.system(), limits, guard::unauthorized),
                guard,
                new Seats(limits.connections()),
                new StatusJson(),
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("fairlead-admin-", 0).factory()),
                limits,
                engine::draining);
        ChannelFuture bound = bootstrap(group, connections, house).bind(address).await();
        if (!bound.isSuccess()) {
            house.workers().shutdownNow();
            var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException(
                    "cannot listen on " + config.address() + " (admin): "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return new AdminServer(group, connections, house.workers(), bound.channel());
    }

    private static InetSocketAddress address(AdminConfig config) throws IOException {
        String host = config.address().host();
        int port = config.address().port();
        var address = host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
        if (address.getAddress() == null) {
            throw new IOException("admin.address: the name " + host + " cannot be resolved");
        }
        return address;
    }

    private static ServerBootstrap bootstrap(EventLoopGroup group, ChannelGroup connections, House house) {
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
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel child) {
                        var connection = new AdminConnection(house);
                        if (!house.seats().take(connection)) {
                            child.close();
                            return;
                        }
                        connections.add(child);
                        child.pipeline().addLast(new HttpServerCodec(decoding), connection);
                    }
                });
    }

    /** Where it listens, with the port that was really bound. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** Closes it with all its connections, and waits until its threads have ended. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        workers.shutdownNow();
        connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        try {
            boolean _ = workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
