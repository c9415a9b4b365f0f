package dev.fairlead.core.http;

import dev.fairlead.core.fail.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What a well-formed head must also satisfy before anything is done with it: exactly one framing, exactly one host, a
 * target we can serve (RFC 9112 sections 3.2 and 6, RFC 9110 section 7.2). Stateless.
 *
 * <p>Refuse first: where two readings of a message are possible, it is not forwarded at all.
 */
public final class HeadRules {
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final long BAD_LENGTH = -1;

    /** Each costs a look at every field; nobody needs more than a few. */
    private static final int MAX_CONNECTION_OPTIONS = 32;

    private HeadRules() {}

    /** Checks a request and decides its framing; returns why it must be refused, or {@code null}. */
    public static @Nullable Failure request(Head head) {
        Failure failure = requestFraming(head);
        if (failure == null) {
            failure = looseNames(head);
        }
        if (failure == null && tooManyOptions(head)) {
            failure = Failure.HEAD_TOO_LARGE;
        }
        if (failure == null) {
            failure = method(head);
        }
        return failure != null ? failure : host(head);
    }

    private static @Nullable Failure method(Head head) {
        return switch (head.method()) {
            // A tunnel to anywhere, and an echo of credentials: not what a front door is for.
            case CONNECT, TRACE -> Failure.METHOD_NOT_ALLOWED;
            case GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH, OTHER -> null;
        };
    }

    private static @Nullable Failure requestFraming(Head head) {
        int coding = head.find(Known.TRANSFER_ENCODING);
        int length = head.find(Known.CONTENT_LENGTH);
        if (coding >= 0) {
            if (length >= 0 || head.http10() || head.find(Known.TRANSFER_ENCODING, coding + 1) >= 0) {
                return Failure.BAD_FRAMING;
            }
            if (!head.valueIs(coding, "chunked")) {
                return endsInChunked(head, coding) ? Failure.METHOD_NOT_IMPLEMENTED : Failure.BAD_FRAMING;
            }
            head.drop(coding);
            head.framing(Framing.CHUNKED, 0);
            return null;
        }
        if (length < 0) {
            head.framing(Framing.NONE, 0);
            return null;
        }
        long bodyLength = length(head, length);
        if (bodyLength == BAD_LENGTH || head.find(Known.CONTENT_LENGTH, length + 1) >= 0) {
            return Failure.BAD_FRAMING;
        }
        head.framing(Framing.LENGTH, bodyLength);
        plainLength(head, length, bodyLength);
        return null;
    }

    /** Whether the codings are a list of names that ends in {@code chunked} and has neither it nor {@code identity} before. */
    private static boolean endsInChunked(Head head, int coding) {
        byte[] bytes = head.bytes();
        int end = head.valueEnd(coding);
        int at = head.valueStart(coding);
        while (true) {
            int stop = FieldList.end(bytes, at, end);
            if (FieldList.is(bytes, at, stop, "chunked")) {
                return stop == end;
            }
            boolean other = FieldList.isToken(bytes, at, stop) && !FieldList.is(bytes, at, stop, "identity");
            if (!other || stop == end) {
                return false;
            }
            at = stop + 1;
        }
    }

