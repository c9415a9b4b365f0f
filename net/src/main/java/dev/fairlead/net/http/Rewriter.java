package dev.fairlead.net.http;

import dev.fairlead.core.http.Ascii;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadRules;
import dev.fairlead.core.http.Known;
import dev.fairlead.core.http.Method;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * What changes in a head on its way through: hop-by-hop fields go, fields that tell the backend who is asking come
 * (RFC 9110 section 7.6, RFC 7239). Stateless; changes the head in place and allocates nothing.
 */
final class Rewriter {
    private static final byte[] HTTP = ascii("http");
    private static final byte[] HTTPS = ascii("https");
    private static final byte[] VIA_11 = ascii("1.1 fairlead");
    private static final byte[] VIA_10 = ascii("1.0 fairlead");
    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final int MAX_REQUEST_ID = 128;

    private Rewriter() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether the client asks for another protocol that may be passed on; never for HTTP/2, which would hide requests. */
    static boolean asksUpgrade(Head head) {
        int upgrade = head.find(Known.UPGRADE);
        return upgrade >= 0
                && !head.http10()
                && head.method() == Method.GET
                && head.find(Known.UPGRADE, upgrade + 1) < 0
                && HeadRules.lists(head, Known.CONNECTION, "upgrade")
                && !HeadRules.lists(head, Known.UPGRADE, "h2c")
                && !HeadRules.lists(head, Known.UPGRADE, "h2");
    }

    /** Makes the client's request head the backend's. */
    static void request(Head head, Peer peer, boolean upgrade, String backendHost, RandomGenerator random) {
        int upgradeField = upgrade ? head.find(Known.UPGRADE) : -1;
        HeadRules.dropHopByHop(head);
        if (upgradeField >= 0) {
            head.restore(upgradeField);
        }
        if (head.find(Known.HOST) < 0) {
            head.add(Known.HOST, backendHost);
        }
        if (!peer.trusted()) {
            head.drop(Known.X_FORWARDED_FOR);
            head.drop(Known.X_FORWARDED_PROTO);
            head.drop(Known.X_FORWARDED_HOST);
            head.drop(Known.X_FORWARDED_PORT);
            head.drop(Known.FORWARDED);
        }
        identify(head, peer, random);
        forwarded(head, peer);
        head.add(Known.VIA, head.http10() ? VIA_10 : VIA_11);
        if (head.http10()) {
            head.drop(Known.EXPECT);
        }
    }

    /**
     * Gives a request that was not rewritten the id it goes by in answers and in the log, and takes away what its client may
     * not ask for.
     */
    static void identify(Head head, Peer peer, RandomGenerator random) {
        DebugFields.settle(head, peer);
        if (!peer.trusted()) {
            head.drop(Known.X_REQUEST_ID);
        }
        requestId(head, random);
    }

    private static void forwarded(Head head, Peer peer) {
        appendToList(head, Known.X_FORWARDED_FOR);
        head.append(peer.text(), 0, peer.text().length);
        head.endField();
        int host = head.find(Known.HOST);
        int hostStart = head.valueStart(host);
        int hostEnd = head.valueEnd(host);
        if (head.find(Known.X_FORWARDED_PROTO) < 0) {
            head.add(Known.X_FORWARDED_PROTO, peer.secure() ? HTTPS : HTTP);
        }
        if (head.find(Known.X_FORWARDED_HOST) < 0) {
            head.beginField(Known.X_FORWARDED_HOST);
            head.appendOwn(hostStart, hostEnd);
            head.endField();
        }
        appendToList(head, Known.FORWARDED);
        head.append("for=");
        head.append(peer.forwarded(), 0, peer.forwarded().length);
        head.append(";host=");
        boolean quote = !token(head.bytes(), hostStart, hostEnd);
        if (quote) {
            head.append((byte) '"');
        }
        head.appendOwn(hostStart, hostEnd);
        if (quote) {
            head.append((byte) '"');
        }
        head.append(peer.secure() ? ";proto=https" : ";proto=http");
        head.endField();
    }

    /** Begins a field with what fields of that name already say, as one list, so that our entry is the last whoever reads. */
    private static void appendToList(Head head, Known known) {
        int present = head.find(known);
        head.beginField(known);
        int own = head.count() - 1;
        while (present >= 0 && present < own) {
            if (head.valueEnd(present) > head.valueStart(present)) {
                head.appendOwn(head.valueStart(present), head.valueEnd(present));
                head.append(", ");
            }
            head.drop(present);
            present = head.find(known, present + 1);
        }
    }

    private static boolean token(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Ascii.token(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    private static void requestId(Head head, RandomGenerator random) {
        int present = head.find(Known.X_REQUEST_ID);
        if (present >= 0) {
            int length = head.valueEnd(present) - head.valueStart(present);
            if (length > 0 && length <= MAX_REQUEST_ID && head.find(Known.X_REQUEST_ID, present + 1) < 0) {
                return;
            }
            head.drop(Known.X_REQUEST_ID);
        }
        head.beginField(Known.X_REQUEST_ID);
        hex(head, random.nextLong());
        hex(head, random.nextLong());
        head.endField();
    }

    private static void hex(Head head, long value) {
        byte[] bytes = head.reserve(16);
        int at = head.size();
        for (int shift = 60; shift >= 0; shift -= 4) {
            bytes[at++] = HEX[(int) (value >>> shift) & 15];
        }
        head.filled(16);
    }

    /** Makes the backend's answer head the client's. */
    static void answer(Head head, byte[] date) {
        int upgradeField = head.status() == 101 ? head.find(Known.UPGRADE) : -1;
        HeadRules.dropHopByHop(head);
        if (upgradeField >= 0) {
            head.restore(upgradeField);
        }
        if (head.status() >= 200 && head.find(Known.DATE) < 0) {
            head.add(Known.DATE, date);
        }
    }
}
