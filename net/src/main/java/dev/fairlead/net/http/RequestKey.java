package dev.fairlead.net.http;

import dev.fairlead.core.balance.Hash;
import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

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
        return switch (config) {
            case HashKey.Source() -> RequestKey::source;
            case HashKey.Uri() -> (head, peer) -> Hash.of(head.bytes(), head.targetStart(), head.targetEnd());
            case HashKey.Header(String name) -> header(name.toLowerCase(Locale.ROOT));
            case HashKey.Cookie(String name) -> cookie(ascii(name));
            case HashKey.Query(String name) -> query(ascii(name));
        };
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static long source(Head head, Peer peer) {
        byte[] address = peer.address();
        return Hash.of(address, 0, address.length);
    }

    private static RequestKey header(String lowerName) {
        return (head, peer) -> {
            int field = head.find(lowerName);
            return field < 0 ? source(head, peer) : Hash.of(head.bytes(), head.valueStart(field), head.valueEnd(field));
        };
    }

    private static RequestKey cookie(byte[] name) {
        return (head, peer) -> {
            for (int i = head.find(Known.COOKIE); i >= 0; i = head.find(Known.COOKIE, i + 1)) {
                byte[] bytes = head.bytes();
                int end = head.valueEnd(i);
                int at = head.valueStart(i);
                while (at < end) {
                    while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
                        at++;
                    }
                    int stop = indexOf(bytes, at, end, (byte) ';');
                    int value = afterName(bytes, at, stop, name);
                    if (value >= 0) {
                        return Hash.of(bytes, value, stop);
                    }
                    at = stop + 1;
                }
            }
            return source(head, peer);
        };
    }

    private static RequestKey query(byte[] name) {
        return (head, peer) -> {
            byte[] bytes = head.bytes();
            int end = head.targetEnd();
            int at = indexOf(bytes, head.targetStart(), end, (byte) '?') + 1;
            while (at < end) {
                int stop = indexOf(bytes, at, end, (byte) '&');
                int value = afterName(bytes, at, stop, name);
                if (value >= 0) {
                    return Hash.of(bytes, value, stop);
                }
                at = stop + 1;
            }
            return source(head, peer);
        };
    }

    private static int indexOf(byte[] bytes, int from, int to, byte wanted) {
        int at = from;
        while (at < to && bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    /** Where the value begins if the range reads {@code name=value}, else -1. */
    private static int afterName(byte[] bytes, int from, int to, byte[] name) {
        int equals = from + name.length;
        if (equals >= to || bytes[equals] != '=') {
            return -1;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes[from + i] != name[i]) {
                return -1;
            }
        }
        return equals + 1;
    }
}
