package dev.fairlead.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoaderTest {
    private static final String GOOD = """
            listeners:
              web: { address: ":8080" }
            pools:
              app:
                backends: [3000, 3001]
            """;

    @TempDir
    private Path folder;

    private static Loaded parse(String text) {
        return Loader.parse(text, "test.yaml", _ -> null);
    }

    private static Config config(String text) {
        return ((Loaded.Good) parse(text)).config();
    }

    private static List<Problem> problems(Loaded loaded) {
        return ((Loaded.Bad) loaded).problems();
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("fairlead.yaml"), bytes);
    }

    @Test
    void readsAFile() throws IOException {
        Loaded loaded = Loader.load(write(GOOD.getBytes(StandardCharsets.UTF_8)));

        assertThat(loaded).isEqualTo(new Loaded.Good(config(GOOD), List.of()));
    }

    @Test
    void aMissingFileIsAProblem() {
        assertThat(problems(Loader.load(folder.resolve("no.yaml"))))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(ProblemKind.UNREADABLE);
                    assertThat(problem.found()).isEqualTo("no such file");
                });
    }

    @Test
    void aFolderIsAProblem() {
        assertThat(problems(Loader.load(folder)))
                .singleElement()
                .extracting(Problem::kind, Problem::found)
                .containsExactly(ProblemKind.UNREADABLE, "a directory");
    }

    @Test
    void bytesThatAreNotUtf8AreAProblem() throws IOException {
        assertThat(problems(Loader.load(write(new byte[] {'a', ':', ' ', (byte) 0xE4}))))
                .singleElement()
                .extracting(Problem::kind)
                .isEqualTo(ProblemKind.NOT_UTF8);
    }

    @Test
    void controlCharactersAreAProblem() {
        assertThat(problems(parse("listeners: \u0000")))
                .singleElement()
                .extracting(Problem::kind)
                .isEqualTo(ProblemKind.NOT_UTF8);
    }

    @Test
    void aFileAboveTheLimitIsRefusedWithoutParsing() throws IOException {
        byte[] large = (GOOD + "#".repeat(Loader.LARGEST)).getBytes(StandardCharsets.UTF_8);

        assertThat(problems(Loader.load(write(large))))
                .singleElement()
                .extracting(Problem::kind)
                .isEqualTo(ProblemKind.TOO_LARGE);
    }

    @Test
    void aSmallFileWithVeryManyValuesIsRefusedBeforeItFillsTheMemory() {
        assertThat(problems(parse("a:\n".repeat(Loader.LARGEST / 3))))
                .singleElement()
                .extracting(Problem::kind)
                .isEqualTo(ProblemKind.TOO_LARGE);
    }

    @Test
    void aVariableWithinADefaultIsRefused() {
        assertThat(problems(parse(GOOD + "access-log: { to: \"${LOG:-${DIR:-/tmp}/x.log}\" }\n")))
                .singleElement()
                .extracting(Problem::kind)
                .isEqualTo(ProblemKind.VARIABLE_SYNTAX);
    }

    @Test
    void aLargeFileBelowTheLimitLoads() {
        var text = new StringBuilder("listeners:\n  web: { address: \":8080\" }\npools:\n  app:\n    backends:\n");
        for (int i = 0; i < 20_000; i++) {
            text.append("      - 10.")
                    .append(i >> 16)
                    .append('.')
                    .append(i >> 8 & 255)
                    .append('.')
                    .append(i & 255)
                    .append(":80\n");
        }

        assertThat(config(text.toString()).pools().get("app").backends()).hasSize(20_000);
    }

    @Test
    void aByteOrderMarkIsSkipped() {
        assertThat(config("\uFEFF" + GOOD)).isEqualTo(config(GOOD));
    }

    @Test
    void windowsLineEndsAreFineAndPlacesStayRight() {
        assertThat(config(GOOD.replace("\n", "\r\n"))).isEqualTo(config(GOOD));

        Problem problem =
                problems(parse(GOOD.replace("\n", "\r\n") + "colour: blue\r\n")).getFirst();
        assertThat(problem.line()).isEqualTo(6);
        assertThat(problem.snippet()).isEqualTo("colour: blue\n^^^^^^");
    }

    @Test
    void columnsCountCharactersEvenOutsideTheBasicPlane() {
        Problem problem = problems(parse("\"\uD83D\uDE00\": 1\n" + GOOD)).getFirst();
        assertThat(problem.column()).isEqualTo(1);

        Problem second = problems(parse(GOOD + "access-log: { to: \"\uD83D\uDE00\", colour: 1 }\n"))
                .getFirst();
        assertThat(second.column()).isEqualTo(24);
    }

    @Test
    void jsonIsYaml() {
        String json = """
                {"listeners": {"web": {"address": ":8080"}}, "pools": {"app": {"backends": [3000, 3001]}}}""";

        assertThat(config(json)).isEqualTo(config(GOOD));
    }

    @Test
    void anAliasStandsForItsValue() {
        Config config = config("""
                listeners: { web: { address: ":8080" } }
                routes: [{ forward: a }, { match: { path: /b }, forward: b }]
                pools:
                  a: { backends: &two [3000, 3001] }
                  b: { backends: *two }
                """);

        assertThat(config.pools().get("a").backends())
                .isEqualTo(config.pools().get("b").backends());
    }

    @Test
    void yesNoAndOctalsOfOldYamlStayTexts() {
        Config config = config("""
                listeners: { on: { address: ":8080" } }
                routes: [{ forward: no }]
                pools: { no: { backends: [3000, 3001] } }
                """);

        assertThat(config.pools()).containsOnlyKeys("no");
        assertThat(config.listeners()).containsOnlyKeys("on");
    }

    @Test
    void theOrderOfTheFileIsKept() {
        String pools =
                "listeners: { web: { address: \":8080\" } }\nroutes: [{ forward: z }, { match: { path: /m }, forward: m },"
                        + " { match: { path: /a }, forward: a }]\npools:\n  z: { backends: [1, 2] }\n  m: { backends: [3, 4] }\n"
                        + "  a: { backends: [5, 6] }\n";

        assertThat(config(pools).pools().keySet()).containsExactly("z", "m", "a");
    }

    @Test
    void variablesComeFromTheEnvironment() {
        Loaded loaded = Loader.parse(
                GOOD.replace(":8080", ":${PORT:-1}"), "test.yaml", name -> name.equals("PORT") ? "9090" : null);

        assertThat(((Loaded.Good) loaded).config().listeners().get("web").address())
                .isEqualTo(new Address("", 9090));
        assertThat(config(GOOD.replace(":8080", ":${PORT:-1}"))
                        .listeners()
                        .get("web")
                        .address()
                        .port())
                .isEqualTo(1);
    }

    @Test
    void aVariableCannotBringStructure() {
        Loaded loaded = Loader.parse(GOOD + "admin: ${ADMIN}\n", "test.yaml", _ -> "{ address: \"127.0.0.1:1\" }");

        assertThat(problems(loaded)).singleElement().extracting(Problem::kind).isEqualTo(ProblemKind.WRONG_TYPE);
    }

    @Test
    void problemsAreLimitedInNumber() {
        var text = new StringBuilder(GOOD);
        for (int i = 0; i < 50_000; i++) {
            text.append("k").append(i).append(": 1\n");
        }

        assertThat(problems(parse(text.toString()))).hasSize(Findings.MOST);
    }

    @Test
    void snippetsAndFindingsCannotPlayWithTheTerminal() {
        Problem problem = problems(parse(GOOD + "\"\\e[31mred\\u202e\": \"\u009b31m\u202e\"\n"))
                .getFirst();

        assertThat(Report.of(problem, false)).doesNotContain("\u001b", "\u009b", "\u202e");
    }

    @Test
    void snippetsOfLongLinesShowTheirMiddle() {
        String line = "admin: { " + " ".repeat(500) + "colour: blue," + " ".repeat(500) + "}";
        Problem problem = problems(parse(GOOD + line + "\n")).getFirst();

        assertThat(problem.snippet().lines().toList())
                .allSatisfy(shown -> assertThat(shown.length()).isLessThan(130));
        assertThat(problem.snippet()).contains("colour: blue");
    }
}
