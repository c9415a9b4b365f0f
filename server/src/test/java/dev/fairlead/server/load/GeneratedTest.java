package dev.fairlead.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.fairlead.core.config.Problem;
import dev.fairlead.server.load.Shape.Setting;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What is generated from the records is up to date, and means the same as the loader. */
class GeneratedTest {
    private static final Path ROOT = Repository.root();

    static com.networknt.schema.Schema schema() {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(Schema.generate(), InputFormat.JSON);
    }

    /**
     * What a validator has to say about a file. It gets our own tree as JSON, because its YAML parser knows neither
     * aliases nor the types of YAML 1.2.
     */
    static List<com.networknt.schema.Error> validate(com.networknt.schema.Schema schema, String text) {
        var findings = new Findings(new Source("test.yaml", text));
        Tree tree = TreeReader.read(text, findings, new Variables(_ -> "x"));
        return schema.validate(json(tree));
    }

    private static JsonNode json(Tree tree) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (tree) {
            case Tree.Entries entries -> {
                ObjectNode node = nodes.objectNode();
                entries.entries().forEach(entry -> node.set(entry.key(), json(entry.value())));
                yield node;
            }
            case Tree.Items items -> {
                ArrayNode node = nodes.arrayNode();
                items.items().forEach(item -> node.add(json(item)));
                yield node;
            }
            // An editor sees variables before they are replaced.
            case Tree.Scalar scalar when scalar.loose() -> nodes.stringNode(scalar.written());
            case Tree.Scalar scalar ->
                switch (scalar.type()) {
                    case TEXT -> nodes.stringNode(scalar.text());
                    case INTEGER -> nodes.numberNode(new BigInteger(scalar.text()));
                    case DECIMAL -> nodes.numberNode(new BigDecimal(scalar.text()));
                    case BOOLEAN -> nodes.booleanNode(scalar.text().equals("true"));
                    case NOTHING -> nodes.nullNode();
                };
            case Tree.Broken _ -> nodes.nullNode();
        };
    }

    static List<Path> goodFiles() {
        List<Path> files = new ArrayList<>(examples());
        files.addAll(GoldenTest.good());
        return files;
    }

    static List<Path> examples() {
        return Repository.files(ROOT.resolve("examples"), ".yaml");
    }

    @Test
    void theSchemaIsUpToDate() {
        Repository.assertHolds(ROOT.resolve("docs/fairlead.schema.json"), Schema.generate());
    }

    @Test
    void theReferenceIsUpToDate() {
        String minimal = Repository.read(ROOT.resolve("examples/minimal.yaml"));
        String grown = Repository.read(ROOT.resolve("examples/grown.yaml"));

        Repository.assertHolds(ROOT.resolve("docs/configuration.md"), Reference.generate(minimal, grown));
    }

    @Test
    void everyLimitSaysWhyItsDefaultIsWhatItIs() {
        assertThat(settings(Shapes.CONFIG)
                        .filter(GeneratedTest::limit)
                        .filter(limit -> limit.reason().isEmpty()))
                .extracting(Setting::id)
                .isEmpty();
    }

    @Test
    void whatShowsALimitIsInTheDocuments() {
        String metrics = Repository.read(ROOT.resolve("docs/metrics.md"));
        String operations = Repository.read(ROOT.resolve("docs/operations.md"));
        settings(Shapes.CONFIG)
                .forEach(setting -> Pattern.compile("`(micros\\.)?([^`]+)`")
                        .matcher(setting.seen())
                        .results()
                        .map(found -> found.group(2))
                        .forEach(word -> assertThat(word.startsWith("fairlead_") ? metrics : operations)
                                .as(setting.id())
                                .contains("`" + word + "`")));
    }

    private static Stream<Setting> settings(Shape shape) {
        return switch (shape) {
            case Shape.Group group ->
                group.settings().stream()
                        .flatMap(setting -> Stream.concat(Stream.of(setting), settings(setting.shape())));
            case Shape.Choice choice -> choice.variants().stream().flatMap(variant -> settings(variant.group()));
            case Shape.Named named -> settings(named.value());
            case Shape.Several several -> settings(several.item());
            case Shape.Leaf _ -> Stream.of();
        };
    }

    /** Ports are numbers without a default; times are limits even where they may be left out. */
    private static boolean limit(Setting setting) {
        return setting.shape() instanceof Shape.Leaf leaf
                && switch (leaf.kind()) {
                    case DURATION, SIZE, SHARE, CAP, HEDGE_DELAY -> !setting.required();
                    case INTEGER, DECIMAL -> !setting.byDefault().isEmpty();
                    case BOOLEAN, TEXT, WORD, ADDRESS, NETWORK, STATUSES, HASH_KEY, RATE, SECRET, FILE, FILE_PATH ->
                        false;
                };
    }

    @ParameterizedTest
    @MethodSource("goodFiles")
    void whatTheLoaderAcceptsFitsTheSchema(Path file) {
        assertThat(validate(schema(), Repository.read(file))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("goodFiles")
    void whatIsPrintedFitsTheSchema(Path file) {
        Loaded loaded = GoldenTest.load(file);
        String printed = Printer.print(((Loaded.Good) loaded).config());

        assertThat(validate(schema(), printed)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void examplesLoadWithoutWarnings(Path file) {
        Loaded loaded = Loader.load(file, _ -> null);

        assertThat(loaded).isInstanceOf(Loaded.Good.class);
        assertThat(((Loaded.Good) loaded).warnings())
                .extracting(Problem::message)
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"keys", "types", "values", "missing", "no-pools", "not-a-mapping", "addresses", "routes"})
    void theSchemaFindsWhatAnEditorCanFind(String name) {
        Path file = ROOT.resolve("server/src/test/resources/config/bad/" + name + ".yaml");

        assertThat(validate(schema(), Repository.read(file))).isNotEmpty();
    }
}
