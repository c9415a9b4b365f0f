package dev.fairlead.net.transport;

import io.netty.bootstrap.AbstractBootstrap;
import io.netty.channel.unix.RawUnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps the kernel from spreading over time what is sent within this machine. Thread-safe.
 *
 * <p>Where the administrator chose a congestion control that paces (BBR), each burst waits for a timer. Between two programs
 * of one machine there is nothing to congest, and the timers are up to half of what a large body costs. Connections to
 * other machines keep what was chosen for them. Where the system does not pace, nothing is done at all.
 */
final class Pacing {
    private static final Path CHOSEN = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");

    /** Every Linux kernel has it, and lets any program use it. */
    private static final byte[] RENO = "reno".getBytes(StandardCharsets.US_ASCII);

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_CONGESTION = 13;
    static final RawUnixChannelOption CONGESTION =
            new RawUnixChannelOption("TCP_CONGESTION", IPPROTO_TCP, TCP_CONGESTION, RENO.length);

    private Pacing() {}

    /** Whether this system paces by itself. */
    static boolean chosen() {
        try {
            return paces(Files.readString(CHOSEN, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a congestion control of this name paces. */
    static boolean paces(String name) {
        return name.startsWith("bbr");
    }

    /** Asks for no pacing where {@code address} is this machine; a listener's connections have what it has. */
    static void none(AbstractBootstrap<?, ?> bootstrap, SocketAddress address) {
        if (address instanceof InetSocketAddress internet
                && internet.getAddress() != null
                && internet.getAddress().isLoopbackAddress()) {
            // A view of its own, for setting the option moves its position.
            bootstrap.option(CONGESTION, ByteBuffer.wrap(RENO));
        }
    }
}
