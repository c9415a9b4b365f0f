package dev.fairlead.server.load;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.BadValue;
import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.config.Cap;
import dev.fairlead.core.config.Cidr;
import dev.fairlead.core.config.Durations;
import dev.fairlead.core.config.FilePath;
import dev.fairlead.core.config.HedgeDelay;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.core.config.Rate;
import dev.fairlead.core.config.Secret;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.config.Size;
import dev.fairlead.core.config.StatusRanges;
import dev.fairlead.core.config.Text;
import dev.fairlead.core.config.TextFile;
import dev.fairlead.server.load.Shape.Leaf;
import dev.fairlead.server.load.Shape.Leaf.Kind;
import dev.fairlead.server.load.Tree.Scalar;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads single values, and writes them so that they are read as the same. Pure functions. */
final class Leaves {
    private Leaves() {}

    /** The value, or {@code null} after reporting what is wrong with it. */
    static @Nullable Object read(Scalar scalar, Leaf leaf, String path, Findings findings, NamedFiles files) {
        ProblemKind wrong = wrongType(scalar, leaf);
        if (wrong != null) {
            String proposal = scalar.loose() ? null : proposal(scalar, leaf);
            // The quotes are the mistake if without them the type would be another.
            boolean quoted = bare(leaf.kind())
                    && scalar.type() == Scalar.Type.TEXT
                    && !scalar.loose()
                    && TreeReader.type(scalar.text()) != Scalar.Type.TEXT;
            String found = quoted ? '"' + scalar.shown() + '"' : scalar.shown();
            findings.add(wrong, scalar.at(), path, found, leaf.expected(), proposal);
            return null;
        }
        try {
            Object value = parse(scalar.text(), leaf, files);
            if (value instanceof Address address && address.unix()) {
                findings.add(ProblemKind.UNIX_SOCKET, scalar.at(), path, scalar.shown(), "host:port", null);
                return null;
            }
            boolean whole = leaf.kind() == Kind.INTEGER;
            double measure = measure(value);
            if (!leaf.range().holds(measure) || whole && (measure > Integer.MAX_VALUE || measure < Integer.MIN_VALUE)) {
                String expected = measure > 0 && leaf.range().open()
                        ? "at most " + Integer.MAX_VALUE
                        : leaf.range().expected();
                findings.add(ProblemKind.OUT_OF_RANGE, scalar.at(), path, scalar.shown(), expected, null);
                return null;
            }
            return whole ? (Object) (int) measure : value;
        } catch (NamedFiles.Unusable e) {
            String found = scalar.shown() + ", " + e.getMessage();
            findings.add(ProblemKind.BAD_FILE, scalar.at(), path, found, leaf.expected(), null);
            return null;
        } catch (BadValue e) {
            // A variable's value may be a secret: neither it nor anything made from it is shown.
            String meant = scalar.loose() ? null : e.meant();
            String suggestion = meant == null ? null : "write `" + Source.shown(meant) + "`";
            String found = leaf.kind() == Kind.SECRET && !scalar.loose() ? e.found() : scalar.shown();
            findings.add(e.kind(), scalar.at(), path, found, e.expected(), suggestion);
            return null;
        }
    }

    private static @Nullable ProblemKind wrongType(Scalar scalar, Leaf leaf) {
        Scalar.Type type = scalar.type();
        boolean good = switch (leaf.kind()) {
            case BOOLEAN -> type == Scalar.Type.BOOLEAN;
            case INTEGER -> type == Scalar.Type.INTEGER;
            case DECIMAL -> type == Scalar.Type.INTEGER || type == Scalar.Type.DECIMAL;
            case WORD -> leaf.words().contains(scalar.text());
            case TEXT, FILE, FILE_PATH -> type == Scalar.Type.TEXT || scalar.loose();
            // The others' own parsers have better words for a number without unit.
            case DURATION, SIZE, SHARE, CAP, HEDGE_DELAY, ADDRESS, NETWORK, STATUSES, HASH_KEY, RATE, SECRET -> true;
        };
        if (good) {
            return null;
        }
        return switch (leaf.kind()) {
            case WORD -> ProblemKind.BAD_CHOICE;
            case INTEGER, DECIMAL ->
                type == Scalar.Type.DECIMAL || scalar.text().matches("[+-]?[0-9].*")
                        ? ProblemKind.BAD_NUMBER
                        : ProblemKind.WRONG_TYPE;
            case BOOLEAN,
                    TEXT,
                    FILE,
                    FILE_PATH,
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
                    SECRET -> ProblemKind.WRONG_TYPE;
        };
    }

