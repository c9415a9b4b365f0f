package dev.fairlead.core.balance;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The hash that makes keys for the keyed algorithms, and places for backends: XXH64 with seed 0, so that any balancer
 * of ours, and any other program, comes to the same number.
 *
 * <p>Stateless. Not a defence: whoever chooses keys can choose them to collide. Bounded load is what keeps that from
 * burying one backend.
 *
 * <p>After Yann Collet's xxHash specification (XXH64); {@link #mix} is David Stafford's "Mix13" (2011).
 */
public final class Hash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long PRIME_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME_5 = 0x27D4EB2F165667C5L;

    /** 2^64 divided by the golden ratio, odd: a step that visits all 64-bit numbers, evenly from the start. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Hash() {}

    /** Of a string's UTF-8 bytes. Allocates; for rebuilds, not for requests. */
    public static long of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return of(bytes, 0, bytes.length);
    }

    /** Of {@code bytes[from..to)}. */
    public static long of(byte[] bytes, int from, int to) {
        int at = from;
        long hash;
        if (to - from >= 32) {
            long a = 0x60EA27EEADC0B5D6L; // PRIME_1 + PRIME_2, wrapped
            long b = PRIME_2;
            long c = 0;
            long d = -PRIME_1;
            do {
                a = round(a, (long) LONGS.get(bytes, at));
                b = round(b, (long) LONGS.get(bytes, at + 8));
                c = round(c, (long) LONGS.get(bytes, at + 16));
                d = round(d, (long) LONGS.get(bytes, at + 24));
                at += 32;
            } while (to - at >= 32);
            hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
            hash = merge(merge(merge(merge(hash, a), b), c), d);
        } else {
            hash = PRIME_5;
        }
        return tail(hash + (to - from), bytes, at, to);
    }

    private static long tail(long start, byte[] bytes, int from, int to) {
        long hash = start;
        int at = from;
        for (; to - at >= 8; at += 8) {
            hash = Long.rotateLeft(hash ^ round(0, (long) LONGS.get(bytes, at)), 27) * PRIME_1 + PRIME_4;
        }
        if (to - at >= 4) {
            long word = (int) INTS.get(bytes, at) & 0xFFFFFFFFL;
            hash = Long.rotateLeft(hash ^ word * PRIME_1, 23) * PRIME_2 + PRIME_3;
            at += 4;
        }
        for (; at < to; at++) {
            hash = Long.rotateLeft(hash ^ (bytes[at] & 0xFF) * PRIME_5, 11) * PRIME_1;
        }
        hash = (hash ^ hash >>> 33) * PRIME_2;
        hash = (hash ^ hash >>> 29) * PRIME_3;
        return hash ^ hash >>> 32;
    }

    private static long round(long lane, long word) {
        return Long.rotateLeft(lane + word * PRIME_2, 31) * PRIME_1;
    }

    private static long merge(long hash, long lane) {
        return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
    }

    /** Spreads any change of {@code bits} over all 64. A bijection. */
    public static long mix(long bits) {
        long z = (bits ^ bits >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** The {@code n}-th number of the sequence that {@code seed} begins (SplitMix64). */
    static long nth(long seed, int n) {
        return mix(seed + n * GOLDEN);
    }

    /** An even draw from 0 to {@code count} - 1, by the upper half of {@code bits}. */
    static int below(long bits, int count) {
        return (int) ((bits >>> 32) * count >>> 32);
    }
}
