package dev.fairlead.net.probe;

import dev.fairlead.core.health.Evidence;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the status of an HTTP/1 answer, strictly and within limits: one final head of lines that end in CR LF, after any
 * number of interim ones (RFC 9110 section 15.2), the fields it was told to keep, and the beginning of the body.
 *
 * <p>Confined to its connection's loop. Keeps one line, the fields asked for, and as much of the body as it was told; all
 * heads together may be {@value #MAX_HEAD} bytes.
 */
final class AnswerReader {
    static final int MAX_HEAD = 16 * 1024;

    /** How much of a body is kept when it is only for evidence. */
    static final int FOR_EVIDENCE = 256;

    private static final byte[] BEGINNING = {'H', 'T', 'T', 'P', '/', '1', '.'};
    private static final int STATUS_AT = BEGINNING.length + 2;
    private static final int MAX_SHOWN = 60;
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    /** How far the answer was read. */
    enum Progress {
        MORE,
        /** The final head is whole; what is fed from now on is body. */
        HEAD,
        /** It is no answer; {@link #problem()} says why. */
        BAD
    }

    private Progress progress = Progress.MORE;
    private byte[] line = new byte[128];
    private int length;
    private int total;
    private boolean afterCr;
    private boolean statusKnown;
    private int status;
    private String problem = "";
    private final Set<String> wanted;
    private final Map<String, List<String>> fields = new HashMap<>();
    private boolean chunked;
    private long contentLength;
    private final AnswerBody body;

    /** Keeps no fields, and of the body what evidence needs. */
    AnswerReader() {
        this(Set.of(), FOR_EVIDENCE);
    }

    /**
     * @param wanted names of the fields to keep, in lower case
     * @param keep most bytes of the body to keep
     */
    AnswerReader(Set<String> wanted, int keep) {
        this.wanted = wanted;
        this.body = new AnswerBody(keep);
    }

    /** Reads all of {@code in}. */
    Progress feed(ByteBuf in) {
        while (in.isReadable() && progress == Progress.MORE) {
            progress = head(in.readByte());
        }
        if (progress == Progress.HEAD) {
            body.feed(in);
        } else if (progress == Progress.BAD && problem.isEmpty()) {
            problem = "no HTTP/1 answer: " + beginning(in);
        }
        return progress;
    }

    private Progress head(byte b) {
        if (++total > MAX_HEAD) {
            return bad("head over " + MAX_HEAD / 1024 + " KiB");
        }
        if (b == '\n') {
            return afterCr ? endOfLine() : bad("bare line feed in the head");
        }
        if (afterCr) {
            return bad("bare carriage return in the head");
        }
        if (b == '\r') {
            afterCr = true;
            return Progress.MORE;
        }
        if (length == line.length) {
            line = Arrays.copyOf(line, length * 2);
        }
        line[length++] = b;
        if (!statusKnown && length <= BEGINNING.length && b != BEGINNING[length - 1]) {
            return Progress.BAD;
        }
        boolean control = (b >= 0 && b < ' ' && b != '\t') || b == 0x7F;
        return control ? bad("control byte in the head") : Progress.MORE;
    }

    private Progress endOfLine() {
        afterCr = false;
        int end = length;
        length = 0;
        if (!statusKnown) {
            return statusLine(end);
        }
        if (end > 0) {
            return field(end);
        }
        // 101 is final: it was not asked for, and no HTTP follows it.
        if (status < 200 && status != 101) {
            statusKnown = false;
            return Progress.MORE;
        }
        if (chunked) {
            body.chunks();
        } else if (contentLength >= 0 || status == 204 || status == 304) {
            body.bytes(Math.max(contentLength, 0));
        }
        return Progress.HEAD;
    }

    private Progress statusLine(int end) {
        boolean sound = end >= STATUS_AT + 3
                && (line[BEGINNING.length] == '0' || line[BEGINNING.length] == '1')
                && line[BEGINNING.length + 1] == ' '
                && (end == STATUS_AT + 3 || line[STATUS_AT + 3] == ' ');
        int value = 0;
        for (int i = STATUS_AT; sound && i < STATUS_AT + 3; i++) {
            sound = line[i] >= '0' && line[i] <= '9';
            value = value * 10 + line[i] - '0';
        }
        if (!sound || value < 100 || value > 599) {
            return bad("odd status line: " + Evidence.printable(line, 0, end, MAX_SHOWN));
        }
        status = value;
        statusKnown = true;
        chunked = false;
        contentLength = -1;
        fields.clear();
        return Progress.MORE;
    }

    private Progress field(int end) {
        int colon = 0;
        while (colon < end && line[colon] != ':') {
            colon++;
        }
        if (colon == 0 || colon == end || line[0] == ' ' || line[0] == '\t') {
            return bad("odd field: " + Evidence.printable(line, 0, end, MAX_SHOWN));
        }
        String name = new String(line, 0, colon, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        String value = new String(line, colon + 1, end - colon - 1, StandardCharsets.ISO_8859_1).strip();
        if (name.equals("transfer-encoding")) {
            chunked |= value.toLowerCase(Locale.ROOT).endsWith("chunked");
        } else if (name.equals("content-length") && LENGTH.matcher(value).matches()) {
            contentLength = Long.parseLong(value);
        }
        if (wanted.contains(name)) {
            fields.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
        }
        return Progress.MORE;
    }

    private Progress bad(String why) {
        problem = why;
        return Progress.BAD;
    }

    private String beginning(ByteBuf rest) {
        byte[] shown = Arrays.copyOf(line, length + Math.min(rest.readableBytes(), MAX_SHOWN));
        rest.readBytes(shown, length, shown.length - length);
        return Evidence.printable(shown, 0, shown.length, MAX_SHOWN);
    }

    /** The final status, once the head is whole. */
    int status() {
        return status;
    }

    /** Why it is no answer. */
    String problem() {
        return problem;
    }

    /** Whether nothing at all was read. */
    boolean empty() {
        return total == 0;
    }

    /** The values of the fields that were to be kept, by names in lower case. */
    Map<String, List<String>> fields() {
        return fields;
    }

    AnswerBody body() {
        return body;
    }
}
