package dev.fairlead.net.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once that connections cannot be accepted, however long that lasts: Netty tries again every second. Stands at the
 * end of a listening channel. Confined to its event loop.
 */
final class AcceptFaults extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptFaults.class);

    /** So many go well before it is said again; when descriptors run out, now and then one is free. */
    private static final int WELL = 1_000;

    private int wellSince = WELL;

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        wellSince = Math.min(wellSince + 1, WELL);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (wellSince == WELL) {
            LOG.warn(
                    "connections to {} cannot be accepted, they wait in the kernel; tried again every second: {}",
                    context.channel().localAddress(),
                    cause.getMessage());
        }
        wellSince = 0;
    }
}
