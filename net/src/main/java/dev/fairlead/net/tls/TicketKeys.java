package dev.fairlead.net.tls;

import dev.fairlead.core.time.Seeds;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The keys of session tickets (RFC 5077): the first makes them, all read them. Immutable. Never shown.
 *
 * <p>Whoever has a key can read what was recorded of sessions resumed by TLS 1.2 with it, so it must not live long.
 */
public record TicketKeys(List<Key> keys) {
    /** How many are kept: with a new one every half a day, a ticket of a day can still be read. */
    private static final int KEPT = 3;

    /** One key: 16 bytes of name, 16 that authenticate, 16 that encrypt. */
    public record Key(byte[] bytes) {
        /** Its length in bytes. */
        public static final int SIZE = 48;

        /** Copies what may be changed. */
        public Key {
            if (bytes.length != SIZE) {
                throw new IllegalArgumentException(bytes.length + " bytes (expected: " + SIZE + ")");
            }
            bytes = bytes.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "a ticket key";
        }

        OpenSslSessionTicketKey netty() {
            return new OpenSslSessionTicketKey(
                    Arrays.copyOf(bytes, 16), Arrays.copyOfRange(bytes, 16, 32), Arrays.copyOfRange(bytes, 32, SIZE));
        }
    }

    /** Copies what may be changed. */
    public TicketKeys {
        keys = List.copyOf(keys);
    }

    /** A first key, made of {@code seeds}. */
    public static TicketKeys fresh(Seeds seeds) {
        return new TicketKeys(List.of(key(seeds)));
    }

    /** A new key in front, and no more of the old ones than are needed. */
    public TicketKeys next(Seeds seeds) {
        List<Key> more = new ArrayList<>();
        more.add(key(seeds));
        more.addAll(keys.subList(0, Math.min(keys.size(), KEPT - 1)));
        return new TicketKeys(more);
    }

    private static Key key(Seeds seeds) {
        ByteBuffer bytes = ByteBuffer.allocate(Key.SIZE);
        while (bytes.hasRemaining()) {
            bytes.putLong(seeds.next());
        }
        return new Key(bytes.array());
    }
}
