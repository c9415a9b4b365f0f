package dev.fairlead.core.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Blocks between {@code BEGIN} and {@code END} (RFC 7468). Pure functions. */
public final class Pem {
    /**
     * One block.
     *
     * @param label such as {@code CERTIFICATE}
     * @param headers whether it has lines such as {@code Proc-Type}
     * @param bytes what is encoded in it; empty where there are headers
     */
    public record Block(String label, boolean headers, byte[] bytes) {}

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----([^-]*+(?:-(?!----)[^-]*+)*+)-----END \\1-----");

    private Pem() {}

    /**
     * All blocks of a text; what is around them is not looked at.
     *
     * @throws IllegalArgumentException when what is in a block is not Base64; the message says so
     */
    public static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            String label = matcher.group(1);
            String inside = matcher.group(2);
            if (inside.contains(":")) {
                blocks.add(new Block(label, true, new byte[0]));
                continue;
            }
            try {
                blocks.add(new Block(label, false, Base64.getDecoder().decode(inside.replaceAll("\\s", ""))));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("a damaged block " + label + ": not Base64", e);
            }
        }
        return blocks;
    }

    /** A block as text. */
    public static String text(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
    }
}
