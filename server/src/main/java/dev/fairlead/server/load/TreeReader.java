package dev.fairlead.server.load;

import dev.fairlead.core.config.Paths;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.core.config.Text;
import dev.fairlead.server.load.Tree.Member;
import dev.fairlead.server.load.Tree.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads one YAML document into a {@link Tree}, with limits against hostile files.
 *
 * <p>The engine's node graph still has duplicate keys, anchors that contain themselves and foreign tags (only its
 * higher layers refuse those), so they are refused here, with both places of a duplicate.
 */
final class TreeReader {
    /** Deepest nesting; the deepest setting is at 6. */
    static final int DEEPEST = 32;

    /** Most values once every alias is followed. */
    static final long MOST_VALUES = 1_000_000;

    /** Most values as written, keys included; each costs memory before anything can be said about it. */
    static final int MOST_EVENTS = 200_000;

    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,30})");
    private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]{0,30})\\.[0-9]{1,30}");

    private final Findings findings;
    private final Variables variables;
    private final IdentityHashMap<Node, Tree> done = new IdentityHashMap<>();
    private final IdentityHashMap<Node, Boolean> open = new IdentityHashMap<>();

    private TreeReader(Findings findings, Variables variables) {
        this.findings = findings;
        this.variables = variables;
    }

    /** The document, or {@code null} after reporting why there is none that could be bound. */
    static @Nullable Tree read(String text, Findings findings, Variables variables) {
        var reader = new TreeReader(findings, variables);
        try {
            if (!reader.shallow(text)) {
                return null;
            }
            Node root = new Compose(settings()).composeString(text).orElse(null);
            if (root == null) {
                findings.add(ProblemKind.EMPTY, Position.START, "", "nothing", "listeners and pools", null);
                return null;
            }
            Tree tree = reader.convert(root, "");
            return tree instanceof Tree.Broken ? null : tree;
        } catch (MarkedYamlEngineException e) {
            Syntax.report(e, text, findings);
        } catch (ReaderException e) {
            Position at = Syntax.position(text, e.getPosition());
            String found = String.format("the character U+%04X", e.getCodePoint());
            findings.add(ProblemKind.NOT_UTF8, at, "", found, "text without control characters", null);
        } catch (YamlEngineException e) {
            String found = Source.shown(String.valueOf(e.getMessage()));
            findings.add(ProblemKind.SYNTAX, Position.START, "", found, "YAML", null);
        }
        return null;
    }

    private static LoadSettings settings() {
        return LoadSettings.builder()
                .setUseMarks(true)
                .setCodePointLimit(Loader.LARGEST)
                .setMaxAliasesForCollections(10_000)
                // Refused here, with their place.
                .setAllowNonScalarKeys(true)
                .build();
    }

    /** Looks at the events only, which needs no stack, so that building nodes cannot overflow it. */
    private boolean shallow(String text) {
        int depth = 0;
        int documents = 0;
        int events = 0;
        for (Event event : new Parse(settings()).parseString(text)) {
            if (++events > MOST_EVENTS) {
                Position at = position(event.getStartMark(), event.getStartMark());
                findings.add(ProblemKind.TOO_LARGE, at, "", "more than " + MOST_EVENTS + " values", "fewer", null);
                return false;
            } else if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
                Position at = position(event.getStartMark(), event.getStartMark());
                findings.add(ProblemKind.TOO_DEEP, at, "", "more than " + DEEPEST + " levels", "fewer", null);
                return false;
            } else if (event instanceof CollectionEndEvent) {
                depth--;
            } else if (event instanceof DocumentStartEvent && ++documents > 1) {
                Position at = position(event.getStartMark(), event.getEndMark());
                findings.add(
                        ProblemKind.SEVERAL_DOCUMENTS, at, "", "a second document", "one document in a file", null);
                return false;
            }
        }
        return true;
    }

    private Tree convert(Node node, String path) {
        Tree known = done.get(node);
        if (known != null) {
            return known;
        }
        if (open.put(node, true) != null) {
            findings.add(
                    ProblemKind.RECURSIVE_ANCHOR, position(node), path, "an anchor inside itself", "a value", null);
            return new Tree.Broken(position(node));
        }
        Tree tree = foreign(node, path) ? new Tree.Broken(position(node)) : value(node, path);
        open.remove(node);
        if (tree.size() > MOST_VALUES) {
            findings.add(
                    ProblemKind.TOO_MANY_ALIASES,
                    position(node),
                    path,
                    "aliases that stand for too much",
                    "at most " + MOST_VALUES + " values in all",
                    null);
            tree = new Tree.Broken(position(node));
        }
        done.put(node, tree);
        return tree;
    }

    private Tree value(Node node, String path) {
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar, path);
            case SequenceNode sequence -> items(sequence, path);
            case MappingNode mapping -> entries(mapping, path);
            default -> throw new IllegalStateException("node: " + node.getNodeType());
        };
    }

    private boolean foreign(Node node, String path) {
        Tag tag = node.getTag();
        boolean ours = switch (node) {
            case ScalarNode _ ->
                tag.equals(Tag.STR)
                        || tag.equals(Tag.INT)
                        || tag.equals(Tag.FLOAT)
                        || tag.equals(Tag.BOOL)
                        || tag.equals(Tag.NULL)
                        // What the engine thinks of `${…}`; replacing it is ours.
                        || tag.equals(Tag.ENV_TAG);
            case SequenceNode _ -> tag.equals(Tag.SEQ);
            case MappingNode _ -> tag.equals(Tag.MAP);
            default -> false;
        };
        if (!ours) {
            findings.add(
                    ProblemKind.FOREIGN_TAG,
                    position(node),
                    path,
                    "the tag " + Source.shown(tag.getValue().replaceFirst("^tag:yaml\\.org,2002:", "!!")),
                    "a value without tag",
                    null);
        }
        return !ours;
    }

    private Tree items(SequenceNode node, String path) {
        List<Tree> items = new ArrayList<>(node.getValue().size());
        long size = 1;
        for (int i = 0; i < node.getValue().size(); i++) {
            Tree item = convert(node.getValue().get(i), Paths.item(path, i));
            items.add(item);
            size = Math.min(size + item.size(), Long.MAX_VALUE / 2);
        }
        return new Tree.Items(items, size, position(node));
    }

    private Tree entries(MappingNode node, String path) {
        Map<String, Member> entries = new HashMap<>();
        List<Member> inOrder = new ArrayList<>(node.getValue().size());
        long size = 1;
        for (NodeTuple tuple : node.getValue()) {
            Position keyAt = position(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key) || key.getTag().equals(Tag.NULL)) {
                findings.add(ProblemKind.BAD_KEY, keyAt, path, "a key that is not a name", "a name", null);
                continue;
            }
            String name = key.getValue();
            String below = Paths.key(path, name);
            Member first = entries.get(name);
            if (first != null) {
                Position at = first.keyAt();
                findings.add(
                        ProblemKind.DUPLICATE_KEY,
                        keyAt,
                        below,
                        "`" + Source.shown(name) + "` again, first on line " + at.line() + ", column " + at.column(),
                        "each key once",
                        "remove or rename one of them");
                continue;
            }
            var entry = new Member(name, keyAt, convert(tuple.getValueNode(), below));
            entries.put(name, entry);
            inOrder.add(entry);
            size = Math.min(size + entry.value().size(), Long.MAX_VALUE / 2);
        }
        return new Tree.Entries(inOrder, size, position(node));
    }

    private Tree scalar(ScalarNode node, String path) {
        String written = node.getValue();
        Position at = position(node);
        String text = written.length() > Text.LONGEST ? written : variables.replace(written, at, path, findings);
        if (text == null) {
            return new Tree.Broken(at);
        }
        if (text.length() > Text.LONGEST) {
            findings.add(
                    ProblemKind.TOO_LONG,
                    at,
                    path,
                    "a text of " + text.length() + " characters",
                    "at most " + Text.LONGEST,
                    null);
            return new Tree.Broken(at);
        }
        boolean loose = written.contains("${");
        Scalar.Type type = loose ? type(text) : type(node.getTag());
        return new Scalar(text, written, type, loose, at);
    }

    private static Scalar.Type type(Tag tag) {
        if (tag.equals(Tag.INT)) {
            return Scalar.Type.INTEGER;
        } else if (tag.equals(Tag.FLOAT)) {
            return Scalar.Type.DECIMAL;
        } else if (tag.equals(Tag.BOOL)) {
            return Scalar.Type.BOOLEAN;
        }
        return tag.equals(Tag.NULL) ? Scalar.Type.NOTHING : Scalar.Type.TEXT;
    }

    /** The type that YAML would see if the text stood in the file; an empty or {@code null} one stays a text. */
    static Scalar.Type type(String text) {
        if (INTEGER.matcher(text).matches()) {
            return Scalar.Type.INTEGER;
        } else if (DECIMAL.matcher(text).matches()) {
            return Scalar.Type.DECIMAL;
        }
        return text.equals("true") || text.equals("false") ? Scalar.Type.BOOLEAN : Scalar.Type.TEXT;
    }

    private static Position position(Node node) {
        return position(node.getStartMark(), node.getEndMark());
    }

    static Position position(Optional<Mark> start, Optional<Mark> end) {
        if (start.isEmpty()) {
            return Position.START;
        }
        Mark from = start.get();
        int length = end.isPresent() && end.get().getLine() == from.getLine()
                ? end.get().getColumn() - from.getColumn()
                : 1;
        return new Position(from.getLine() + 1, from.getColumn() + 1, Math.max(1, length));
    }
}
