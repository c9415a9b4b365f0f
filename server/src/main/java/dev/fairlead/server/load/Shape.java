package dev.fairlead.server.load;

import dev.fairlead.core.config.Secret;
import dev.fairlead.core.config.Text;
import dev.fairlead.core.config.TextFile;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a type of the configuration is written; the binder, printer, schema and reference all follow it. Immutable. */
sealed interface Shape {
    /** What to tell someone who wrote something else: "a list of …". */
    String expected();

    /** A record, written as a mapping. */
    record Group(
            Class<?> type,
            String doc,
            List<Setting> settings,
            @Nullable Setting shorthand,
            boolean off,
            List<String> oneOf)
            implements Shape {
        @Override
        public String expected() {
            String mapping = settings.isEmpty() ? "an empty mapping, {}" : "a mapping of " + names();
            String bare = shorthand == null ? "" : shorthand.shape().expected() + ", or ";
            return (off ? "off, or " : "") + bare + mapping;
        }

        String names() {
            return String.join(", ", settings.stream().map(Setting::name).toList());
        }

        @Nullable
        Setting key(String name) {
            return settings.stream()
                    .filter(key -> key.name().equals(name))
                    .findFirst()
                    .orElse(null);
        }

        /** Whether nothing must be written in it. */
        boolean canBeEmpty() {
            return oneOf.isEmpty() && settings.stream().noneMatch(Setting::required);
        }
    }

    /** A sealed interface of records, written as one's name, or as a mapping from that name to its keys. */
    record Choice(Class<?> type, String doc, List<Variant> variants) implements Shape {
        @Override
        public String expected() {
            return "one of "
                    + String.join(", ", variants.stream().map(Variant::name).toList());
        }

        @Nullable
        Variant variant(String name) {
            return variants.stream()
                    .filter(variant -> variant.name().equals(name))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** One of several kinds. */
    record Variant(String name, Group group) {}

    /**
     * A map from names that the operator chooses.
     *
     * @param names what they may be
     */
    record Named(Text names, Shape value) implements Shape {
        @Override
        public String expected() {
            return "a mapping from names to values";
        }
    }

    /** A list. */
    record Several(Shape item) implements Shape {
        @Override
        public String expected() {
            return "a list";
        }
    }

    /** A single value. */
    record Leaf(Kind kind, Class<?> type, Range range, Text text, List<String> words) implements Shape {
        /** How a single value is written. */
        enum Kind {
            BOOLEAN,
            INTEGER,
            DECIMAL,
            TEXT,
            WORD,
            DURATION,
            SIZE,
            SHARE,
            CAP,
            HEDGE_DELAY,
            ADDRESS,
            NETWORK,
            STATUSES,
            HASH_KEY,
            RATE,
            SECRET,
            FILE,
            FILE_PATH
        }

        @Override
        public String expected() {
            String within = range.text().isEmpty() ? "" : ", " + range.expected();
            return switch (kind) {
                case BOOLEAN -> "true or false";
                case INTEGER -> range.text().isEmpty() ? "a whole number" : "a whole number" + within;
                case DECIMAL -> "a number" + within;
                case TEXT, ADDRESS -> text.expected();
                case WORD -> String.join(", ", words);
                case DURATION -> "a duration such as 250ms, 5s, 2m or 1h";
                case SIZE -> "a size such as 512, 64KiB or 1MiB";
                case SHARE -> "a share such as 20%";
                case CAP -> "auto, or a whole number";
                case HEDGE_DELAY -> "p95, or a duration such as 50ms";
                case NETWORK -> "a network such as 10.0.0.0/8";
                case STATUSES -> "statuses such as 200-399";
                case RATE -> "a rate such as 100/s";
                case HASH_KEY -> "source, uri, header:NAME, cookie:NAME or query:NAME";
                case FILE_PATH -> "the name of a file";
                case FILE -> "a text file of at most " + TextFile.LARGEST / 1024 + "KiB";
                case SECRET -> "a text of at least " + Secret.SHORTEST + " characters";
            };
        }
    }

    /**
     * One key of a group.
     *
     * @param byDefault in the file's notation; empty where there is none
     * @param reason why that is the default; may be empty
     * @param seen what shows it at work; may be empty
     * @param optional whether it may be left out and is {@code null} then
     */
    record Setting(
            String name,
            RecordComponent component,
            Shape shape,
            String doc,
            String byDefault,
            String reason,
            String seen,
            boolean optional) {
        /** The component's full name. */
        String id() {
            return component.getDeclaringRecord().getName() + "." + name;
        }

        boolean required() {
            return byDefault.isEmpty() && !optional;
        }

        /** All there is to say of it: what it is, why its default is what it is, and what shows it at work. */
        String words() {
            String why = reason.isEmpty() ? "" : " Why: " + reason;
            String where = seen.isEmpty() ? "" : " Seen as: " + seen + ".";
            return doc + why + where;
        }
    }
}
