package dev.fairlead.server.load;

import dev.fairlead.core.config.Config;
import dev.fairlead.server.load.Shape.Choice;
import dev.fairlead.server.load.Shape.Group;
import dev.fairlead.server.load.Shape.Leaf;
import dev.fairlead.server.load.Shape.Leaf.Kind;
import dev.fairlead.server.load.Shape.Named;
import dev.fairlead.server.load.Shape.Setting;
import dev.fairlead.server.load.Shape.Several;
import dev.fairlead.server.load.Shape.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a configuration as YAML with every default filled in; the {@link Loader} reads it as an equal one. */
public final class Printer {
    /** Widest list that is written in one line, in characters. */
    private static final int WIDEST = 100;

    private final StringBuilder out = new StringBuilder();

    private Printer() {}

    /** The YAML text. */
    public static String print(Config config) {
        var printer = new Printer();
        printer.group(Shapes.CONFIG, config, 0);
        return printer.out.toString();
    }

    /** Writes the value after its key or dash; a block starts on a line of its own. */
    private void value(Shape shape, Object value, int indent) {
        switch (shape) {
            case Leaf leaf -> line(scalar(leaf, value));
            case Group group -> {
                if (group.off() && off(group, value)) {
                    line("off");
                } else if (written(group, value).isEmpty()) {
                    line("{}");
                } else {
                    out.append('\n');
                    group(group, value, indent + 2);
                }
            }
            case Choice choice -> choice(choice, value, indent);
            case Named named -> named(named, (Map<?, ?>) value, indent);
            case Several several -> several(several, (List<?>) value, indent);
        }
    }

    private void choice(Choice choice, Object value, int indent) {
        Variant variant = choice.variants().stream()
                .filter(candidate -> candidate.group().type() == value.getClass())
                .findFirst()
                .orElseThrow();
        if (variant.group().settings().isEmpty()) {
            line(variant.name());
            return;
        }
        out.append('\n').append(" ".repeat(indent + 2)).append(variant.name()).append(":\n");
        group(variant.group(), value, indent + 4);
    }

    private void named(Named named, Map<?, ?> values, int indent) {
        if (values.isEmpty()) {
            line("{}");
            return;
        }
        out.append('\n');
        values.forEach((name, value) -> {
            out.append(" ".repeat(indent + 2))
                    .append(quotedIfNeeded(name.toString(), true))
                    .append(':');
            value(named.value(), value, indent + 2);
        });
    }

    private void several(Several several, List<?> values, int indent) {
        if (several.item() instanceof Leaf leaf) {
            List<String> items =
                    values.stream().map(value -> scalar(leaf, value)).toList();
            String inline = "[" + String.join(", ", items) + "]";
            if (inline.length() <= WIDEST) {
                line(inline);
                return;
            }
            out.append('\n');
            items.forEach(item ->
                    out.append(" ".repeat(indent + 2)).append("- ").append(item).append('\n'));
            return;
        }
        if (values.isEmpty()) {
            line("[]");
            return;
        }
        out.append('\n');
        for (Object value : values) {
            int start = out.length();
            group((Group) several.item(), value, indent + 4);
            // The first key shares its line with the dash.
            out.setCharAt(start + indent + 2, '-');
        }
    }

    private void group(Group group, Object value, int indent) {
        for (Setting setting : written(group, value)) {
            out.append(" ".repeat(indent)).append(setting.name()).append(':');
            Object inner = Records.value(value, setting.component());
            if (inner != null) {
                value(setting.shape(), inner, indent);
            }
        }
    }

    private static List<Setting> written(Group group, Object value) {
        List<Setting> written = new ArrayList<>();
        for (Setting setting : group.settings()) {
            if (Records.value(value, setting.component()) != null) {
                written.add(setting);
            }
        }
        return written;
    }

    private static boolean off(Group group, Object value) {
        return group.settings().stream()
                .filter(setting -> group.oneOf().contains(setting.name()))
                .allMatch(setting -> Records.value(value, setting.component()) == null);
    }

    private void line(String text) {
        out.append(' ').append(text).append('\n');
    }

    private static String scalar(Leaf leaf, Object value) {
        String text = Leaves.write(value);
        return Leaves.bare(leaf.kind())
                ? text
                : quotedIfNeeded(
                        text, leaf.kind() == Kind.TEXT || leaf.kind() == Kind.FILE || leaf.kind() == Kind.FILE_PATH);
    }

    /** The text as it must stand in YAML, in block and flow alike, to be read as the same text. */
    private static String quotedIfNeeded(String text, boolean onlyText) {
        boolean plain = text.matches("[A-Za-z0-9/][A-Za-z0-9_./%:+*-]*") && !text.endsWith(":");
        boolean other = onlyText && text.matches("-?[0-9][0-9.eE+-]*|true|false|null");
        if (plain && !other) {
            return text;
        }
        var quoted = new StringBuilder("\"");
        Variables.escape(text).codePoints().forEach(c -> {
            switch (c) {
                case '"', '\\' -> quoted.append('\\').appendCodePoint(c);
                default -> {
                    if (c < 0x20 || c >= 0x7F && c < 0xA0 || Character.getType(c) == Character.FORMAT) {
                        quoted.append(String.format("\\U%08X", c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
