package dev.fairlead.net.probe;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Makes bytes of text with escapes, as {@link dev.fairlead.core.config.Text#BYTES} allows it. Pure functions. */
final class Escapes {
    private Escapes() {}

    /** The bytes: UTF-8, but for {@code \r}, {@code \n}, {@code \t}, {@code \\} and {@code \x00}, each of which is one byte. */
    static byte[] bytes(String text) {
        var bytes = new ByteArrayOutputStream(text.length());
        int from = 0;
        for (int at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', from)) {
            bytes.writeBytes(text.substring(from, at).getBytes(StandardCharsets.UTF_8));
            char kind = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
            boolean hex = kind == 'x' && at + 4 <= text.length();
            bytes.write(
                    switch (kind) {
                        case 'r' -> '\r';
                        case 'n' -> '\n';
                        case 't' -> '\t';
                        case 'x' -> hex ? Integer.parseInt(text, at + 2, at + 4, 16) : 'x';
                        default -> kind;
                    });
            from = Math.min(at + (hex ? 4 : 2), text.length());
        }
        bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }
}
