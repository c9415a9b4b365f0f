package dev.fairlead.server.load;

import dev.fairlead.core.config.Durations;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.config.Size;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What {@code Doc.within} allows: {@code 0..256}, {@code 10ms..24h}, {@code 1..}, {@code 301, 302}. Immutable.
 *
 * @param text as written; empty for everything
 */
record Range(String text, List<Span> spans) {
    /** Both ends included. */
    record Span(double least, double most) {}

    static Range of(String text, Class<?> type) {
        List<Span> spans = new ArrayList<>();
        ToDoubleFunction<String> number = type == Duration.class
                ? value -> Durations.parse(value).toMillis()
                : type == Size.class
                        ? value -> Size.parse(value).bytes()
                        : type == Share.class ? value -> Share.parse(value).fraction() : Double::parseDouble;
        for (String part : text.isEmpty() ? new String[0] : text.split(",")) {
            int dots = part.indexOf("..");
            String from = (dots < 0 ? part : part.substring(0, dots)).trim();
            String to = (dots < 0 ? part : part.substring(dots + 2)).trim();
            double most = to.isEmpty() ? Double.POSITIVE_INFINITY : number.applyAsDouble(to);
            spans.add(new Span(number.applyAsDouble(from), most));
        }
        return new Range(text, List.copyOf(spans));
    }

    boolean holds(double value) {
        return spans.isEmpty() || spans.stream().anyMatch(span -> value >= span.least && value <= span.most);
    }

    /** Whether it lists single values. */
    boolean listed() {
        return !spans.isEmpty() && spans.stream().allMatch(span -> span.least == span.most);
    }

    /** Whether it has no upper end. */
    boolean open() {
        return spans.isEmpty() || spans.stream().anyMatch(span -> span.most == Double.POSITIVE_INFINITY);
    }

    /** What to expect, for messages. */
    String expected() {
        int comma = text.lastIndexOf(", ");
        if (comma > 0) {
            return text.substring(0, comma) + " or " + text.substring(comma + 2);
        }
        return text.endsWith("..") ? "at least " + text.substring(0, text.length() - 2) : text;
    }
}
