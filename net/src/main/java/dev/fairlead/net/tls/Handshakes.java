package dev.fairlead.net.tls;

import dev.fairlead.net.transport.Loop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The handshakes of one listener on one event loop. Confined to that loop. */
public final class Handshakes {
    private final Loop loop;
    private final Turns turns;
    private final ArrayList<Edge> open = new ArrayList<>();

    /** @param turns those of the loop */
    public Handshakes(Loop loop, Turns turns) {
        this.loop = loop;
        this.turns = turns;
    }

    /**
     * Has a channel that was just accepted do its handshake.
     *
     * @param then makes who takes the connection over once it is done, for whom the client has shown to be; told that it
     *     is active
     * @param passing who takes it over where it is passed on instead
     */
    public void accept(Channel channel, TlsDoor door, Function<Identity, ChannelInboundHandler> then, Passing passing) {
        if (!door.counters().begins(door.most())) {
            door.counters().count(loop.lane(), HandshakeResult.TOO_MANY);
            channel.close();
            return;
        }
        Edge edge = new Edge(this, door, loop, turns, channel, then, passing);
        edge.slot = open.size();
        open.add(edge);
        channel.pipeline().addLast(edge);
    }

    void remove(Edge edge) {
        int slot = edge.slot;
        if (slot < 0) {
            return;
        }
        Edge last = open.remove(open.size() - 1);
        if (last != edge) {
            open.set(slot, last);
            last.slot = slot;
        }
        edge.slot = -1;
    }

    /** How many are under way. */
    public int size() {
        return open.size();
    }

    /** The listener is being closed: who has not begun goes in a moment, the others finish. */
    public void drain() {
        for (Edge edge : List.copyOf(open)) {
            edge.drain();
        }
    }

    /** Closes all at once. */
    public void cut() {
        for (Edge edge : List.copyOf(open)) {
            edge.cut();
        }
    }
}
