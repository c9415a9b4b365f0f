package dev.fairlead.net.relay;

import dev.fairlead.core.balance.Hash;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Refusal;
import dev.fairlead.core.pool.Tried;
import dev.fairlead.core.pool.Waiter;
import dev.fairlead.core.time.Timers;
import dev.fairlead.net.http.ConnectionLine;
import dev.fairlead.net.http.Connector;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.net.http.HttpDoor;
import dev.fairlead.net.http.Peer;
import dev.fairlead.net.http.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandler;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is passed on by its name: finds it a backend, another one where the first cannot be reached, and
 * accounts for it. Confined to its event loop.
 *
 * <p>Owns the lease from the moment it has one; it is closed exactly once.
 */
final class Passage implements Relay.Owner, Connector.Dialling {
    private final PassedOn home;
    private final HttpDoor door;
    private final Peer peer;
    private final String pool;
    private final String name;
    private final Relay relay;
    private final long begun;
    private final Tried tried = new Tried();
    private final Place place;

    private @Nullable Target target;
    private @Nullable Lease lease;
    private @Nullable Backend backend;
    private boolean dialling;
    private boolean over;
    private int tries;
    private long queued;
    private long ready;
    private long firstByte;

    Passage(PassedOn home, HttpDoor door, Channel channel, Peer peer, String pool, String name, ByteBuf said) {
        this.home = home;
        this.door = door;
        this.peer = peer;
        this.pool = pool;
        this.name = name;
        this.begun = door.loop().now();
        this.relay = new Relay(door.loop(), channel, this);
        this.place = new Place();
        relay.said(said);
    }

    ChannelInboundHandler handler() {
        return relay.client();
    }

    void cut(Failure why) {
        relay.cut(why);
    }

    // ---- finding a backend -----------------------------------------------------

    @Override
    public void opened() {
        door.counters().add(Count.CONNECTIONS_ACCEPTED, 1);
        boolean tooMany = door.loop().begins();
        Target to = door.routing().target(pool);
        target = to;
        if (to == null) {
            relay.cut(Failure.NO_ROUTE);
            return;
        }
        int lane = door.loop().lane();
        to.counters().lane(lane).request();
        to.budgets().request(lane);
        if (tooMany) {
            relay.cut(Failure.OVERLOADED);
        } else if (door.loop().buffers().full()) {
            relay.cut(Failure.BUFFERS_FULL);
        } else {
            acquire(to, null);
        }
    }

    /** @param last what the try before came to */
    private void acquire(Target to, @Nullable Failure last) {
        long now = door.loop().now();
        byte[] address = peer.address();
        long key = to.key() == null ? door.loop().random().nextLong() : Hash.of(address, 0, address.length);
        switch (to.pool().acquireOrWait(place, key, now)) {
            case Lease taken -> dial(to, taken);
            case Refusal refusal -> relay.cut(last == null ? refusal.failure() : last);
            case Waiter _ ->
                door.loop().timers().arm(place.patience, now + to.policy().queueNanos());
        }
    }

    private void dial(Target to, Lease taken) {
        lease = taken;
        backend = taken.backend();
        tries++;
        dialling = true;
        door.connector().dial(taken, to.policy(), relay.backend(), this);
    }

    @Override
    public void connected(Channel channel) {
        dialling = false;
        Target to = target;
        if (over || to == null) {
            channel.close();
            return;
        }
        ready = door.loop().now();
        var policy = to.policy();
        relay.join(
                channel,
                new Relay.Times(
                        policy.firstByteNanos(),
                        policy.tunnelNanos(),
                        door.policy().writeNanos()));
    }

    @Override
    public void failed(Failure why) {
        dialling = false;
        Target to = target;
        if (over || to == null) {
            return;
        }
        close(Outcome.of(why));
        int lane = door.loop().lane();
        boolean again = why.retry() == Failure.Retry.SAFE
                && tries <= to.policy().maxRetries()
                && another(to)
                && to.budgets().take(lane, door.loop().now());
        if (!again) {
            relay.cut(why);
            return;
        }
        door.counters().add(Count.RETRIES, 1);
        to.counters().lane(lane).retry();
        acquire(to, why);
    }

    private boolean another(Target to) {
        for (Backend other : to.pool().roster().eligible()) {
            if (!tried.contains(other)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void cut() {
        relay.cut(Failure.DRAIN_CUT);
    }

    /** Stands in the pool's line. */
    private final class Place extends Waiter {
        private final Timers.Timer patience = new Timers.Timer() {
            @Override
            protected void expire(long now) {
                leave();
                relay.cut(Failure.QUEUE_TIMEOUT);
            }
        };

        private Place() {
            super(door.loop().lane());
        }

        private void leave() {
            Target from = target;
            if (from != null && waiting()) {
                from.pool().leave(this);
                left(door.loop().now());
            }
        }

        private void left(long now) {
            queued += now - since();
            door.loop().timers().cancel(patience);
        }

        @Override
        protected Tried tried() {
            return tried;
        }

        @Override
        protected int client() {
            return Long.hashCode(Hash.of(peer.address(), 0, peer.address().length));
        }

        @Override
        protected long now() {
            return door.loop().refresh();
        }

        @Override
        protected void granted(Lease taken) {
            left(door.loop().now());
            Target to = target;
            if (to == null) {
                throw new IllegalStateException("a place without a pool");
            }
            dial(to, taken);
        }

        @Override
        protected void refused(Refusal why) {
            left(now());
            relay.cut(why.failure());
        }
    }

    // ---- what becomes of it ----------------------------------------------------

    @Override
    public void answered() {
        Lease open = lease;
        long now = door.loop().now();
        firstByte = now;
        if (open != null) {
            open.firstByte(now, false, door.loop().lag().recent(now));
        }
    }

    private void close(Outcome outcome) {
        Lease open = lease;
        if (open != null) {
            lease = null;
            open.close(outcome, door.loop().now());
        }
    }

    @Override
    public void ended(@Nullable Failure why) {
        over = true;
        place.leave();
        close(outcome(why));
        door.loop().ended();
        long now = door.loop().now();
        var counters = door.counters();
        counters.add(Count.BYTES_IN, relay.fromClient());
        counters.add(Count.BYTES_OUT, relay.fromBackend());
        Target to = target;
        if (why != null) {
            counters.failed(why);
            if (to != null && why.side() != Failure.Side.CLIENT) {
                to.counters().lane(door.loop().lane()).error();
            }
        }
        Backend at = backend;
        ConnectionLine.write(
                door,
                peer,
                new ConnectionLine.Told(
                        name,
                        pool,
                        at == null ? null : at.key().address(),
                        why,
                        relay.fromClient(),
                        relay.fromBackend(),
                        tries,
                        queued,
                        ready == 0 ? 0 : ready - begun - queued,
                        firstByte == 0 ? 0 : firstByte - ready,
                        now - begun));
    }

    private Outcome outcome(@Nullable Failure why) {
        if (why == null) {
            return Outcome.OK;
        }
        if (dialling) {
            // Whoever left did so before the backend could show anything.
            return Outcome.UNUSED;
        }
        if (firstByte == 0) {
            return Outcome.of(why);
        }
        // It did answer, and how such connections end is a matter between the two: a client that leaves and a backend
        // that resets what it is done with are both usual.
        return why.side() == Failure.Side.SELF ? Outcome.UNUSED : Outcome.OK;
    }

    @Override
    public void closed() {
        door.counters().add(Count.CONNECTIONS_CLOSED, 1);
        home.closed(this);
    }
}
