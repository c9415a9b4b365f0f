package dev.fairlead.server.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A configuration's text and name, able to show a place in it. Immutable. */
final class Source {
    /** Longest part of a line that a snippet shows, in characters. */
    private static final int WIDEST = 120;

    /** What stands after a key for a token, however it is misspelt, unless it is a variable: that is no secret. */
    private static final Pattern TOKEN = Pattern.compile(
            "(?i)tok[a-z]*[\"']?\\s*:\\s*(?!\\s|[\"']?\\$\\{[A-Za-z0-9_]*}[\"']?(?:[\\s,}]|$))(\"[^\"]*\"?|'[^']*'?|[^,}\\s]+)");

    private final String name;
    private final String[] lines;

    Source(String name, String text) {
        this.name = name;
        // The line breaks of YAML 1.2: the engine's line numbers follow the same ones.
        this.lines = text.split("\r\n|[\n\r]", -1);
    }

    String name() {
        return name;
    }

    /** The line at {@code place}, cut to a readable width, and below it a line of carets; empty if there is no such line. */
    String snippet(Position place) {
        if (place.line() > lines.length) {
            return "";
        }
        int[] line = masked(lines[place.line() - 1]).codePoints().toArray();
        int start = Math.min(place.column() - 1, line.length);
        int from = Math.max(0, Math.min(start - WIDEST / 2, line.length - WIDEST));
        int to = Math.min(line.length, from + WIDEST);
        var shown = new StringBuilder();
        var carets = new StringBuilder();
        if (from > 0) {
            shown.append("...");
            carets.append("   ");
        }
        for (int i = from; i < to; i++) {
            shown.appendCodePoint(printable(line[i]));
            if (i < start) {
                carets.append(line[i] == '\t' ? '\t' : ' ');
            }
        }
        if (to < line.length) {
            shown.append("...");
        }
        int end = Math.clamp((long) start + place.length(), start + 1, Math.max(start + 1, to));
        return shown.toString().stripTrailing() + "\n" + carets + "^".repeat(end - start);
    }

    /** The line as wide as it is, without a token that stands in it. */
    private static String masked(String line) {
        Matcher found = TOKEN.matcher(line);
        var masked = new StringBuilder(line);
        while (found.find()) {
            masked.replace(found.start(1), found.end(1), "*".repeat(found.end(1) - found.start(1)));
        }
        return masked.toString();
    }

    /** {@code text} in one line and at a readable length, without characters that could play with a terminal. */
    static String shown(String text) {
        var shown = new StringBuilder();
        text.codePoints().limit(80).map(Source::printable).forEach(c -> {
            if (c == '\t') {
                shown.append(' ');
            } else {
                shown.appendCodePoint(c);
            }
        });
        return text.codePointCount(0, text.length()) > 80 ? shown + "..." : shown.toString();
    }

    private static int printable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL -> character == '\t' ? character : 0xFFFD;
            // Direction marks and the like can make a terminal show a line other than it is.
            case Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                0xFFFD;
            default -> character;
        };
    }
}
