package dev.fairlead.server.load;

import dev.fairlead.core.config.Paths;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.server.load.Shape.Choice;
import dev.fairlead.server.load.Shape.Group;
import dev.fairlead.server.load.Shape.Leaf;
import dev.fairlead.server.load.Shape.Named;
import dev.fairlead.server.load.Shape.Setting;
import dev.fairlead.server.load.Shape.Several;
import dev.fairlead.server.load.Shape.Variant;
import dev.fairlead.server.load.Tree.Broken;
import dev.fairlead.server.load.Tree.Entries;
import dev.fairlead.server.load.Tree.Items;
import dev.fairlead.server.load.Tree.Member;
import dev.fairlead.server.load.Tree.Scalar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes records from a tree. Every problem is reported and then papered over with the default or a placeholder, so
 * that one pass finds all of them; {@link #broken} says where that was done. Confined to one thread.
 */
final class Binder {
    private final Findings findings;
    private final Map<String, Object> defaults;
    private final NamedFiles files;
    private final Map<String, Position> places = new HashMap<>();
    private final Map<String, String> replaced = new HashMap<>();
    private final Set<String> broken = new HashSet<>();

    Binder(Findings findings, Map<String, Object> defaults, NamedFiles files) {
        this.findings = findings;
        this.defaults = defaults;
        this.files = files;
    }

    /** Where what is at {@code path} was written, or {@code null} if it was not. */
    @Nullable
    Position place(String path) {
        return places.get(path);
    }

    /** What stands in the file for the value at {@code path}, if variables were replaced in it; else {@code null}. */
    @Nullable
    String variables(String path) {
        return replaced.get(path);
    }

    /** Whether what is at {@code path} (or around it) is not what the operator meant, but a stopgap. */
    boolean broken(String path) {
        for (String part = path; ; part = Paths.parent(part)) {
            if (broken.contains(part)) {
                return true;
            } else if (part.isEmpty()) {
                return false;
            }
        }
    }

    Object bind(Tree tree, Shape shape, String path) {
        places.putIfAbsent(path, tree.at());
        if (tree instanceof Scalar scalar && scalar.loose()) {
            replaced.put(path, scalar.shown());
        }
        if (tree instanceof Broken || findings.full()) {
            return stopgap(shape, path);
        }
        if (tree instanceof Scalar scalar && scalar.type() == Scalar.Type.NOTHING) {
            findings.add(
                    ProblemKind.NO_VALUE,
                    scalar.at(),
                    path,
                    "nothing",
                    shape.expected(),
                    "write a value, or remove the key");
            return stopgap(shape, path);
        }
        return switch (shape) {
            case Group group -> group(tree, group, path);
            case Choice choice -> choice(tree, choice, path);
            case Named named -> named(tree, named, path);
            case Several several -> several(tree, several, path);
            case Leaf leaf -> leaf(tree, leaf, path);
        };
    }

    private Object wrongType(Tree tree, Shape shape, String path, @Nullable String suggestion) {
        String found = tree instanceof Scalar scalar ? scalar.shown() : tree.what();
        findings.add(ProblemKind.WRONG_TYPE, tree.at(), path, found, shape.expected(), suggestion);
        return stopgap(shape, path);
    }

    private Object leaf(Tree tree, Leaf leaf, String path) {
        if (!(tree instanceof Scalar scalar)) {
            return wrongType(tree, leaf, path, null);
        }
        Object value = Leaves.read(scalar, leaf, path, findings, files);
        return value == null ? stopgap(leaf, path) : value;
    }

    private Object several(Tree tree, Several several, String path) {
        if (!(tree instanceof Items items)) {
            String suggestion = tree instanceof Scalar scalar && !scalar.loose()
                    ? "write a list: `[" + scalar.shown().trim().replaceAll("[\\s,]+", ", ") + "]`"
                    : null;
            return wrongType(tree, several, path, suggestion);
        }
        List<Object> values = new ArrayList<>(items.items().size());
        for (int i = 0; i < items.items().size(); i++) {
            values.add(bind(items.items().get(i), several.item(), Paths.item(path, i)));
        }
        return List.copyOf(values);
    }

    private Object named(Tree tree, Named named, String path) {
        if (!(tree instanceof Entries entries)) {
            return wrongType(tree, named, path, null);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (Member entry : entries.entries()) {
            String below = Paths.key(path, entry.key());
            if (!entry.key().matches(named.names().pattern())) {
                findings.add(
                        ProblemKind.BAD_KEY,
                        entry.keyAt(),
                        below,
                        "the name " + (entry.key().isEmpty() ? "\"\"" : Source.shown(entry.key())),
                        named.names().expected(),
                        null);
            }
            values.put(entry.key(), entry(entry, named.value(), below));
        }
        return Collections.unmodifiableMap(values);
    }

    /** Binds the value of a key; what is wrong with a whole mapping is best shown at its key. */
    private Object entry(Member entry, Shape shape, String path) {
        places.putIfAbsent(path, entry.value() instanceof Scalar ? entry.value().at() : entry.keyAt());
        return bind(entry.value(), shape, path);
    }

    private Object choice(Tree tree, Choice choice, String path) {
        List<String> names = choice.variants().stream().map(Variant::name).toList();
        if (tree instanceof Scalar scalar) {
            Variant variant = choice.variant(scalar.text());
            if (variant == null) {
                findings.add(
                        ProblemKind.BAD_CHOICE,
                        scalar.at(),
                        path,
                        scalar.shown(),
                        choice.expected(),
                        scalar.loose() ? null : Words.didYouMean(Words.choice(scalar.text(), names)));
                return stopgap(choice, path);
            }
            return group(new Entries(List.of(), 1, scalar.at()), variant.group(), Paths.key(path, variant.name()));
        }
        if (!(tree instanceof Entries entries) || entries.entries().size() != 1) {
            return wrongType(tree, choice, path, "write a name, or a mapping with one name and its settings");
        }
        Member entry = entries.entries().getFirst();
        Variant variant = choice.variant(entry.key());
        if (variant == null) {
            findings.add(
                    ProblemKind.BAD_CHOICE,
                    entry.keyAt(),
                    path,
                    Source.shown(entry.key()),
                    choice.expected(),
                    Words.didYouMean(Words.choice(entry.key(), names)));
            return stopgap(choice, path);
        }
        return entry(entry, variant.group(), Paths.key(path, variant.name()));
    }

    private Object group(Tree tree, Group group, String path) {
        if (tree instanceof Scalar scalar) {
            if (group.off() && scalar.text().equals("off")) {
                return construct(group, path, Map.of(), false);
            } else if (group.shorthand() != null && !(group.off() && scalar.type() == Scalar.Type.BOOLEAN)) {
                Setting key = group.shorthand();
                return construct(group, path, Map.of(key.name(), new Member(key.name(), scalar.at(), scalar)), true);
            }
            return wrongType(tree, group, path, scalar.loose() ? null : Words.mapping(scalar.text(), group));
        }
        if (tree instanceof Items
                && group.shorthand() != null
                && group.shorthand().shape() instanceof Several) {
            Setting key = group.shorthand();
            return construct(group, path, Map.of(key.name(), new Member(key.name(), tree.at(), tree)), true);
        }
        if (!(tree instanceof Entries entries)) {
            return wrongType(tree, group, path, null);
        }
        Map<String, Member> known = new LinkedHashMap<>();
        List<Member> unknown = new ArrayList<>();
        for (Member entry : entries.entries()) {
            if (group.key(entry.key()) == null) {
                unknown.add(entry);
            } else {
                known.put(entry.key(), entry);
            }
        }
        for (Member entry : unknown) {
            String meant = unknown(entry, group, path);
            if (meant != null) {
                // As if it had been written right: then what is wrong below it is found, too, and it is not missed.
                known.putIfAbsent(meant, entry);
            }
        }
        exactlyOne(group, known, tree.at(), path);
        return construct(group, path, known, true);
    }

    private void exactlyOne(Group group, Map<String, Member> known, Position at, String path) {
        List<String> present = group.oneOf().stream().filter(known::containsKey).toList();
        if (group.oneOf().isEmpty() || present.size() == 1) {
            return;
        }
        Member second = present.isEmpty() ? null : known.get(present.get(1));
        String all = String.join(
                " and ", present.stream().map(name -> "`" + name + "`").toList());
        Position place = places.get(path);
        findings.add(
                ProblemKind.EXACTLY_ONE,
                second == null ? place == null ? at : place : second.keyAt(),
                path,
                present.isEmpty() ? "none of these keys" : "both " + all,
                "exactly one of "
                        + String.join(
                                ", ",
                                group.oneOf().stream()
                                        .map(name -> "`" + name + "`")
                                        .toList())
                        + (group.off() ? ", or the word `off`" : ""),
                null);
        broken.add(path);
    }

    private @Nullable String unknown(Member entry, Group group, String path) {
        if (findings.full()) {
            return null;
        }
        List<String> names = group.settings().stream().map(Setting::name).toList();
        String meant = Words.key(entry.key(), names);
        findings.add(
                ProblemKind.UNKNOWN_KEY,
                entry.keyAt(),
                Paths.key(path, entry.key()),
                "an unknown key",
                names.isEmpty() ? "no keys at all" : group.names(),
                meant != null ? Words.didYouMean(meant) : Words.elsewhere(entry.key(), group));
        return meant;
    }

    /** Makes the record from the keys that are there, the defaults, and stopgaps for what is missing. */
    private Object construct(Group group, String path, Map<String, Member> known, boolean report) {
        @Nullable Object[] values = new @Nullable Object[group.settings().size()];
        for (int i = 0; i < values.length; i++) {
            Setting key = group.settings().get(i);
            String below = Paths.key(path, key.name());
            Member entry = known.get(key.name());
            if (entry != null) {
                Object bound = entry(entry, key.shape(), below);
                values[i] = broken.contains(below) && !key.byDefault().isEmpty() ? byDefault(key) : bound;
            } else if (!key.byDefault().isEmpty()) {
                values[i] = byDefault(key);
            } else if (!key.optional()) {
                if (report) {
                    findings.add(
                            ProblemKind.MISSING_KEY,
                            around(path),
                            below,
                            "nothing",
                            key.shape().expected(),
                            "add `" + key.name() + ":`");
                }
                values[i] = stopgap(key.shape(), below);
            }
        }
        return Records.construct(group.type(), values);
    }

    /** The place of {@code path}, or of what is around it. */
    private Position around(String path) {
        Position at = places.get(path);
        return at != null ? at : path.isEmpty() ? Position.START : around(Paths.parent(path));
    }

    private Object byDefault(Setting key) {
        return Objects.requireNonNull(defaults.get(key.id()));
    }

    /** Something of the right type for what could not be read. */
    private Object stopgap(Shape shape, String path) {
        broken.add(path);
        return switch (shape) {
            case Group group -> construct(group, path, Map.of(), false);
            case Choice choice -> construct(choice.variants().getFirst().group(), path, Map.of(), false);
            case Named _ -> Map.of();
            case Several _ -> List.of();
            case Leaf leaf -> Leaves.stopgap(leaf);
        };
    }
}
