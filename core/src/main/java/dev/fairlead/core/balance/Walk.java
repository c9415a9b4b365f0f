package dev.fairlead.core.balance;

import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Tried;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * From a key's place to the first backend that has room: consistent hashing with bounded load, for ring and table alike.
 *
 * <p>No backend gets more than {@code ceil(factor × (inflight + 1) × weight / total weight)} requests at once while
 * another is below that; a key whose backend is full goes to the next place. Then it looks for one that is merely not
 * skipped, so the bound alone never refuses. Constant time while any of the next {@value #PLACES} places has room, O(n)
 * beyond. Immutable but for {@link Load}.
 *
 * <p><b>Who has less than its share</b>, in a slow start or because its checks ask for less, gets that part of its own keys,
 * and the others go on to their next places. Which ones is a matter of the key alone: as the share grows more of them come
 * home, and none goes away again. Shares count against the largest there is, so who is alone gets all.
 *
 * <p>Mirrokni, Thorup, Zadimoghaddam, "Consistent Hashing with Bounded Loads" (2016).
 */
final class Walk {
    /** Which places there are, whose, and which of them a key has. */
    interface Places {
        boolean none();

        /** A member's index. */
        int owner(int place);

        int first(long key);

        /** The {@code step}-th after the first; the one before it was {@code place}. */
        int next(int place, long key, int step);
    }

    /** Most places looked at before members are searched one by one. */
    private static final int PLACES = 256;

    private static final int ALL = 10_000;

    private final Members members;
    private final Places places;
    private final double factor;
    private final Load load;

    /** For each member the part of its keys that it gets, of {@link #ALL}; {@code null} while all get all. */
    private final int @Nullable [] parts;

    /**
     * @param factor at least 1; infinite for no bound
     */
    Walk(Members members, Places places, double factor) {
        this.members = members;
        this.places = places;
        this.factor = factor;
        this.load = new Load(members);
        this.parts = parts(members.shares);
    }

    private static int @Nullable [] parts(int[] shares) {
        int most = Arrays.stream(shares).max().orElse(0);
        return Arrays.stream(shares).allMatch(share -> share == most)
                ? null
                : Arrays.stream(shares).map(share -> share * ALL / most).toArray();
    }

    /** Whether this is one of the keys that the member gets now. */
    private boolean welcome(int owner, long key) {
        return parts == null || Hash.below(Hash.mix(~key), ALL) < parts[owner];
    }

    /** The factor a configured bound means. */
    static double factor(double bound) {
        if (bound != 0 && !(bound >= 1)) {
            throw new IllegalArgumentException("bound: " + bound + " (expected: >= 1, or 0 for none)");
        }
        return bound == 0 ? Double.POSITIVE_INFINITY : bound;
    }

    /** Picks for {@code key}, beginning at its first place. */
    @Nullable
    Backend pick(long key, Tried tried) {
        if (places.none()) {
            // Only when the weights of all became 0 since the roster was made.
            int any = members.scan(0, tried);
            return any < 0 ? null : members.backends[any];
        }
        int place = places.first(key);
        int owner = places.owner(place);
        Backend backend = members.backends[owner];
        // Any bound allows one, and without a bound there is nothing to sum.
        boolean roomy = backend.inflight() == 0 || factor == Double.POSITIVE_INFINITY;
        return roomy && !tried.skips(backend) && welcome(owner, key) ? backend : search(place, key, tried);
    }

    private @Nullable Backend search(int start, long key, Tried tried) {
        double perWeight = factor * (load.total() + 1) / members.totalWeight;
        int overBound = -1;
        int overShare = -1;
        int place = start;
        for (int i = 1; i <= PLACES; i++) {
            int owner = places.owner(place);
            if (!tried.skips(members.backends[owner])) {
                if (!hasRoom(owner, perWeight)) {
                    overBound = overBound < 0 ? owner : overBound;
                } else if (welcome(owner, key)) {
                    return members.backends[owner];
                } else {
                    overShare = overShare < 0 ? owner : overShare;
                }
            }
            place = places.next(place, key, i);
        }
        int member = places.owner(start);
        for (int i = 0; i < members.size(); i++) {
            if (!tried.skips(members.backends[member])) {
                if (!hasRoom(member, perWeight)) {
                    overBound = overBound < 0 ? member : overBound;
                } else if (welcome(member, key)) {
                    return members.backends[member];
                } else {
                    overShare = overShare < 0 ? member : overShare;
                }
            }
            member = member + 1 == members.size() ? 0 : member + 1;
        }
        // One more for who is still cold rather than more than its bound for another.
        int rest = overShare < 0 ? overBound : overShare;
        return rest < 0 ? null : members.backends[rest];
    }

    private boolean hasRoom(int member, double perWeight) {
        return members.backends[member].inflight() < Math.ceil(perWeight * members.weights[member]);
    }
}
