package dev.fairlead.server.load;

import dev.fairlead.core.config.ProblemKind;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Replaces variables, written as in a shell: the name or the name with a default. A doubled dollar sign is a plain one. */
final class Variables {
    /** A text that contains a variable, as a regular expression that Java and ECMAScript read alike. */
    static final String PATTERN = "\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}";

    private static final Pattern USE = Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?})?");

    private final Function<String, @Nullable String> environment;

    Variables(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /** The text with its variables replaced, or {@code null} after reporting what is wrong. */
    @Nullable
    String replace(String text, Position at, String path, Findings findings) {
        if (!text.contains("${")) {
            return text;
        }
        Matcher use = USE.matcher(text);
        var result = new StringBuilder();
        boolean good = true;
        int from = 0;
        while (use.find()) {
            result.append(text, from, use.start());
            from = use.end();
            String name = use.group(1);
            if (use.group().startsWith("$$")) {
                result.append("${");
            } else if (name == null || nested(use.group(3))) {
                good = false;
                findings.add(
                        ProblemKind.VARIABLE_SYNTAX,
                        at,
                        path,
                        Source.shown(text.substring(use.start())),
                        "${NAME} or ${NAME:-default}",
                        "write `$${` for a literal `${`");
            } else {
                String value = value(name, use.group(3));
                if (value == null) {
                    good = false;
                    findings.add(
                            ProblemKind.VARIABLE_MISSING,
                            at,
                            path,
                            "environment variable " + name + " is not set",
                            "a value for " + name,
                            "set it, or give a default: `${" + name + ":-default}`");
                } else {
                    result.append(value);
                }
            }
        }
        return good ? result.append(text, from, text.length()).toString() : null;
    }

    /** Whether a default begins another variable, which would end at the first brace. */
    private static boolean nested(@Nullable String otherwise) {
        return otherwise != null && otherwise.contains("${");
    }

    private @Nullable String value(String name, @Nullable String otherwise) {
        String value = environment.apply(name);
        // As in a shell: `:-` also replaces an empty value.
        return otherwise != null && (value == null || value.isEmpty()) ? otherwise : value;
    }

    /** The text in which {@link #replace} finds no variable and gives back {@code text}. */
    static String escape(String text) {
        return text.replace("${", "$${");
    }
}
