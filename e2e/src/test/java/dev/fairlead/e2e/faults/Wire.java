package dev.fairlead.e2e.faults;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** As much of HTTP/1.1 as the clients and backends of these tests speak. Pure functions over streams. */
public final class Wire {
    private static final int LONGEST_LINE = 8_192;

    private Wire() {}

    /**
     * A start line with the fields that matter here.
     *
     * @param length of the body; -1 when it is chunked, 0 when there is none
     */
    public record Head(String start, int length, boolean close, boolean upgrade) {}

    /** The next head; {@code null} when the other side closed before it began. */
    public static @Nullable Head head(InputStream in) throws IOException {
        String start = line(in);
        if (start == null) {
            return null;
        }
        int length = 0;
        boolean close = false;
        boolean upgrade = false;
        for (String field = line(in); field == null || !field.isEmpty(); field = line(in)) {
            if (field == null) {
                throw new EOFException("closed within a head");
            }
            String lower = field.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                length = -1;
            }
            close |= lower.startsWith("connection:") && lower.contains("close");
            upgrade |= lower.startsWith("upgrade:");
        }
        return new Head(start, length, close, upgrade);
    }

    /** The whole body of a message. */
    public static byte[] body(InputStream in, Head head) throws IOException {
        if (head.length() >= 0) {
            byte[] body = in.readNBytes(head.length());
            if (body.length < head.length()) {
                throw new EOFException("closed within a body");
            }
            return body;
        }
        var body = new ByteArrayOutputStream();
        while (true) {
            String size = line(in);
            if (size == null) {
                throw new EOFException("closed within a chunked body");
            }
            int length = Integer.parseInt(size.strip(), 16);
            body.write(in.readNBytes(length));
            line(in);
            if (length == 0) {
                return body.toByteArray();
            }
        }
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                if (line.isEmpty()) {
                    return null;
                }
                throw new EOFException("closed within a line");
            }
            if (c != '\r') {
                line.append((char) c);
            }
            if (line.length() > LONGEST_LINE) {
                throw new IOException("a line of more than " + LONGEST_LINE + " characters");
            }
        }
        return line.toString();
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
