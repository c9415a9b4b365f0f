package dev.fairlead.server.load;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.BalanceConfig.HashKey;
import dev.fairlead.core.config.Cap;
import dev.fairlead.core.config.Durations;
import dev.fairlead.core.config.HedgeDelay;
import dev.fairlead.core.config.Rate;
import dev.fairlead.core.config.Secret;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.config.Size;
import dev.fairlead.core.config.StatusRanges;
import dev.fairlead.core.config.Text;
import dev.fairlead.server.load.Shape.Choice;
import dev.fairlead.server.load.Shape.Group;
import dev.fairlead.server.load.Shape.Leaf;
import dev.fairlead.server.load.Shape.Named;
import dev.fairlead.server.load.Shape.Setting;
import dev.fairlead.server.load.Shape.Several;
import dev.fairlead.server.load.Shape.Variant;
import java.util.List;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.core.util.Separators.Spacing;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the JSON Schema of configuration files, for editors. Pure functions.
 *
 * <p>It is draft 7 without references, because that is what every editor understands. What the loader accepts fits the
 * schema; the schema cannot say everything that the loader checks.
 */
public final class Schema {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Schema() {}

    /** The schema as indented JSON. */
    public static String generate() {
        ObjectNode root = NODES.objectNode();
        root.put("$schema", "http://json-schema.org/draft-07/schema#");
        root.put("title", "Fairlead configuration");
        root.setAll(mapping(Shapes.CONFIG));
        var indent = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                        .withObjectNameValueSpacing(Spacing.AFTER)
                        .withObjectEmptySeparator("")
                        .withArrayEmptySeparator(""))
                .withObjectIndenter(indent);
        return JsonMapper.builder().build().writer().with(printer).writeValueAsString(root) + "\n";
    }

    private static ObjectNode schema(Shape shape) {
        return switch (shape) {
            case Group group -> group(group);
            case Choice choice -> choice(choice);
            case Named named -> {
                ObjectNode node = type("object");
                node.set(
                        "propertyNames",
                        NODES.objectNode().put("pattern", named.names().pattern()));
                node.set("additionalProperties", schema(named.value()));
                yield node;
            }
            case Several several -> {
                ObjectNode node = type("array");
                node.set("items", schema(several.item()));
                yield node;
            }
            case Leaf leaf -> leaf(leaf);
        };
    }

    private static ObjectNode group(Group group) {
        ObjectNode mapping = mapping(group);
        if (!group.off() && group.shorthand() == null) {
            return mapping;
        }
        ArrayNode any = NODES.arrayNode();
        if (group.off()) {
            any.add(words(List.of("off")));
        }
        if (group.shorthand() != null) {
            any.add(schema(group.shorthand().shape()));
        }
        return anyOf(any.add(mapping));
    }

    private static ObjectNode mapping(Group group) {
        ObjectNode node = type("object");
        if (!group.doc().isEmpty()) {
            node.put("description", group.doc());
        }
        ObjectNode properties = node.putObject("properties");
        ArrayNode required = NODES.arrayNode();
        for (Setting setting : group.settings()) {
            ObjectNode property = schema(setting.shape());
            // The key's own words are nearer to the point than those of its type.
            property.put("description", setting.words());
            if (setting.required()) {
                required.add(setting.name());
                if (setting.shape() instanceof Several) {
                    property.put("minItems", 1);
                } else if (setting.shape() instanceof Named) {
                    property.put("minProperties", 1);
                }
            }
            defaultValue(setting, property);
            properties.set(setting.name(), property);
        }
        if (!required.isEmpty()) {
            node.set("required", required);
        }
        if (!group.oneOf().isEmpty()) {
            ArrayNode one = node.putArray("oneOf");
            group.oneOf().forEach(name -> one.addObject().putArray("required").add(name));
        }
        return node.put("additionalProperties", false);
    }

    private static void defaultValue(Setting setting, ObjectNode property) {
        String text = setting.byDefault();
        if (text.isEmpty() || text.equals("{}") || text.equals("[]")) {
            return;
        }
        Tree tree = Defaults.tree(text);
        if (tree instanceof Tree.Scalar scalar) {
            switch (scalar.type()) {
                case INTEGER -> property.put("default", Long.parseLong(scalar.text()));
                case DECIMAL -> property.put("default", Double.parseDouble(scalar.text()));
                case BOOLEAN -> property.put("default", scalar.text().equals("true"));
                case TEXT, NOTHING -> property.put("default", scalar.text());
            }
        } else if (tree instanceof Tree.Entries mapping) {
            ObjectNode node = property.putObject("default");
            mapping.entries().forEach(entry -> node.putObject(entry.key()));
        }
    }

    private static ObjectNode choice(Choice choice) {
        ArrayNode any = NODES.arrayNode();
        any.add(words(choice.variants().stream()
                .filter(variant -> variant.group().canBeEmpty())
                .map(Variant::name)
                .toList()));
        ObjectNode mapping = type("object").put("minProperties", 1).put("maxProperties", 1);
        ObjectNode properties = mapping.putObject("properties");
        for (Variant variant : choice.variants()) {
            properties.set(variant.name(), group(variant.group()));
        }
        any.add(mapping.put("additionalProperties", false));
        return anyOf(any.add(variable()));
    }

    private static ObjectNode leaf(Leaf leaf) {
        return switch (leaf.kind()) {
            case BOOLEAN -> anyOf(NODES.arrayNode().add(type("boolean")).add(variable()));
            case INTEGER -> anyOf(numbers(leaf.range(), "integer").add(variable()));
            case DECIMAL -> anyOf(numbers(leaf.range(), "number").add(variable()));
            case TEXT, FILE_PATH -> text(leaf.text().pattern());
            case WORD -> anyOf(NODES.arrayNode().add(words(leaf.words())).add(variable()));
            case DURATION -> text(Durations.PATTERN);
            case SIZE ->
                anyOf(NODES.arrayNode().add(type("integer").put("minimum", 0)).add(text(Size.PATTERN)));
            case SHARE -> text(Share.PATTERN);
            case CAP ->
                anyOf(NODES.arrayNode()
                        .add(type("integer").put("minimum", 1).put("maximum", Cap.HIGHEST))
                        .add(text(Cap.PATTERN)));
            case HEDGE_DELAY -> text(HedgeDelay.PATTERN);
            case ADDRESS -> {
                ArrayNode any = NODES.arrayNode();
                if (leaf.text() == Text.BACKEND_ADDRESS) {
                    any.add(type("integer").put("minimum", 1).put("maximum", Address.HIGHEST_PORT));
                }
                any.add(text(leaf.text().pattern()));
                yield any.size() == 1 ? text(leaf.text().pattern()) : anyOf(any);
            }
            case NETWORK -> text("^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$");
            case STATUSES ->
                anyOf(NODES.arrayNode()
                        .add(type("integer").put("minimum", 100).put("maximum", 599))
                        .add(text(StatusRanges.PATTERN)));
            case HASH_KEY -> text(HashKey.PATTERN);
            case RATE -> text(Rate.PATTERN);
            case SECRET -> text(Secret.PATTERN);
            case FILE -> text(Text.ANY.pattern());
        };
    }

    private static ArrayNode numbers(Range range, String type) {
        ArrayNode any = NODES.arrayNode();
        if (range.listed() || range.spans().isEmpty()) {
            ObjectNode node = type(type);
            if (range.listed()) {
                ArrayNode values = node.putArray("enum");
                range.spans().forEach(span -> values.add((long) span.least()));
            }
            return any.add(node);
        }
        for (Range.Span span : range.spans()) {
            ObjectNode node = type(type).put("minimum", (long) span.least());
            if (span.most() != Double.POSITIVE_INFINITY) {
                node.put("maximum", (long) span.most());
            }
            any.add(node);
        }
        return any;
    }

    /** A text of this form, or one with variables, of which nobody knows what will become of it. */
    private static ObjectNode text(String pattern) {
        return type("string").put("pattern", pattern + "|" + Variables.PATTERN);
    }

    private static ObjectNode variable() {
        return type("string").put("pattern", Variables.PATTERN);
    }

    private static ObjectNode words(List<String> words) {
        ObjectNode node = NODES.objectNode();
        ArrayNode values = node.putArray("enum");
        words.forEach(values::add);
        return node;
    }

    private static ObjectNode type(String name) {
        return NODES.objectNode().put("type", name);
    }

    private static ObjectNode anyOf(ArrayNode any) {
        ObjectNode node = NODES.objectNode();
        node.set("anyOf", any);
        return node;
    }
}
