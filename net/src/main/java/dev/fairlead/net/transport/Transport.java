package dev.fairlead.net.transport;

import dev.fairlead.core.config.RuntimeConfig.TransportKind;
import io.netty.bootstrap.AbstractBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How to talk to the kernel. Immutable.
 *
 * @param name for people: {@code epoll}, {@code io_uring} or {@code nio}
 * @param unsent how many bytes the kernel takes of what it cannot send yet; {@code null} where that cannot be said
 * @param paced whether the kernel spreads what is sent over time and can be asked not to
 * @param why why not another one, for people; empty when it is simply the first choice
 */
public record Transport(
        String name,
        String why,
        IoHandlerFactory handlers,
        @Nullable ChannelOption<Long> unsent,
        boolean paced,
        Class<? extends ServerChannel> serverChannel,
        Class<? extends SocketChannel> channel) {
    private static final String ONE_POLL_FOR_ALL_READS = "io.netty.iouring.pollAddMultishotEnabled";

    // The kernel's numbers, include/net/tcp_states.h.
    private static final int TCP_CLOSE = 7;
    private static final int TCP_CLOSE_WAIT = 8;

    static {
        // Netty's one poll for all reads tells of a reset once. When bytes came along, they are read and the reset is
        // forgotten until a write fails; a poll for each read asks again. Netty looks when io_uring is first asked for.
        if (System.getProperty(ONE_POLL_FOR_ALL_READS) == null) {
            System.setProperty(ONE_POLL_FOR_ALL_READS, "false");
        }
    }

    /**
     * Where {@code address} is this machine, keeps the kernel from pacing what is sent there; for a listener, to whoever it
     * accepts. Everything else keeps what the administrator chose.
     */
    public void unpaced(AbstractBootstrap<?, ?> bootstrap, SocketAddress address) {
        if (paced) {
            Pacing.none(bootstrap, address);
        }
    }

    /**
     * Whether the peer of a connection is known to send no more, although bytes of it may be unread. Asks the kernel; never
     * known with NIO. To be called on the channel's loop.
     */
    public static boolean peerEnded(Channel channel) {
        if (!channel.isOpen()) {
            return true;
        }
        try {
            return switch (channel) {
                case EpollSocketChannel epoll -> ended(epoll.tcpInfo().state());
                case IoUringSocketChannel ioUring -> ended(ioUring.tcpInfo().state());
                case Channel other -> false;
            };
        } catch (ChannelException e) {
            // A kernel that does not say; what is wrong with the socket itself is heard otherwise.
            return false;
        }
    }

    private static boolean ended(int tcpState) {
        return tcpState == TCP_CLOSE || tcpState == TCP_CLOSE_WAIT;
    }

    /**
     * The transport the operator asked for.
     *
     * @throws IllegalStateException when it was forced and this machine does not have it; the message says why
     */
    public static Transport of(TransportKind kind) {
        return switch (kind) {
            case AUTO -> auto();
            case IO_URING -> {
                require("io_uring", IoUring.isAvailable(), IoUring.unavailabilityCause());
                yield ioUring("as configured");
            }
            case EPOLL -> {
                require("epoll", Epoll.isAvailable(), Epoll.unavailabilityCause());
                yield epoll("as configured");
            }
            case NIO -> nio("as configured");
        };
    }

    private static Transport auto() {
        // Measured on the finished data plane: see docs/decisions.
        if (Epoll.isAvailable()) {
            return epoll("");
        }
        String why = missing("epoll", Epoll.unavailabilityCause());
        return IoUring.isAvailable()
                ? ioUring(why)
                : nio(why + "; " + missing("io_uring", IoUring.unavailabilityCause()));
    }

    private static void require(String name, boolean available, @Nullable Throwable cause) {
        if (!available) {
            throw new IllegalStateException("transport: " + missing(name, cause), cause);
        }
    }

    private static String missing(String name, @Nullable Throwable cause) {
        Throwable root = cause;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return name + " is not available here: " + (root == null ? "no reason given" : root.getMessage());
    }

    private static Transport epoll(String why) {
        return new Transport(
                "epoll",
                why,
                SteadyEpoll.newFactory(),
                EpollChannelOption.TCP_NOTSENT_LOWAT,
                Pacing.chosen(),
                EpollServerSocketChannel.class,
                EpollSocketChannel.class);
    }

    private static Transport ioUring(String why) {
        return new Transport(
                "io_uring",
                why,
                IoUringIoHandler.newFactory(),
                // Its sends wait in the kernel, and one was seen to wait for ever with little unsent data allowed.
                null,
                Pacing.chosen(),
                IoUringServerSocketChannel.class,
                IoUringSocketChannel.class);
    }

    private static Transport nio(String why) {
        return new Transport(
                "nio",
                why,
                NioIoHandler.newFactory(),
                null,
                false,
                NioServerSocketChannel.class,
                NioSocketChannel.class);
    }
}
