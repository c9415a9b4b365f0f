package dev.fairlead.core.route;

import dev.fairlead.core.http.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A hash map that is asked with ranges of bytes, so that looking up allocates nothing. Immutable.
 *
 * <p>The caller folds the bytes into a running hash with {@link #step}, in an order of its own, and asks at every border
 * it meets; that makes all prefixes of a path, or all suffixes of a name, cost one pass. What is asked for never enters
 * the map, so whoever sends requests can at worst meet the longest run of neighbours that the configuration made; the
 * seed keeps even that from being aimed at.
 */
final class ByteMap<V> {
    private record Entry<V>(byte[] key, V value) {}

    private final long[] hashes;
    private final @Nullable Entry<V>[] entries;
    private final int shift;
    private final int size;
    private final boolean anyCase;

    /**
     * @param keys in ASCII, in lower case when {@code anyCase}
     * @param backwards whether callers fold bytes from the last to the first
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    ByteMap(Map<String, V> keys, long seed, boolean backwards, boolean anyCase) {
        this.anyCase = anyCase;
        this.size = keys.size();
        // At most a quarter full: most questions are misses, and a miss should end at the first slot.
        int bits = 64 - Long.numberOfLeadingZeros(Math.max(size, 1) * 4L - 1);
        this.shift = 64 - bits;
        this.hashes = new long[1 << bits];
        this.entries = new Entry[1 << bits];
        keys.forEach((text, value) -> {
            byte[] key = text.getBytes(StandardCharsets.US_ASCII);
            long hash = seed;
            for (int i = 0; i < key.length; i++) {
                hash = step(hash, key[backwards ? key.length - 1 - i : i]);
            }
            put(mixed(hash), new Entry<>(key, value));
        });
    }

    private void put(long hash, Entry<V> entry) {
        int slot = (int) (hash >>> shift);
        while (entries[slot] != null) {
            slot = (slot + 1) & (entries.length - 1);
        }
        hashes[slot] = hash;
        entries[slot] = entry;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Folds one more byte in; begin with the seed. */
    static long step(long hash, byte b) {
        return (Long.rotateLeft(hash, 23) ^ (b & 0xFF)) * 0x9E3779B97F4A7C15L;
    }

    /** Never 0, which marks a free slot. */
    private static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 32)) * 0xD6E8FEB86659FD93L;
        return mixed == 0 ? 1 : mixed;
    }

    /** The value of the key that these bytes spell, whose running hash is {@code hash}; or {@code null}. */
    @Nullable V find(long hash, byte[] bytes, int from, int to) {
        long wanted = mixed(hash);
        int slot = (int) (wanted >>> shift);
        while (true) {
            long there = hashes[slot];
            if (there == 0) {
                return null;
            }
            if (there == wanted) {
                Entry<V> entry = entries[slot];
                if (entry != null && same(entry.key(), bytes, from, to)) {
                    return entry.value();
                }
            }
            slot = (slot + 1) & (hashes.length - 1);
        }
    }

    private boolean same(byte[] key, byte[] bytes, int from, int to) {
        if (!anyCase) {
            return java.util.Arrays.equals(key, 0, key.length, bytes, from, to);
        }
        if (key.length != to - from) {
            return false;
        }
        for (int i = 0; i < key.length; i++) {
            if (key[i] != Ascii.lower(bytes[from + i])) {
                return false;
            }
        }
        return true;
    }

    /** The most slots one question can look at. */
    int longestRun() {
        int longest = 0;
        int run = 0;
        // Twice round, for a run may cross the end.
        for (int i = 0; i < 2 * hashes.length; i++) {
            run = hashes[i & (hashes.length - 1)] == 0 ? 0 : run + 1;
            longest = Math.max(longest, run);
        }
        return Math.min(longest, size) + 1;
    }
}
