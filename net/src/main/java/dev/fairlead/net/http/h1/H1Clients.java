package dev.fairlead.net.http.h1;

import dev.fairlead.core.config.Cidr;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.net.http.HttpDoor;
import dev.fairlead.net.http.Peer;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;

/** The HTTP/1 client connections of one listener on one event loop. Confined to that loop. */
public final class H1Clients {
    private final HttpDoor door;
    private final List<Cidr> trustedProxies;
    private final int most;
    private final ArrayList<H1Client> open = new ArrayList<>();

    /** @param most connections at once; more are closed at once */
    public H1Clients(HttpDoor door, List<Cidr> trustedProxies, int most) {
        this.door = door;
        this.trustedProxies = trustedProxies;
        this.most = most;
    }

    /** Makes an accepted channel a client connection. */
    public void accept(Channel channel) {
        if (open.size() >= most) {
            door.counters().add(Count.CONNECTIONS_REFUSED, 1);
            channel.close();
            return;
        }
        channel.pipeline().addLast(new H1Client(door, this, channel, Peer.of(channel.remoteAddress(), trustedProxies)));
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

    /** How many are open. */
    public int size() {
        return open.size();
    }

    /** Closes idle ones now and the others after their present exchange. */
    public void drain() {
        for (H1Client client : List.copyOf(open)) {
            client.drain();
        }
    }

    /** Closes all at once. */
    public void cut() {
        for (H1Client client : List.copyOf(open)) {
            client.cutNow();
        }
    }
}