    private static @Nullable String proposal(Scalar scalar, Leaf leaf) {
        String text = scalar.text();
        return switch (leaf.kind()) {
            case BOOLEAN ->
                switch (text.toLowerCase(Locale.ROOT)) {
                    case "yes", "on", "true", "y", "1" -> "write `true`";
                    case "no", "off", "false", "n", "0" -> "write `false`";
                    default -> null;
                };
            case INTEGER, DECIMAL ->
                TreeReader.type(text) != Scalar.Type.TEXT && scalar.type() == Scalar.Type.TEXT
                        ? "remove the quotes"
                        : plainNumber(text.replaceAll("[_ ,]", ""));
            case WORD -> Words.didYouMean(Words.choice(text, leaf.words()));
            case TEXT, FILE, FILE_PATH -> "put it in quotes: \"" + scalar.shown() + "\"";
            case DURATION, SIZE, SHARE, CAP, HEDGE_DELAY, ADDRESS, NETWORK, STATUSES, HASH_KEY, RATE, SECRET -> null;
        };
    }

    private static @Nullable String plainNumber(String digits) {
        return digits.matches("\\+?0*[0-9]{1,18}(\\.0+)?")
                ? "write `" + Long.parseLong(digits.replaceFirst("^\\+", "").replaceFirst("\\..*", "")) + "`"
                : null;
    }

    private static Object parse(String text, Leaf leaf, NamedFiles files) throws NamedFiles.Unusable {
        return switch (leaf.kind()) {
            case BOOLEAN -> Boolean.valueOf(text);
            case INTEGER, DECIMAL -> Double.valueOf(text);
            case TEXT -> leaf.text().check(text);
            case WORD -> constant(leaf, text);
            case DURATION -> Durations.parse(text);
            case SIZE -> Size.parse(text);
            case SHARE -> Share.parse(text);
            case CAP -> Cap.parse(text);
            case HEDGE_DELAY -> HedgeDelay.parse(text);
            case ADDRESS -> leaf.text() == Text.BACKEND_ADDRESS ? Address.parseBackend(text) : Address.parse(text);
            case NETWORK -> Cidr.parse(text);
            case STATUSES -> StatusRanges.parse(text);
            case HASH_KEY -> HashKey.parse(text);
            case RATE -> Rate.parse(text);
            case SECRET -> Secret.parse(text);
            case FILE -> files.read(leaf.text().check(text));
            case FILE_PATH -> files.path(leaf.text().check(text));
        };
    }

    private static Object constant(Leaf leaf, String word) {
        return Objects.requireNonNull(leaf.type().getEnumConstants())[
                leaf.words().indexOf(word)];
    }

    private static double measure(Object value) {
        return switch (value) {
            case Double number -> number;
            case Duration duration -> duration.toMillis();
            case Size size -> size.bytes();
            case Share share -> share.fraction();
            default -> 0;
        };
    }

    static Object stopgap(Leaf leaf) {
        return switch (leaf.kind()) {
            case BOOLEAN -> false;
            case INTEGER -> 0;
            case DECIMAL -> 0.0;
            case TEXT -> "?";
            case WORD -> constant(leaf, leaf.words().getFirst());
            case DURATION -> Duration.ZERO;
            case SIZE -> new Size(0);
            case SHARE -> new Share(0);
            case CAP -> Cap.AUTO;
            case HEDGE_DELAY -> HedgeDelay.P95;
            case ADDRESS -> new Address("", 0);
            case NETWORK -> Cidr.parse("::1");
            case STATUSES -> StatusRanges.parse("200");
            case HASH_KEY -> new HashKey.Source();
            case RATE -> Rate.parse("1/s");
            case SECRET -> new Secret("");
            case FILE -> new TextFile("?", "");
            case FILE_PATH -> new FilePath("?", "?");
        };
    }

    /** The value in the file's notation, not yet quoted. */
    static String write(Object value) {
        return switch (value) {
            case Duration duration -> Durations.format(duration);
            case HashKey key -> HashKey.format(key);
            case Enum<?> constant -> Shapes.word(constant);
            case Double number when number == Math.rint(number) -> Long.toString(number.longValue());
            default -> value.toString();
        };
    }

    /** Whether YAML would read the written value as something other than a text, as it should. */
    static boolean bare(Kind kind) {
        return kind == Kind.BOOLEAN || kind == Kind.INTEGER || kind == Kind.DECIMAL;
    }
}
