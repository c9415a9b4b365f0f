package dev.fairlead.core.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the distinguished encoding of ASN.1 values (X.690), as far as it is needed here. Pure functions. */
final class Der {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OID = 0x06;
    static final int UTF8 = 0x0C;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    private Der() {}

    /** One value with this tag, made of these parts. */
    static byte[] of(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        var out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            int size = (39 - Integer.numberOfLeadingZeros(length)) / 8;
            out.write(0x80 | size);
            for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
                out.write(length >>> shift);
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] text(int tag, String text) {
        return of(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    /** An object identifier such as {@code 1.2.840.10045.2.1}. */
    static byte[] oid(String dotted) {
        String[] arcs = dotted.split("\\.");
        var out = new ByteArrayOutputStream();
        out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            long arc = Long.parseLong(arcs[i]);
            int size = Math.max(1, (70 - Long.numberOfLeadingZeros(arc)) / 7);
            for (int shift = 7 * (size - 1); shift >= 0; shift -= 7) {
                out.write((int) (arc >>> shift & 0x7F) | (shift == 0 ? 0 : 0x80));
            }
        }
        return of(OID, out.toByteArray());
    }
}
