package dev.fairlead.net.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandler;

/** Takes over connections whose name is passed on without being decrypted. On their loop. */
@FunctionalInterface
public interface Passing {
    /**
     * Makes who takes such a connection over; told that it is active. Its channel does not read.
     *
     * @param pool where it goes
     * @param name whom the client asked for
     * @param said what it has said so far; owned by who takes over
     */
    ChannelInboundHandler pass(String pool, String name, ByteBuf said);
}
