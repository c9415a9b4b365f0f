package dev.fairlead.server.load;

import dev.fairlead.server.load.Shape.Choice;
import dev.fairlead.server.load.Shape.Group;
import dev.fairlead.server.load.Shape.Leaf;
import dev.fairlead.server.load.Shape.Named;
import dev.fairlead.server.load.Shape.Setting;
import dev.fairlead.server.load.Shape.Several;
import dev.fairlead.server.load.Tree.Entries;
import dev.fairlead.server.load.Tree.Items;
import dev.fairlead.server.load.Tree.Scalar;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The default of every setting, read once: they are immutable, like everything in a configuration. */
final class Defaults {
    /** By {@link Setting#id}. */
    static final Map<String, Object> ALL = all();

    private Defaults() {}

    private static Map<String, Object> all() {
        Map<String, Object> all = new HashMap<>();
        add(Shapes.CONFIG, all);
        return Map.copyOf(all);
    }

    private static void add(Shape shape, Map<String, Object> all) {
        switch (shape) {
            case Group group ->
                group.settings().forEach(setting -> {
                    // The inner ones first: a group's default is made of theirs.
                    add(setting.shape(), all);
                    if (!setting.byDefault().isEmpty()) {
                        all.put(setting.id(), read(setting, all));
                    }
                });
            case Choice choice -> choice.variants().forEach(variant -> add(variant.group(), all));
            case Named named -> add(named.value(), all);
            case Several several -> add(several.item(), all);
            case Leaf _ -> {}
        }
    }

    private static Object read(Setting setting, Map<String, Object> all) {
        var findings = new Findings(new Source("default", setting.byDefault()));
        Object value = new Binder(findings, all, new NamedFiles(Path.of("")))
                .bind(tree(setting.byDefault()), setting.shape(), setting.name());
        if (!findings.isEmpty()) {
            throw new IllegalStateException("default of " + setting.component() + ": " + findings.problems());
        }
        return value;
    }

    /** The default as a tree; nearly all are simple enough not to trouble the YAML parser, which start-up would notice. */
    static Tree tree(String text) {
        if (text.equals("{}")) {
            return new Entries(List.of(), 1, Position.START);
        } else if (text.equals("[]")) {
            return new Items(List.of(), 1, Position.START);
        } else if (text.indexOf('{') < 0) {
            return new Scalar(text, text, TreeReader.type(text), false, Position.START);
        }
        var findings = new Findings(new Source("default", text));
        Tree tree = TreeReader.read(text, findings, new Variables(_ -> null));
        return Objects.requireNonNull(tree, text);
    }
}