    private static boolean tooManyOptions(Head head) {
        int options = 0;
        for (int i = head.find(Known.CONNECTION); i >= 0; i = head.find(Known.CONNECTION, i + 1)) {
            int end = head.valueEnd(i);
            for (int at = head.valueStart(i); at < end; at = FieldList.end(head.bytes(), at, end) + 1) {
                if (++options > MAX_CONNECTION_OPTIONS) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Digits only, and few enough that no counter overflows. */
    private static long length(Head head, int field) {
        byte[] bytes = head.bytes();
        int start = head.valueStart(field);
        int end = head.valueEnd(field);
        if (start == end || end - start > MAX_LENGTH_DIGITS) {
            return BAD_LENGTH;
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return BAD_LENGTH;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Spells a length with leading zeros anew: valid, but there are programs that take it for octal. */
    private static void plainLength(Head head, int field, long value) {
        if (field < 0) {
            return;
        }
        int start = head.valueStart(field);
        if (head.bytes()[start] == '0' && head.valueEnd(field) - start > 1) {
            head.drop(field);
            head.add(Known.CONTENT_LENGTH, Long.toString(value));
        }
    }

    /**
     * {@code Content_Length} and its like: harmless to us, but CGI, WSGI and PHP backends take the underscore for a hyphen.
     * Framing names are refused, forwarded ones dropped, so that a client cannot speak in the balancer's name.
     */
    private static @Nullable Failure looseNames(Head head) {
        if (!head.underscores) {
            return null;
        }
        for (int i = 0; i < head.count(); i++) {
            Known meant = Known.findLoosely(head.bytes(), head.nameStart(i), head.nameEnd(i));
            if (meant == null || meant == head.known(i)) {
                continue;
            }
            if (meant == Known.CONTENT_LENGTH || meant == Known.TRANSFER_ENCODING) {
                return Failure.BAD_FRAMING;
            }
            if (meant == Known.X_FORWARDED_FOR
                    || meant == Known.X_FORWARDED_PROTO
                    || meant == Known.X_FORWARDED_HOST
                    || meant == Known.X_FORWARDED_PORT
                    || meant == Known.X_REQUEST_ID) {
                head.drop(i);
            }
        }
        return null;
    }

    /** One valid Host (HTTP/1.0 may have none), agreeing with an absolute target, which is turned into origin form. */
    private static @Nullable Failure host(Head head) {
        int host = head.find(Known.HOST);
        if (host >= 0 && head.find(Known.HOST, host + 1) >= 0) {
            return Failure.BAD_HOST;
        }
        if (host < 0 && !head.http10()) {
            return Failure.BAD_HOST;
        }
        if (host >= 0 && !Authority.valid(head.bytes(), head.valueStart(host), head.valueEnd(host))) {
            return Failure.BAD_HOST;
        }
        byte first = head.bytes()[head.targetStart()];
        if (first == '/') {
            return null;
        }
        if (first == '*') {
            boolean alone = head.targetEnd() - head.targetStart() == 1;
            return alone && head.method() == Method.OPTIONS ? null : Failure.BAD_TARGET;
        }
        return absoluteForm(head, host);
    }

    private static @Nullable Failure absoluteForm(Head head, int host) {
        byte[] bytes = head.bytes();
        int end = head.targetEnd();
        int authority = afterScheme(bytes, head.targetStart(), end);
        if (authority < 0) {
            return Failure.BAD_TARGET;
        }
        int path = authority;
        while (path < end && bytes[path] != '/' && bytes[path] != '?') {
            path++;
        }
        if (!Authority.valid(bytes, authority, path)) {
            return Failure.BAD_TARGET;
        }
        if (host < 0) {
            int length = path - authority;
            head.beginField(Known.HOST);
            head.appendOwn(authority, authority + length);
            head.endField();
        } else if (!agree(head, authority, path, host)) {
            return Failure.BAD_HOST;
        }
        originForm(head, path, end);
        return null;
    }

    /** Whether the target's authority and the Host field name the same place; a scheme's own port may be left out. */
    private static boolean agree(Head head, int authority, int path, int host) {
        byte[] bytes = head.bytes();
        boolean secure = Ascii.lower(bytes[authority - "s://".length()]) == 's';
        String port = secure ? ":443" : ":80";
        return Ascii.equalsIgnoreCase(
                bytes,
                authority,
                withoutPort(bytes, authority, path, port),
                bytes,
                head.valueStart(host),
                withoutPort(bytes, head.valueStart(host), head.valueEnd(host), port));
    }

    private static int withoutPort(byte[] bytes, int from, int to, String port) {
        int end = to - port.length();
        return end > from && Ascii.equalsIgnoreCase(bytes, end, to, port) ? end : to;
    }

    private static int afterScheme(byte[] bytes, int from, int to) {
        for (String scheme : SCHEMES) {
            int end = from + scheme.length();
            if (end < to && Ascii.equalsIgnoreCase(bytes, from, end, scheme)) {
                return end;
            }
        }
        return -1;
    }

    private static final String[] SCHEMES = {"http://", "https://"};

    private static void originForm(Head head, int path, int end) {
        if (path < end && head.bytes()[path] == '/') {
            head.target(path, end);
            return;
        }
        int start = head.size();
        boolean asterisk = path == end && head.method() == Method.OPTIONS;
        head.append((byte) (asterisk ? '*' : '/'));
        head.appendOwn(path, end);
        head.target(start, head.size());
    }

    /**
     * Checks an answer and decides its framing; returns {@link Failure#BAD_ANSWER}, or {@code null}. For an interim answer
     * (1xx) it only takes framing fields away.
     *
     * @param toHead whether the request was a HEAD
     */
    public static @Nullable Failure answer(Head head, boolean toHead) {
        int status = head.status();
        int coding = head.find(Known.TRANSFER_ENCODING);
        int length = head.find(Known.CONTENT_LENGTH);
        if ((coding >= 0 && length >= 0) || tooManyOptions(head)) {
            return Failure.BAD_ANSWER;
        }
        if (coding >= 0) {
            if (head.http10()
                    || head.find(Known.TRANSFER_ENCODING, coding + 1) >= 0
                    || !head.valueIs(coding, "chunked")) {
                return Failure.BAD_ANSWER;
            }
            head.drop(coding);
        }
        long bodyLength = 0;
        if (length >= 0) {
            bodyLength = length(head, length);
            if (bodyLength == BAD_LENGTH || head.find(Known.CONTENT_LENGTH, length + 1) >= 0) {
                return Failure.BAD_ANSWER;
            }
        }
        if (status < 200 || status == 204) {
            // Neither may have a body, so neither may announce one (RFC 9110 section 8.6).
            if (length >= 0) {
                head.drop(length);
            }
            head.framing(Framing.NONE, 0);
        } else if (toHead || status == 304) {
            head.framing(Framing.NONE, 0);
            plainLength(head, length, bodyLength);
        } else if (coding >= 0) {
            head.framing(Framing.CHUNKED, 0);
        } else if (length >= 0) {
            head.framing(Framing.LENGTH, bodyLength);
            plainLength(head, length, bodyLength);
        } else {
            head.framing(Framing.UNTIL_CLOSE, 0);
        }
        return null;
    }

    /** Whether the sender means to keep the connection open behind this message (RFC 9112 section 9.3). */
    public static boolean persistent(Head head) {
        return head.http10() ? lists(head, Known.CONNECTION, "keep-alive") : !lists(head, Known.CONNECTION, "close");
    }

    /** Whether the fields named {@code known}, as comma-separated lists, hold the element {@code lower}. */
    public static boolean lists(Head head, Known known, String lower) {
        for (int i = head.find(known); i >= 0; i = head.find(known, i + 1)) {
            int end = head.valueEnd(i);
            int at = head.valueStart(i);
            while (at < end) {
                int stop = FieldList.end(head.bytes(), at, end);
                if (FieldList.is(head.bytes(), at, stop, lower)) {
                    return true;
                }
                at = stop + 1;
            }
        }
        return false;
    }

    /**
     * Drops the fields that speak about one connection only: the standard ones and those that {@code Connection} names
     * (RFC 9110 section 7.6.1). What this balancer answers for (Host, lengths, who the client is) cannot be named away.
     */
    public static void dropHopByHop(Head head) {
        for (int i = head.find(Known.CONNECTION); i >= 0; i = head.find(Known.CONNECTION, i + 1)) {
            int end = head.valueEnd(i);
            int at = head.valueStart(i);
            while (at < end) {
                int stop = FieldList.end(head.bytes(), at, end);
                dropNamed(head, at, stop);
                at = stop + 1;
            }
        }
        head.dropAll(HOP_BY_HOP);
    }

    private static final long HOP_BY_HOP = Known.bits(
            Known.CONNECTION,
            Known.KEEP_ALIVE,
            Known.PROXY_CONNECTION,
            Known.PROXY_AUTHENTICATE,
            Known.PROXY_AUTHORIZATION,
            Known.PROXY,
            Known.TE,
            Known.TRANSFER_ENCODING,
            Known.UPGRADE,
            Known.HTTP2_SETTINGS);

    private static final long KEPT = Known.bits(
            // Goes in the end; until then every one of them must be found.
            Known.CONNECTION,
            Known.HOST,
            Known.CONTENT_LENGTH,
            Known.X_FORWARDED_FOR,
            Known.X_FORWARDED_PROTO,
            Known.X_FORWARDED_HOST,
            Known.X_FORWARDED_PORT,
            Known.FORWARDED,
            Known.X_REQUEST_ID,
            Known.VIA);

    private static void dropNamed(Head head, int from, int to) {
        byte[] bytes = head.bytes();
        int start = FieldList.trimStart(bytes, from, to);
        int end = FieldList.trimEnd(bytes, start, to);
        if (start == end
                || Ascii.equalsIgnoreCase(bytes, start, end, "close")
                || Ascii.equalsIgnoreCase(bytes, start, end, "keep-alive")) {
            return;
        }
        for (int i = 0; i < head.count(); i++) {
            Known known = head.known(i);
            if ((known == null || (known.bit() & KEPT) == 0)
                    && Ascii.equalsIgnoreCase(bytes, head.nameStart(i), head.nameEnd(i), bytes, start, end)) {
                head.drop(i);
            }
        }
    }

    /** Drops what must not stand in trailers: framing, routing, credentials and the like (RFC 9110 section 6.5.1). */
    public static void cleanTrailers(Head trailers) {
        for (int i = 0; i < trailers.count(); i++) {
            byte[] bytes = trailers.bytes();
            boolean known = trailers.known(i) != null
                    || (trailers.underscores
                            && Known.findLoosely(bytes, trailers.nameStart(i), trailers.nameEnd(i)) != null);
            if (known) {
                trailers.drop(i);
            }
        }
    }
}
