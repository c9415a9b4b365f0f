package dev.fairlead.net.http;

import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadLimits;
import dev.fairlead.core.http.HeadParser;
import dev.fairlead.core.http.HeadParser.Progress;
import java.nio.charset.StandardCharsets;

/** Parsed heads, from text. */
final class Heads {
    private Heads() {}

    /** A GET with these field lines. */
    static Head get(String... fields) {
        byte[] bytes = ("GET / HTTP/1.1\r\nHost: a\r\n" + String.join("", lines(fields)) + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        var head = new Head();
        head.append(bytes, 0, bytes.length);
        if (HeadParser.request(head, new HeadLimits(8192, 65536, 1000)) != Progress.DONE) {
            throw new IllegalArgumentException("not a head");
        }
        return head;
    }

    private static String[] lines(String... fields) {
        String[] lines = new String[fields.length];
        for (int i = 0; i < fields.length; i++) {
            lines[i] = fields[i] + "\r\n";
        }
        return lines;
    }
}
