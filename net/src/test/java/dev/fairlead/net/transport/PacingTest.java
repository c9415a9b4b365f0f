package dev.fairlead.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacingTest {
    private EventLoopGroup group;

    @BeforeEach
    void start() {
        assumeTrue(Epoll.isAvailable(), "the option is Linux's");
        group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    @AfterEach
    void stop() {
        if (group != null) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void connectionsWithinTheMachineAreNotPacedOnEitherSide() throws Exception {
        var accepted = new CompletableFuture<Channel>();
        InetAddress here = InetAddress.getLoopbackAddress();
        Channel listener = listen(new InetSocketAddress(here, 0), accepted, true);
        Channel connected = connect(((InetSocketAddress) listener.localAddress()).getPort(), true);

        assertThat(congestion(connected)).isEqualTo("reno");
        assertThat(congestion(accepted.get(5, TimeUnit.SECONDS))).isEqualTo("reno");
    }

    @Test
    void listenersForOthersKeepWhatTheSystemChose() throws Exception {
        String chosen = Files.readString(Path.of("/proc/sys/net/ipv4/tcp_congestion_control"))
                .strip();
        var accepted = new CompletableFuture<Channel>();
        Channel listener = listen(new InetSocketAddress("0.0.0.0", 0), accepted, true);
        Channel connected = connect(((InetSocketAddress) listener.localAddress()).getPort(), false);

        String first = chosen.substring(0, Math.min(4, chosen.length()));
        assertThat(congestion(connected)).isEqualTo(first);
        assertThat(congestion(accepted.get(5, TimeUnit.SECONDS))).isEqualTo(first);
    }

    @Test
    void onlyWhatUsesTimersPaces() {
        assertThat(Pacing.paces("bbr\n")).isTrue();
        assertThat(Pacing.paces("bbr2\n")).isTrue();
        assertThat(Pacing.paces("cubic\n")).isFalse();
        assertThat(Pacing.paces("reno\n")).isFalse();
    }

    private Channel listen(InetSocketAddress address, CompletableFuture<Channel> accepted, boolean unpaced) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.complete(channel);
                    }
                });
        if (unpaced) {
            Pacing.none(bootstrap, address);
        }
        return bootstrap.bind(address).syncUninterruptibly().channel();
    }

    private Channel connect(int port, boolean unpaced) {
        var to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter());
        if (unpaced) {
            Pacing.none(bootstrap, to);
        }
        return bootstrap.connect(to).syncUninterruptibly().channel();
    }

    /** The first four letters of its name. */
    private static String congestion(Channel channel) {
        String name = StandardCharsets.US_ASCII
                .decode(channel.config().getOption(Pacing.CONGESTION))
                .toString();
        int end = name.indexOf(0);
        return end < 0 ? name : name.substring(0, end);
    }
}
