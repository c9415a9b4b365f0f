package dev.fairlead.core.http;

import dev.fairlead.core.fail.Failure;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1 head grammar (RFC 9112 sections 2 to 5), strict and incremental. Stateless: where it stopped is kept in the
 * {@link Head}.
 *
 * <p>Call it whenever bytes were put into the head. It looks at nothing but whole lines, so a head that arrives a byte at
 * a time costs no more than one that arrives at once, and any split of the input gives the same result. Bare CR, bare
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
            int end = indexOfLf(bytes, head.scanned, size);
            if (end < 0) {
                head.scanned = size;
                return overLimit(head, limits, kind, size);
            }
            head.scanned = end + 1;
            if (end + 1 > limits.head()) {
                return tooLarge(head, kind);
            }
            int start = head.lineStart;
            if (!head.startLineDone && end + 1 - start > limits.startLine()) {
                return tooLarge(head, kind);
            }
            head.lineStart = end + 1;
            if (end == start || bytes[end - 1] != '\r') {
                return bad(kind, Failure.BAD_REQUEST);
            }
            int lineEnd = end - 1;
            if (!head.startLineDone) {
                // One empty line before a request is forgiven (RFC 9112 section 2.2).
                if (lineEnd == 0 && kind == Kind.REQUEST) {
                    continue;
                }
                Failure failure =
                        kind == Kind.REQUEST ? requestLine(head, start, lineEnd) : statusLine(head, start, lineEnd);
                if (failure != null) {
                    return new Progress.Bad(failure);
                }
                head.startLineDone = true;
            } else if (lineEnd == start) {
                head.length = end + 1;
                return Progress.DONE;
            } else if (head.count() == limits.fields()) {
                return bad(kind, Failure.HEAD_TOO_LARGE);
            } else if (!fieldLine(head, start, lineEnd)) {
                return bad(kind, Failure.BAD_REQUEST);
            }
        }
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
        if (first == '\r' && head.lineStart == 0) {
            return size == 1 || bytes[1] == '\n';
        }
        return Ascii.token(first);
    }

    private static Progress overLimit(Head head, HeadLimits limits, Kind kind, int size) {
        if (size >= limits.head() || (!head.startLineDone && size - head.lineStart >= limits.startLine())) {
            return tooLarge(head, kind);
        }
        return Progress.MORE;
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

    private static int indexOfLf(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
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
        for (int i = start + 12; i < end; i++) {
            if (!Ascii.value(bytes[i])) {
                return Failure.BAD_ANSWER;
            }
        }
        head.status = status;
        head.reasonStart = Math.min(start + 13, end);
        head.reasonEnd = end;
        return null;
    }

    private static boolean fieldLine(Head head, int start, int end) {
        byte[] bytes = head.bytes();
        int at = start;
        int hash = 0;
        while (at < end && Ascii.token(bytes[at])) {
            hash = Known.hashStep(hash, bytes[at]);
            at++;
        }
        if (at == start || at == end || bytes[at] != ':') {
            return false;
        }
        int nameEnd = at;
        int valueStart = at + 1;
        while (valueStart < end && (bytes[valueStart] == ' ' || bytes[valueStart] == '\t')) {
            valueStart++;
        }
        int valueEnd = end;
        while (valueEnd > valueStart && (bytes[valueEnd - 1] == ' ' || bytes[valueEnd - 1] == '\t')) {
            valueEnd--;
        }
        for (int i = valueStart; i < valueEnd; i++) {
            if (!Ascii.value(bytes[i])) {
                return false;
            }
        }
        boolean canonical = valueEnd == end && valueStart == nameEnd + 2 && bytes[nameEnd + 1] == ' ';
        head.field(start, nameEnd, valueStart, valueEnd, Known.find(bytes, start, nameEnd, hash), canonical);
        return true;
    }
}
