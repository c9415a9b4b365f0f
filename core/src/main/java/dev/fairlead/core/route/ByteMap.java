package dev.fairlead.core.route;

import dev.fairlead.core.http.Ascii;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A hash table of byte strings with a few numbers each, asked with ranges of bytes. Immutable; asking allocates nothing.
 *
 * <p>The caller folds bytes into a running hash with {@link #step}, in an order of its own, and asks at every border it
 * meets; so all prefixes of a path, or all suffixes of a name, cost one pass. What is asked for never enters the table, so
 * whoever sends requests can at worst meet the longest run of neighbours that the configuration made; the seed keeps even
 * that from being aimed at.
 *
 * <p>All keys and numbers lie in one array and all slots in another, for a look-up among many costs little but cache
 * misses. With 10,000 hosts a match took 1.4 times as long as with 10; as objects (entry, key, value and what hangs on
 * it), twice as long.
 */
final class ByteMap {
    /** No such key. */
    static final int NONE = -1;

    /** Longest key in bytes. */
    static final int MAX_KEY = 0xFFFF;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final long FREE = -1;

    /** A record: length of the key, owner, numbers, key. */
    private static final int OWNER = 4;

    private static final int NUMBERS = 8;

    private final byte[] records;

    /** Upper half of the hash, then the record's place; {@link #FREE} for none. */
    private final long[] slots;

    private final int shift;
    private final int numbers;
    private final boolean anyCase;

    private ByteMap(Builder from) {
        this.records = Arrays.copyOf(from.records, from.size);
        this.numbers = from.numbers;
        this.anyCase = from.anyCase;
        // At most half full: most questions are misses, and a miss should end at the first slot or two.
        int bits = 64 - Long.numberOfLeadingZeros(Math.max(from.count, 1) * 2L - 1);
        this.shift = 64 - bits;
        this.slots = new long[1 << bits];
        Arrays.fill(slots, FREE);
        for (int record = 0; record < from.size; record += NUMBERS + 4 * numbers + length(record)) {
            long hash = mixed(from.hash(key(record), length(record), records), owner(record));
            int slot = (int) (hash >>> shift);
            while (slots[slot] != FREE) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = (hash & 0xFFFF_FFFF_0000_0000L) | record;
        }
    }

    /** Collects keys. Confined to its caller. */
    static final class Builder {
        private final long seed;
        private final int numbers;
        private final boolean anyCase;
        private final boolean backwards;
        private byte[] records = new byte[256];
        private int size;
        private int count;

        /**
         * @param numbers how many each key has
         * @param anyCase whether keys, added in lower case, are found in any
         * @param backwards whether callers will fold bytes from the last to the first
         */
        Builder(long seed, int numbers, boolean anyCase, boolean backwards) {
            this.seed = seed;
            this.numbers = numbers;
            this.anyCase = anyCase;
            this.backwards = backwards;
        }

        /** Adds a key that is new to this owner; returns its record. */
        int add(int owner, String key, int... values) {
            byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length > MAX_KEY) {
                throw new IllegalArgumentException("key: " + bytes.length + " bytes (expected: <= " + MAX_KEY + ")");
            }
            int record = size;
            int more = NUMBERS + 4 * numbers + bytes.length;
            if (records.length - size < more) {
                records = Arrays.copyOf(records, Math.max(records.length * 2, size + more));
            }
            INT.set(records, record, bytes.length);
            INT.set(records, record + OWNER, owner);
            for (int i = 0; i < numbers; i++) {
                INT.set(records, record + NUMBERS + 4 * i, values[i]);
            }
            System.arraycopy(bytes, 0, records, record + NUMBERS + 4 * numbers, bytes.length);
            size += more;
            count++;
            return record;
        }

        /** Changes one of a record's numbers. */
        void number(int record, int index, int value) {
            INT.set(records, record + NUMBERS + 4 * index, value);
        }

        private long hash(int from, int length, byte[] bytes) {
            long hash = seed;
            for (int i = 0; i < length; i++) {
                hash = step(hash, bytes[from + (backwards ? length - 1 - i : i)]);
            }
            return hash;
        }

        ByteMap build() {
            return new ByteMap(this);
        }
    }

    /** Folds one more byte in; begin with the seed. */
    static long step(long hash, byte b) {
        return (Long.rotateLeft(hash, 23) ^ (b & 0xFF)) * 0x9E3779B97F4A7C15L;
    }

    private static long mixed(long hash, int owner) {
        return (hash ^ (hash >>> 32) ^ owner * 0xC2B2AE3D27D4EB4FL) * 0xD6E8FEB86659FD93L;
    }

    /** The record of the owner's key that these bytes spell, whose running hash is {@code hash}; or {@link #NONE}. */
    int find(long hash, int owner, byte[] bytes, int from, int to) {
        long wanted = mixed(hash, owner);
        int slot = (int) (wanted >>> shift);
        while (true) {
            long there = slots[slot];
            if (there == FREE) {
                return NONE;
            }
            if ((there ^ wanted) >>> 32 == 0) {
                int record = (int) there;
                if (owner(record) == owner && spells(record, bytes, from, to)) {
                    return record;
                }
            }
            slot = (slot + 1) & (slots.length - 1);
        }
    }

    /** Whether these bytes spell the record's key. */
    boolean spells(int record, byte[] bytes, int from, int to) {
        if (length(record) != to - from) {
            return false;
        }
        int key = key(record);
        if (!anyCase) {
            return Arrays.equals(records, key, key + to - from, bytes, from, to);
        }
        for (int i = from; i < to; i++) {
            if (records[key++] != Ascii.lower(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    /** One of a record's numbers. */
    int number(int record, int index) {
        return (int) INT.get(records, record + NUMBERS + 4 * index);
    }

    private int length(int record) {
        return (int) INT.get(records, record);
    }

    /** Whose key the record is. */
    int owner(int record) {
        return (int) INT.get(records, record + OWNER);
    }

    private int key(int record) {
        return record + NUMBERS + 4 * numbers;
    }

    /** The most slots one question can look at. */
    int longestRun() {
        int longest = 0;
        int run = 0;
        // Twice round, for a run may cross the end.
        for (int i = 0; i < 2 * slots.length; i++) {
            run = slots[i & (slots.length - 1)] == FREE ? 0 : run + 1;
            longest = Math.max(longest, run);
        }
        return longest + 1;
    }
}
