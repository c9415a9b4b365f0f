package dev.fairlead.server.admin;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.BadValue;
import dev.fairlead.core.config.Durations;
import dev.fairlead.core.config.Nearest;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.config.Text;
import dev.fairlead.server.admin.Refusal.Finding;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key of a body, or one parameter of a query: how it is written and what it means. Bodies are read by it, and the
 * description of the API is made from it. Immutable.
 */
record Field(String name, Kind kind, boolean required, String doc) {
    /** How a value is written. */
    sealed interface Kind {
        String expected();
    }

    record Word(List<String> words) implements Kind {
        @Override
        public String expected() {
            return String.join(", ", words);
        }
    }

    record Whole(long least, long most) implements Kind {
        @Override
        public String expected() {
            return most == Long.MAX_VALUE ? "a whole number from " + least : "a whole number, " + least + ".." + most;
        }
    }

    record Span(Duration least, Duration most) implements Kind {
        @Override
        public String expected() {
            return "a duration, " + Durations.format(least) + ".." + Durations.format(most);
        }
    }

    record Yes() implements Kind {
        @Override
        public String expected() {
            return "true or false";
        }
    }

    record Part() implements Kind {
        @Override
        public String expected() {
            return "a share such as 50%";
        }
    }

    record Line(int longest) implements Kind {
        @Override
        public String expected() {
            return "a text of 1.." + longest + " printable characters";
        }
    }

    record Place() implements Kind {
        @Override
        public String expected() {
            return Text.BACKEND_ADDRESS.expected();
        }
    }

    static Field word(String name, String doc, String... words) {
        return new Field(name, new Word(List.of(words)), false, doc);
    }

    static Field whole(String name, long least, long most, String doc) {
        return new Field(name, new Whole(least, most), false, doc);
    }

    static Field span(String name, Duration least, Duration most, String doc) {
        return new Field(name, new Span(least, most), false, doc);
    }

    static Field yes(String name, String doc) {
        return new Field(name, new Yes(), false, doc);
    }

    static Field part(String name, String doc) {
        return new Field(name, new Part(), false, doc);
    }

    static Field line(String name, int longest, String doc) {
        return new Field(name, new Line(longest), false, doc);
    }

    static Field place(String name, String doc) {
        return new Field(name, new Place(), false, doc);
    }

    /** The same, but it must be there. */
    Field needed() {
        return new Field(name, kind, true, doc);
    }

    /** What {@code text} says, or a {@link Finding} when it says nothing; numbers are {@link Long}s. */
    Object read(String text) {
        try {
            return switch (kind) {
                case Word word -> word(text, word);
                case Whole whole ->
                    text.matches("[0-9]{1,18}") ? number(whole, Long.parseLong(text)) : wrong(text, null);
                case Span span -> span(span, text);
                case Yes _ -> text.matches("true|false") ? (Object) text.equals("true") : wrong(text, null);
                case Part _ -> Share.parse(text);
                case Line line -> printable(text, line.longest()) ? text : wrong(text, null);
                case Place _ -> place(text);
            };
        } catch (BadValue e) {
            return wrong(text, e.meant() == null ? null : "write `" + shown(e.meant()) + "`");
        }
    }

    /** What a number says. */
    Object number(Whole whole, long number) {
        return number >= whole.least() && number <= whole.most() ? (Object) number : wrong(Long.toString(number), null);
    }

    /** Whatever its case, for some of these are written in capitals elsewhere. */
    private Object word(String text, Word word) {
        for (String each : word.words()) {
            if (each.equalsIgnoreCase(text)) {
                return each;
            }
        }
        return wrong(text, meant(text, word));
    }

    private Object span(Span span, String text) {
        Duration duration = Durations.parse(text);
        boolean within = duration.compareTo(span.least()) >= 0 && duration.compareTo(span.most()) <= 0;
        return within ? duration : wrong(text, null);
    }

    private Object place(String text) {
        Address address = Address.parseBackend(text);
        return address.unix() ? wrong(text, null) : address;
    }

    private static @Nullable String meant(String text, Word word) {
        String near = Nearest.of(text, word.words());
        return near == null ? null : "did you mean `" + near + "`?";
    }

    Finding wrong(String found, @Nullable String suggestion) {
        return new Finding(name, shown(found), kind.expected(), suggestion);
    }

    /** At a readable length and on one line. */
    static String shown(String text) {
        var shown = new StringBuilder();
        text.codePoints().limit(80).forEach(c -> shown.appendCodePoint(plain(c) ? c : 0xFFFD));
        return text.isEmpty()
                ? "nothing"
                : text.codePointCount(0, text.length()) > 80 ? shown + "..." : shown.toString();
    }

    /** What is told goes into logs and onto terminals, which some characters play tricks with. */
    private static boolean printable(String text, int longest) {
        return !text.isBlank()
                && text.codePointCount(0, text.length()) <= longest
                && text.codePoints().allMatch(Field::plain);
    }

    private static boolean plain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
