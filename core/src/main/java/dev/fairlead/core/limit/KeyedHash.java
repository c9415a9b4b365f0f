package dev.fairlead.core.limit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hash of keys that clients choose, under a secret: whoever does not know the secret cannot make two keys collide.
 *
 * <p>Immutable, thread-safe, without allocation. Two objects of one secret come to the same number.
 *
 * <p>SipHash-2-4 (Aumasson, Bernstein 2012). XXH64, which places keys on backends, is quicker, but its collisions can be
 * computed, with or without a seed.
 */
public final class KeyedHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long k0;
    private final long k1;

    /** Both halves of the secret come from {@link dev.fairlead.core.time.Seeds}. */
    public KeyedHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /** Of {@code bytes[from..to)}. */
    public long of(byte[] bytes, int from, int to) {
        long a = k0 ^ 0x736F6D6570736575L;
        long b = k1 ^ 0x646F72616E646F6DL;
        long c = k0 ^ 0x6C7967656E657261L;
        long d = k1 ^ 0x7465646279746573L;
        int words = to - from >>> 3;
        for (int i = 0; i <= words; i++) {
            long word =
                    i < words ? (long) LONGS.get(bytes, from + 8 * i) : last(bytes, from + 8 * words, to, to - from);
            d ^= word;
            for (int round = 0; round < 2; round++) {
                a += b;
                c += d;
                b = Long.rotateLeft(b, 13) ^ a;
                d = Long.rotateLeft(d, 16) ^ c;
                a = Long.rotateLeft(a, 32) + d;
                c += b;
                d = Long.rotateLeft(d, 21) ^ a;
                b = Long.rotateLeft(b, 17) ^ c;
                c = Long.rotateLeft(c, 32);
            }
            a ^= word;
        }
        c ^= 0xFF;
        for (int round = 0; round < 4; round++) {
            a += b;
            c += d;
            b = Long.rotateLeft(b, 13) ^ a;
            d = Long.rotateLeft(d, 16) ^ c;
            a = Long.rotateLeft(a, 32) + d;
            c += b;
            d = Long.rotateLeft(d, 21) ^ a;
            b = Long.rotateLeft(b, 17) ^ c;
            c = Long.rotateLeft(c, 32);
        }
        return a ^ b ^ c ^ d;
    }

    private static long last(byte[] bytes, int from, int to, int length) {
        long word = (long) length << 56;
        for (int i = from; i < to; i++) {
            word |= (bytes[i] & 0xFFL) << 8 * (i - from);
        }
        return word;
    }

    /** Spreads any change of {@code bits} over all 64: a bijection, David Stafford's "Mix13" (2011). */
    static long mix(long bits) {
        long z = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
