package dev.fairlead.net.http;

import dev.fairlead.core.balance.Hash;
import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.http.Head;

/**
 * Makes the number that consistent algorithms place a request by. Immutable; called on any loop, allocates nothing.
 *
 * <p>A request without the part that is asked for is keyed by its client's address, so that it is at least steady.
 */
@FunctionalInterface
public interface RequestKey {
    /** The key of this request from this peer. */
    long of(Head head, Peer peer);

    /** The key a configuration asks for. */
    static RequestKey of(HashKey config) {
        RequestPart part = RequestPart.of(config, false);
        return (head, peer) -> {
            long range = part.find(head);
            if (range == RequestPart.NONE) {
                byte[] address = peer.address();
                return Hash.of(address, 0, address.length);
            }
            return Hash.of(head.bytes(), RequestPart.from(range), RequestPart.to(range));
        };
    }
}
