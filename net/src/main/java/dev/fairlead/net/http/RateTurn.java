package dev.fairlead.net.http;

import dev.fairlead.core.http.Head;
import org.jspecify.annotations.Nullable;

/** One request at the rate limit of its route, where that has one. Confined to its exchange; reused. */
final class RateTurn {
    private @Nullable RateGate gate;
    private long key;
    private long wait;

    void clear() {
        gate = null;
        wait = 0;
    }

    /** Whether the request may pass; asked once, before it is rewritten. */
    boolean passes(@Nullable RateGate at, Head head, Peer peer, HttpDoor door) {
        gate = at;
        if (at == null) {
            return true;
        }
        key = at.key(head, peer, door.clientAddress());
        wait = at.take(key, door.loop().now());
        return wait == 0;
    }

    /** Adds to a backend's answer how the client stands, where every answer says so. */
    void tell(Head answer, long now) {
        RateGate at = gate;
        if (at != null && at.always()) {
            at.tell(answer, key, now);
        }
    }

    /** The reply, with how the client stands if it was refused for that, or where every answer says so. */
    ErrorReplies.Reply tell(ErrorReplies.Reply reply, long now) {
        RateGate at = gate;
        if (at == null || wait == 0 && !at.always()) {
            return reply;
        }
        String retry = wait == 0 ? "" : "Retry-After: " + RateGate.seconds(wait) + "\r\n";
        return reply.with(retry + at.lines(key, now));
    }
}
