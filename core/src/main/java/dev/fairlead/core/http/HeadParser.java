package dev.fairlead.core.http;

import dev.fairlead.core.fail.Failure;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1 head grammar (RFC 9112 sections 2 to 5), strict and incremental. Stateless: where it stopped is kept in the
 * {@link Head}.
 *
 * <p>Call it whenever bytes were put into the head. No byte is scanned twice and only whole lines are taken
 * apart, so a head that arrives a byte at a time costs no more than one that arrives at once, and any split of the input
 * gives the same result. Bare CR, bare
 * LF, folded lines, NUL and other control bytes, and space before a colon are refused rather than repaired, for two
 * parsers that repair differently are how requests are smuggled.
 */
public final class HeadParser {
    private static final int MAX_METHOD = 32;
    private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/', '1', '.'};

    /** Which start line is expected. */
    private enum Kind {
        REQUEST,
        ANSWER,
        TRAILERS
    }

    private HeadParser() {}

    /** What a call came to; a failure is returned as itself. */
    public sealed interface Progress {
        /** More bytes are needed. */
        Progress MORE = new More();

        /** The head is whole; {@link Head#length()} says where it ends. */
        Progress DONE = new Done();

        /** See {@link #MORE}. */
        record More() implements Progress {}

        /** See {@link #DONE}. */
        record Done() implements Progress {}

        /** The head must be refused. */
        record Bad(Failure failure) implements Progress {}
    }

    /** Goes on with a request's head. */
    public static Progress request(Head head, HeadLimits limits) {
        return parse(head, limits, Kind.REQUEST);
    }

    /** Goes on with an answer's head. Failures are those of a backend. */
    public static Progress answer(Head head, HeadLimits limits) {
        return parse(head, limits, Kind.ANSWER);
    }

    /** Goes on with the trailers behind a chunked body. */
    public static Progress trailers(Head head, HeadLimits limits) {
        return parse(head, limits, Kind.TRAILERS);
    }

    private static Progress parse(Head head, HeadLimits limits, Kind kind) {
        if (kind == Kind.TRAILERS) {
            head.startLineDone = true;
        }
        byte[] bytes = head.bytes();
        int size = head.size();
        while (true) {
            if (!head.startLineDone && !plausible(head, kind)) {
                return bad(kind, Failure.BAD_REQUEST);
            }
            int end = lineEnd(bytes, head.scanned, size);
            // A CR needs one byte more before it is known to end the line.
            int needed = end < size && bytes[end] == '\r' ? end + 2 : end + 1;
            if (beyondLimits(head, limits, needed)) {
                return tooLarge(head, kind);
            }
            if (needed > size) {
                head.scanned = end;
                return Progress.MORE;
            }
            if (bytes[end] != '\r' || bytes[end + 1] != '\n') {
                return bad(kind, Failure.BAD_REQUEST);
            }
            int start = head.lineStart;
            head.scanned = needed;
            head.lineStart = needed;
            if (!head.startLineDone) {
                // One empty line before a request is forgiven (RFC 9112 section 2.2).
                if (end == 0 && kind == Kind.REQUEST) {
                    continue;
                }
                Failure failure = kind == Kind.REQUEST ? requestLine(head, start, end) : statusLine(head, start, end);
                if (failure != null) {
                    return new Progress.Bad(failure);
                }
                head.startLineDone = true;
            } else if (end == start) {
                head.length = needed;
                return Progress.DONE;
            } else if (head.count() == limits.fields()) {
                return bad(kind, Failure.HEAD_TOO_LARGE);
            } else if (!fieldLine(head, start, end)) {
                return bad(kind, Failure.BAD_REQUEST);
            }
        }
    }

    /** Where the first byte is that ends a line or spoils it: any control byte but a tab. */
    private static int lineEnd(byte[] bytes, int from, int to) {
        int at = Ascii.control(bytes, from, to);
        while (at < to && bytes[at] == '\t') {
            at = Ascii.control(bytes, at + 1, to);
        }
        return at;
    }

    /** Refuses at once what cannot become a start line, such as a TLS hello, instead of waiting for a line end. */
    private static boolean plausible(Head head, Kind kind) {
        int size = head.size();
        if (size == 0 || head.lineStart >= size) {
            return true;
        }
        byte[] bytes = head.bytes();
        byte first = bytes[head.lineStart];
        if (kind == Kind.ANSWER) {
            return first == 'H';
        }
        return Ascii.token(first) || (first == '\r' && head.lineStart == 0);
    }

