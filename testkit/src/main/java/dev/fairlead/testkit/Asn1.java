package dev.fairlead.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes ASN.1 values (X.690), good or bad, without the code that is to be tested. Pure functions. */
public final class Asn1 {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Asn1() {}

    /** One value with this tag, made of these parts. */
    public static byte[] of(int tag, byte[]... parts) {
        byte[] content = joined(parts);
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else if (content.length < 0x10000) {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        } else {
            out.write(0x83);
            out.write(content.length >> 16);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    /** A sequence of these. */
    public static byte[] sequence(byte[]... parts) {
        return of(0x30, parts);
    }

    /** Bytes one behind the other. */
    public static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** An object identifier whose arcs are below 128 * 128 * 128. */
    public static byte[] oid(int... arcs) {
        var out = new ByteArrayOutputStream();
        out.write(arcs[0] * 40 + arcs[1]);
        for (int i = 2; i < arcs.length; i++) {
            if (arcs[i] >= 0x4000) {
                out.write(0x80 | arcs[i] >> 14);
            }
            if (arcs[i] >= 0x80) {
                out.write(0x80 | arcs[i] >> 7);
            }
            out.write(arcs[i] & 0x7F);
        }
        return of(0x06, out.toByteArray());
    }

    /** Text in ASCII under this tag. */
    public static byte[] text(int tag, String text) {
        return of(tag, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A {@code GeneralizedTime}. */
    public static byte[] time(long millis) {
        return text(0x18, TIME.format(Instant.ofEpochMilli(millis)));
    }
}
