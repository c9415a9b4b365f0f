package dev.fairlead.net.relay;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.net.http.HttpDoor;
import dev.fairlead.net.http.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandler;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The connections of one listener on one event loop that are passed on as they are. Confined to that loop. */
public final class PassedOn {
    private final HttpDoor door;
    private final Set<Passage> open = new LinkedHashSet<>();

    public PassedOn(HttpDoor door) {
        this.door = door;
    }

    /**
     * Makes who takes a client's connection over.
     *
     * @param pool where it goes
     * @param name whom the client asked for
     * @param said what it has said so far; owned from here on
     */
    public ChannelInboundHandler take(Channel channel, Peer peer, String pool, String name, ByteBuf said) {
        Passage passage = new Passage(this, door, channel, peer, pool, name, said);
        open.add(passage);
        return passage.handler();
    }

    void closed(Passage passage) {
        open.remove(passage);
    }

    /** How many there are. */
    public int size() {
        return open.size();
    }

    /** Closes all at once. */
    public void cut() {
        door.loop().refresh();
        List.copyOf(open).forEach(passage -> passage.cut(Failure.STOPPING));
    }
}
