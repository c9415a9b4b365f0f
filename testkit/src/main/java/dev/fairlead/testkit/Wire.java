package dev.fairlead.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads HTTP/1 from a socket the way a plain peer does, and remembers every byte it read. Bytes are ISO 8859-1
 * characters, so that text compares byte for byte. Read by one thread; {@link #text} may be asked by any.
 */
final class Wire {
    private final InputStream in;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private byte[] buffer = new byte[64 * 1024];
    private int at;
    private int end;

    Wire(InputStream in) {
        this.in = in;
    }

    /** Everything that has come in so far, whether or not it was asked for. */
    String text() {
        synchronized (read) {
            return read.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /** How many bytes have come in so far. */
    long size() {
        synchronized (read) {
            return read.size();
        }
    }

    private int fill() throws IOException {
        int n = in.read(buffer, 0, buffer.length);
        at = 0;
        end = Math.max(n, 0);
        if (n > 0) {
            synchronized (read) {
                read.write(buffer, 0, n);
            }
        }
        return n;
    }

    private int next() throws IOException {
        if (at == end && fill() < 0) {
            return -1;
        }
        return buffer[at++] & 0xFF;
    }

    /** Up to and including {@code marker}. */
    String until(String marker) throws IOException {
        var text = new StringBuilder();
        char last = marker.charAt(marker.length() - 1);
        while (true) {
            int b = next();
            if (b < 0) {
                throw new EOFException("ended before " + quoted(marker) + " after: " + quoted(text.toString()));
            }
            text.append((char) b);
            if (b == last
                    && text.length() >= marker.length()
                    && text.indexOf(marker, text.length() - marker.length()) >= 0) {
                return text.toString();
            }
        }
    }

    /** Exactly {@code count} bytes. */
    String exactly(long count) throws IOException {
        var text = new StringBuilder();
        while (text.length() < count) {
            if (at == end && fill() < 0) {
                throw new EOFException("ended after " + text.length() + " of " + count + " bytes");
            }
            int take = (int) Math.min(end - at, count - text.length());
            text.append(new String(buffer, at, take, StandardCharsets.ISO_8859_1));
            at += take;
        }
        return text.toString();
    }

    /** Everything until the peer ends its side. */
    String rest() throws IOException {
        var text = new StringBuilder();
        while (at < end || fill() >= 0) {
            text.append(new String(buffer, at, end - at, StandardCharsets.ISO_8859_1));
            at = end;
        }
        return text.toString();
    }

    /** Throws away everything until the peer ends its side; returns how much it was. Keeps no record of it. */
    long skip() throws IOException {
        long count = (long) end - at;
        at = end;
        int n;
        while ((n = in.read(buffer, 0, buffer.length)) >= 0) {
            count += n;
        }
        return count;
    }

    /** A chunked body, decoded, and its trailers; strict. */
    Chunked chunked() throws IOException {
        var body = new StringBuilder();
        var raw = new StringBuilder();
        while (true) {
            String line = until("\r\n");
            raw.append(line);
            String size = line.substring(0, line.length() - 2);
            if (!size.matches("[0-9a-fA-F]+")) {
                throw new IOException("bad chunk size " + quoted(line));
            }
            long length = Long.parseLong(size, 16);
            if (length == 0) {
                break;
            }
            String data = exactly(length);
            String crlf = exactly(2);
            if (!crlf.equals("\r\n")) {
                throw new IOException("chunk data ends in " + quoted(crlf));
            }
            body.append(data);
            raw.append(data).append(crlf);
        }
        var trailers = new StringBuilder();
        String line;
        do {
            line = until("\r\n");
            trailers.append(line);
        } while (!line.equals("\r\n"));
        raw.append(trailers);
        return new Chunked(body.toString(), trailers.substring(0, trailers.length() - 2), raw.toString());
    }

    record Chunked(String body, String trailers, String raw) {}

    static String quoted(String text) {
        String shown = text.length() > 2000 ? text.substring(0, 2000) + "…" : text;
        return '"' + shown.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0") + '"';
    }
}
