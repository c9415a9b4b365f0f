package dev.fairlead.server.load;

import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.server.load.Shape.Choice;
import dev.fairlead.server.load.Shape.Group;
import dev.fairlead.server.load.Shape.Leaf;
import dev.fairlead.server.load.Shape.Named;
import dev.fairlead.server.load.Shape.Setting;
import dev.fairlead.server.load.Shape.Several;
import dev.fairlead.server.load.Shape.Variant;

/** Writes {@code docs/configuration.md}: a worked example, and a table for every record. */
final class Reference {
    private final StringBuilder out = new StringBuilder();

    private Reference() {}

    static String generate(String minimal, String grown) {
        var reference = new Reference();
        reference.introduction(minimal, grown);
        reference.section(Shapes.CONFIG, "");
        reference.problems();
        return reference.out.toString();
    }

    private void introduction(String minimal, String grown) {
        out.append("""
                # Configuration

                <!-- Generated from the records of dev.fairlead.core.config; a test keeps it up to date. Do not edit. -->

                One YAML file says everything. `fairlead check -c fairlead.yaml` shows all that is wrong with it at once, and
                `fairlead check --print` shows it with every default filled in. JSON is accepted as well, since it is YAML.

                The smallest useful file:

                ```yaml
                %s```

                A grown one:

                ```yaml
                %s```

                ## How to write it

                - **Keys** are never ignored: an unknown one is an error, with a guess at what was meant.
                - **Durations** are whole numbers with a unit: `250ms`, `5s`, `2m`, `1h`. **Sizes** have units of 1024: `512`,
                  `64KiB`, `1MiB`, `1GiB`. **Shares** are `20%%`.
                - **Addresses** are `host:port`, `:port` for every interface, or `"[::1]:8080"` (with quotes, as YAML wants them). A
                  backend may also be a bare port of this machine.
                - **Variables**: `${NAME}` or `${NAME:-default}` in any value is replaced from the environment; it is an error if
                  NAME is not set and there is no default. `$${` is a plain `${`. Messages never show what a variable held.
                - **Shorthands**: `health: { http: /healthz }` is `health: { http: { path: /healthz } }`, and `10.0.0.1:80` is
                  `{ address: 10.0.0.1:80 }`. Each is named below.
                - **In an editor**: `fairlead schema > fairlead.schema.json`, and as the first line of the file
                  `# yaml-language-server: $schema=fairlead.schema.json`.
                - **Why** is the reason for a default, and **Seen as** says where a limit shows when it acts: reason codes are those
                  of the access log (`operations.md`) and of `fairlead_failures_total`, metrics those of `metrics.md`. Limits without
                  a key are in `operations.md`.
                - **Limits** of the file itself: 1 MiB, %d levels, %d characters in one value.

                ## Reference

                """.formatted(minimal, grown, TreeReader.DEEPEST, dev.fairlead.core.config.Text.LONGEST));
    }

    private void section(Group group, String path) {
        out.append(path.isEmpty() ? "### The file\n\n" : "### `" + path + "`\n\n");
        if (!group.doc().isEmpty()) {
            out.append(group.doc()).append("\n\n");
        }
        if (group.shorthand() != null) {
            out.append("A bare value stands for its `")
                    .append(group.shorthand().name())
                    .append("`.\n\n");
        }
        if (group.settings().isEmpty()) {
            out.append("No keys: `{}`.\n\n");
            return;
        }
        out.append("| Key | Type | Default | |\n|---|---|---|---|\n");
        group.settings().forEach(this::row);
        out.append('\n');
        for (Setting setting : group.settings()) {
            below(setting.shape(), path.isEmpty() ? setting.name() : path + "." + setting.name());
        }
    }

    private void row(Setting setting) {
        String value = setting.byDefault();
        String otherwise = setting.required() ? "**required**" : setting.optional() ? "" : "`" + value + "`";
        out.append("| `")
                .append(setting.name())
                .append("` | ")
                .append(type(setting.shape()).replace("|", "\\|"))
                .append(" | ")
                .append(otherwise)
                .append(" | ")
                .append(setting.words().replace("|", "\\|"))
                .append(" |\n");
    }

    private void below(Shape shape, String path) {
        switch (shape) {
            case Group group -> section(group, path);
            case Named named -> below(named.value(), path + ".NAME");
            case Several several -> below(several.item(), path + "[]");
            case Choice choice -> choice(choice, path);
            case Leaf _ -> {}
        }
    }

    private void choice(Choice choice, String path) {
        out.append("### `").append(path).append("`\n\n").append(choice.doc()).append("\n\n| Name | |\n|---|---|\n");
        for (Variant variant : choice.variants()) {
            String needs = variant.group().canBeEmpty() ? "" : " Needs its settings.";
            out.append("| `")
                    .append(variant.name())
                    .append("` | ")
                    .append(variant.group().doc())
                    .append(needs)
                    .append(" |\n");
        }
        out.append('\n');
        for (Variant variant : choice.variants()) {
            if (!variant.group().settings().isEmpty()) {
                section(withoutWords(variant.group()), path + "." + variant.name());
            }
        }
    }

    /** The table above has said it already. */
    private static Group withoutWords(Group group) {
        return new Group(group.type(), "", group.settings(), group.shorthand(), group.off(), group.oneOf());
    }

    private static String type(Shape shape) {
        return switch (shape) {
            case Group group -> (group.off() ? "`off` or " : "") + "mapping";
            case Choice _ -> "name or mapping";
            case Named _ -> "mapping by name";
            case Several several -> "list of " + plural(several.item());
            case Leaf leaf -> leafType(leaf);
        };
    }

    private static String plural(Shape item) {
        if (!(item instanceof Leaf leaf)) {
            return "mappings";
        }
        return leaf.kind() == Leaf.Kind.NETWORK ? "networks" : "texts";
    }

    private static String leafType(Leaf leaf) {
        String within = leaf.range().text().isEmpty() ? "" : " (" + leaf.range().expected() + ")";
        return switch (leaf.kind()) {
            case BOOLEAN -> "`true` or `false`";
            case INTEGER -> "number" + within;
            case DECIMAL -> "number" + within;
            case TEXT -> "text";
            case WORD -> "`" + String.join("`, `", leaf.words()) + "`";
            case DURATION -> "duration" + within;
            case SIZE -> "size" + within;
            case SHARE -> "share" + within;
            case CAP -> "`auto` or number";
            case HEDGE_DELAY -> "`p95` or duration";
            case ADDRESS -> "address";
            case NETWORK -> "network";
            case STATUSES -> "statuses";
            case HASH_KEY -> "key";
            case RATE -> "rate";
            case SECRET -> "secret";
            case FILE -> "file";
            case FILE_PATH -> "file name";
        };
    }

    private void problems() {
        out.append("""
                ## Problems

                `fairlead check --explain ID` says more about each. Errors (C) keep a configuration from being used, warnings
                (W) do not.

                | Id | |
                |---|---|
                """);
        for (ProblemKind kind : ProblemKind.values()) {
            out.append("| `")
                    .append(kind.id())
                    .append("` | ")
                    .append(kind.title())
                    .append(" |\n");
        }
    }
}
