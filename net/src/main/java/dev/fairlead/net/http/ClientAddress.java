package dev.fairlead.net.http;

import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;

/**
 * Whose request it is: the peer, or, where that is a trusted proxy, the last address of {@code X-Forwarded-For} that is not
 * one. What is no address ends the search: then the proxy that passed it on answers for it.
 *
 * <p>Confined to one loop; holds the one address that was found last, and allocates nothing.
 */
final class ClientAddress {
    /** Longer chains of trusted proxies are not followed. */
    private static final int MOST_HOPS = 32;

    private static final int V4 = 4;
    private static final int V6 = 16;

    private final byte[] four = new byte[V4];
    private final byte[] six = new byte[V6];
    private final int[] groups = new int[V6 / 2];
    private byte[] found = four;

    /** Finds the address; {@link #bytes} has it. */
    void find(Head head, Peer peer) {
        found = peer.address();
        if (!peer.trusted()) {
            return;
        }
        int hops = 0;
        for (int field = lastField(head, head.count()); field >= 0; field = lastField(head, field)) {
            byte[] text = head.bytes();
            int start = head.valueStart(field);
            int end = head.valueEnd(field);
            while (end > start) {
                int comma = end - 1;
                while (comma >= start && text[comma] != ',') {
                    comma--;
                }
                if (!parse(text, comma + 1, end) || !Peer.trusts(peer.proxies(), found) || ++hops == MOST_HOPS) {
                    return;
                }
                end = comma;
            }
        }
    }

    /** 4 or 16 bytes, or none where the peer has no internet address; valid until the next search. */
    byte[] bytes() {
        return found;
    }

    /** How many of the bytes tell clients apart: an IPv6 client has a whole /64 of addresses to choose from. */
    int telling() {
        return found.length == V6 ? V6 / 2 : found.length;
    }

    private static int lastField(Head head, int before) {
        for (int i = before - 1; i >= 0; i--) {
            if (head.known(i) == Known.X_FORWARDED_FOR && !head.dropped(i)) {
                return i;
            }
        }
        return -1;
    }

    /** Takes the address of one entry, which may have a port behind it; false for what is none. */
    private boolean parse(byte[] text, int entryFrom, int entryTo) {
        int from = entryFrom;
        int to = entryTo;
        while (from < to && (text[from] == ' ' || text[from] == '\t')) {
            from++;
        }
        while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\t')) {
            to--;
        }
        if (from < to && text[from] == '[') {
            int close = indexOf(text, from, to, ']');
            return close < to && v6(text, from + 1, close);
        }
        int colon = indexOf(text, from, to, ':');
        if (indexOf(text, from, colon, '.') < colon) {
            int address = v4(text, from, colon);
            return address != -1 && take(address);
        }
        return v6(text, from, to);
    }

    private static int indexOf(byte[] text, int from, int to, char wanted) {
        int at = from;
        while (at < to && text[at] != wanted) {
            at++;
        }
        return at;
    }

    private boolean take(int v4) {
        for (int i = 0; i < V4; i++) {
            four[i] = (byte) (v4 >>> 24 - 8 * i);
        }
        found = four;
        return true;
    }

    /** The four bytes; -1, the broadcast address, which no client has, for what is no IPv4 address. */
    private static int v4(byte[] text, int from, int to) {
        int address = 0;
        int parts = 0;
        int at = from;
        while (parts < V4) {
            int value = 0;
            int digits = 0;
            for (; at < to && text[at] >= '0' && text[at] <= '9' && digits < 3; at++, digits++) {
                value = value * 10 + text[at] - '0';
            }
            boolean last = ++parts == V4;
            if (digits == 0 || value > 255 || (last ? at != to : at == to || text[at++] != '.')) {
                return -1;
            }
            address = address << 8 | value;
        }
        return address;
    }

    /** RFC 4291 section 2.2, without zones. */
    private boolean v6(byte[] text, int from, int to) {
        int count = 0;
        int gap = -1;
        int at = from;
        if (to - from >= 2 && text[at] == ':' && text[at + 1] == ':') {
            gap = 0;
            at += 2;
        }
        while (at < to) {
            int end = indexOf(text, at, to, ':');
            if (count == groups.length || end == at) {
                return false;
            }
            if (end == to && count <= groups.length - 2 && indexOf(text, at, to, '.') < to) {
                int tail = v4(text, at, to);
                groups[count++] = tail >>> 16;
                groups[count++] = tail & 0xFFFF;
                if (tail == -1) {
                    return false;
                }
                break;
            }
            int group = hex(text, at, end);
            if (group < 0) {
                return false;
            }
            groups[count++] = group;
            at = end + 1;
            if (at < to && text[at] == ':') {
                if (gap >= 0) {
                    return false;
                }
                gap = count;
                at++;
            } else if (end < to && at == to) {
                return false;
            }
        }
        if (gap < 0 ? count != groups.length : count == groups.length) {
            return false;
        }
        return spread(count, gap < 0 ? count : gap);
    }

    private static int hex(byte[] text, int from, int to) {
        if (to - from > 4) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit((char) text[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** Puts the groups behind the gap at the end, and takes an IPv4 address in IPv6 form for what it is. */
    private boolean spread(int count, int gap) {
        int behind = count - gap;
        for (int i = groups.length - 1; i >= 0; i--) {
            int from = groups.length - 1 - i < behind ? count - (groups.length - i) : i < gap ? i : -1;
            groups[i] = from < 0 ? 0 : groups[from];
        }
        boolean mapped = groups[5] == 0xFFFF;
        for (int i = 0; i < 5; i++) {
            mapped &= groups[i] == 0;
        }
        if (mapped) {
            return take(groups[6] << 16 | groups[7]);
        }
        for (int i = 0; i < groups.length; i++) {
            six[2 * i] = (byte) (groups[i] >>> 8);
            six[2 * i + 1] = (byte) groups[i];
        }
        found = six;
        return true;
    }
}