    private static boolean beyondLimits(Head head, HeadLimits limits, int needed) {
        return needed > limits.head() || (!head.startLineDone && needed - head.lineStart > limits.startLine());
    }

    private static Progress tooLarge(Head head, Kind kind) {
        boolean line = !head.startLineDone && kind == Kind.REQUEST;
        return bad(kind, line ? Failure.URI_TOO_LONG : Failure.HEAD_TOO_LARGE);
    }

    private static Progress bad(Kind kind, Failure ofRequest) {
        return new Progress.Bad(
                switch (kind) {
                    case REQUEST -> ofRequest;
                    case ANSWER ->
                        ofRequest == Failure.HEAD_TOO_LARGE ? Failure.ANSWER_HEAD_TOO_LARGE : Failure.BAD_ANSWER;
                    case TRAILERS -> ofRequest == Failure.HEAD_TOO_LARGE ? ofRequest : Failure.BAD_TRAILER;
                });
    }

    private static @Nullable Failure requestLine(Head head, int start, int end) {
        byte[] bytes = head.bytes();
        int at = start;
        while (at < end && Ascii.token(bytes[at])) {
            at++;
        }
        if (at == start || at == end || bytes[at] != ' ' || at - start > MAX_METHOD) {
            return Failure.BAD_REQUEST;
        }
        head.methodStart = start;
        head.methodEnd = at;
        head.method = Method.of(bytes, start, at);
        int target = ++at;
        while (at < end && Ascii.target(bytes[at])) {
            at++;
        }
        if (at == target || at == end || bytes[at] != ' ') {
            return at < end && bytes[at] != ' ' ? Failure.BAD_TARGET : Failure.BAD_REQUEST;
        }
        head.targetStart = target;
        head.targetEnd = at;
        return version(head, bytes, at + 1, end);
    }

    private static @Nullable Failure version(Head head, byte[] bytes, int from, int to) {
        if (to - from != 8) {
            return Failure.BAD_REQUEST;
        }
        for (int i = 0; i < 5; i++) {
            if (bytes[from + i] != VERSION[i]) {
                return Failure.BAD_REQUEST;
            }
        }
        byte major = bytes[from + 5];
        byte minor = bytes[from + 7];
        if (bytes[from + 6] != '.' || major < '0' || major > '9' || minor < '0' || minor > '9') {
            return Failure.BAD_REQUEST;
        }
        if (major != '1' || minor > '1') {
            return Failure.VERSION_NOT_SUPPORTED;
        }
        head.http10 = minor == '0';
        return null;
    }

    private static @Nullable Failure statusLine(Head head, int start, int end) {
        byte[] bytes = head.bytes();
        if (end - start < 12 || version(head, bytes, start, start + 8) != null || bytes[start + 8] != ' ') {
            return Failure.BAD_ANSWER;
        }
        int status = 0;
        for (int i = start + 9; i < start + 12; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return Failure.BAD_ANSWER;
            }
            status = status * 10 + digit;
        }
        if (status < 100 || status > 599 || (end > start + 12 && bytes[start + 12] != ' ')) {
            return Failure.BAD_ANSWER;
        }
        head.status = status;
        head.reasonStart = Math.min(start + 13, end);
        head.reasonEnd = end;
        return null;
    }

    /** Takes a line apart that holds no control bytes but tabs, so that any value is a legal one. */
    private static boolean fieldLine(Head head, int start, int end) {
        byte[] bytes = head.bytes();
        int nameEnd = start;
        boolean underscore = false;
        while (nameEnd < end && Ascii.token(bytes[nameEnd])) {
            underscore |= bytes[nameEnd] == '_';
            nameEnd++;
        }
        if (nameEnd == start || nameEnd == end || bytes[nameEnd] != ':') {
            return false;
        }
        int valueStart = FieldList.trimStart(bytes, nameEnd + 1, end);
        int valueEnd = FieldList.trimEnd(bytes, valueStart, end);
        boolean canonical = valueEnd == end && valueStart == nameEnd + 2 && bytes[nameEnd + 1] == ' ';
        head.field(start, nameEnd, valueStart, valueEnd, Known.find(bytes, start, nameEnd), canonical);
        head.underscores |= underscore;
        return true;
    }
}
