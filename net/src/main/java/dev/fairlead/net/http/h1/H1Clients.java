package dev.fairlead.net.http.h1;

import dev.fairlead.core.config.Cidr;
import dev.fairlead.core.limit.Crowd;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.net.http.HttpDoor;
import dev.fairlead.net.http.Peer;
import dev.fairlead.net.relay.PassedOn;
import dev.fairlead.net.tls.Handshakes;
import dev.fairlead.net.tls.TlsDoor;
import dev.fairlead.net.tls.Turns;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;

/** The HTTP/1 client connections of one listener on one event loop. Confined to that loop. */
public final class H1Clients {
    private static final byte[] NOBODY = {};

    private final HttpDoor door;
    private final List<Cidr> trustedProxies;
    private final Crowd crowd;
    private final TurnedAway turnedAway;
    private final Handshakes handshakes;
    private final PassedOn passed;
    private final ArrayList<H1Client> open = new ArrayList<>();

    /**
     * @param crowd who is there on all loops; whoever is too many is sent away at once
     * @param turns of handshakes on this loop
     */
    public H1Clients(HttpDoor door, List<Cidr> trustedProxies, Crowd crowd, Turns turns) {
        this.door = door;
        this.trustedProxies = trustedProxies;
        this.crowd = crowd;
        this.turnedAway = new TurnedAway(door.loop());
        this.passed = new PassedOn(door);
        this.handshakes = new Handshakes(door.loop(), turns);
    }

    /** Makes an accepted channel a client connection. */
    public void accept(Channel channel) {
        TlsDoor tls = door.tls();
        Peer peer = Peer.of(channel.remoteAddress(), trustedProxies, tls != null);
        int seat = crowd.enter(peer.trusted() ? NOBODY : peer.address());
        if (seat < 0) {
            door.counters().add(seat == Crowd.FULL ? Count.CONNECTIONS_REFUSED : Count.CONNECTIONS_REFUSED_CLIENT, 1);
            if (tls == null) {
                turnedAway.sendAway(channel);
            } else {
                // A word would take a handshake.
                channel.close();
            }
            return;
        }
        // Whatever becomes of it, it is closed once.
        channel.closeFuture().addListener(closed -> crowd.leave(seat));
        if (tls == null) {
            channel.pipeline().addLast(new H1Client(door, this, channel, peer));
        } else {
            handshakes.accept(
                    channel,
                    tls,
                    shown -> new H1Client(door, this, channel, peer.as(shown)),
                    (pool, name, said) -> passed.take(channel, peer, pool, name, said));
        }
    }

    void add(H1Client client) {
        client.slot = open.size();
        open.add(client);
        door.counters().add(Count.CONNECTIONS_ACCEPTED, 1);
    }

    void remove(H1Client client) {
        int slot = client.slot;
        if (slot < 0) {
            return;
        }
        H1Client last = open.remove(open.size() - 1);
        if (last != client) {
            open.set(slot, last);
            last.slot = slot;
        }
        client.slot = -1;
    }

    /** How many are open, those in their handshake and those passed on included. */
    public int size() {
        return open.size() + handshakes.size() + passed.size();
    }

    /** Closes idle ones now and the others after their present exchange. */
    public void drain() {
        handshakes.drain();
        for (H1Client client : List.copyOf(open)) {
            client.drain();
        }
    }

    /** Closes all at once. */
    public void cut() {
        handshakes.cut();
        passed.cut();
        for (H1Client client : List.copyOf(open)) {
            client.cutNow();
        }
    }
}
