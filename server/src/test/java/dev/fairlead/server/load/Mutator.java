package dev.fairlead.server.load;

import java.util.List;
import java.util.SplittableRandom;

/** Damages texts in the ways that people and disks do. Repeatable: the same seed damages the same way. */
final class Mutator {
    private static final List<String> PIECES = List.of(
            "\n",
            "\n  ",
            ": ",
            "- ",
            "{",
            "}",
            "[",
            "]",
            "&a ",
            "*a",
            "!x ",
            "!!int ",
            "'",
            "\"",
            "#",
            "|",
            ">",
            "? ",
            "---\n",
            "...\n",
            "%",
            "@",
            "`",
            "\t",
            "\r",
            "\u0000",
            "\uFEFF",
            "\uD83D\uDE00",
            "\uD800",
            "\u2028",
            "0",
            "-1",
            "99999999999999999999",
            "1e999",
            "null",
            "~",
            "true",
            "off",
            "${",
            "${A}",
            "${A:-",
            "}",
            "$${",
            "<<: *a\n",
            "5s",
            "1KiB",
            "20%",
            ":",
            "::",
            "unix:/",
            "/*",
            "..",
            "9".repeat(40));

    private final SplittableRandom random;

    Mutator(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** {@code text} with one to three kinds of damage. */
    String damage(String text) {
        String damaged = text;
        for (int i = 1 + random.nextInt(3) * random.nextInt(2); i > 0; i--) {
            damaged = once(damaged);
        }
        return damaged;
    }

    private String once(String text) {
        int at = random.nextInt(text.length() + 1);
        int length = Math.min(text.length() - at, random.nextInt(1, 12));
        String[] lines = text.split("\n", -1);
        return switch (random.nextInt(9)) {
            case 0 -> text.substring(0, at);
            case 1 -> text.substring(at);
            case 2 -> text.substring(0, at) + text.substring(at + length);
            case 3 -> text.substring(0, at) + piece() + text.substring(at);
            case 4 -> text.substring(0, at) + piece() + text.substring(at + length);
            case 5 -> text.substring(0, at) + text.substring(at, at + length) + text.substring(at);
            case 6 -> swap(lines, random.nextInt(lines.length), random.nextInt(lines.length));
            case 7 -> indent(lines, random.nextInt(lines.length));
            default ->
                text.substring(0, at)
                        + (char) random.nextInt(0x20, 0x7F)
                        + text.substring(Math.min(at + 1, text.length()));
        };
    }

    private String piece() {
        return PIECES.get(random.nextInt(PIECES.size()));
    }

    private static String swap(String[] lines, int a, int b) {
        String kept = lines[a];
        lines[a] = lines[b];
        lines[b] = kept;
        return String.join("\n", lines);
    }

    private String indent(String[] lines, int at) {
        lines[at] = random.nextBoolean() ? "  " + lines[at] : lines[at].replaceFirst("^  ", "");
        return String.join("\n", lines);
    }
}
