package dev.fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.Config;
import dev.fairlead.server.load.Loaded;
import dev.fairlead.server.load.Loader;
import dev.fairlead.server.load.Schema;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    private static final String GOOD = """
            listeners:
              web: { address: ":${PORT:-8080}" }
            pools:
              app:
                backends: [3000, 3001]
            """;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();
    private boolean colour;

    private int run(String... arguments) {
        var shell = new Shell(new PrintWriter(out), new PrintWriter(err), colour, environment::get);
        return Main.run(shell, arguments);
    }

    private String write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text).toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void withoutACommandItShowsItsHelp() {
        assertThat(run()).isZero();
        assertThat(out.toString()).startsWith("Fairlead").contains("check", "schema", "COMMAND --help");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void everyCommandHasHelp() {
        assertThat(run("--help")).isZero();
        assertThat(run("check", "--help")).isZero();
        assertThat(run("schema", "-h")).isZero();
        assertThat(out.toString()).contains("Exit codes", "yaml-language-server");
    }

    @Test
    void anUnknownCommandIsMisuseWithAGuess() {
        assertThat(run("chekc")).isEqualTo(2);
        assertThat(err.toString()).contains("unknown command: chekc (did you mean check?)", "fairlead --help");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void anUnknownOptionIsMisuseWithAGuess() {
        assertThat(run("check", "--prnt")).isEqualTo(2);
        assertThat(err.toString()).contains("unknown option: --prnt (did you mean --print?)", "fairlead check --help");
    }

    @Test
    void aStrayArgumentIsMisuse() {
        assertThat(run("check", "fairlead.yaml")).isEqualTo(2);
        assertThat(err.toString()).contains("unexpected argument: fairlead.yaml");
    }

    @Test
    void aGoodFileIsOk() {
        assertThat(run("check", "-c", write("good.yaml", GOOD))).isZero();
        assertThat(out.toString())
                .startsWith("ok ")
                .contains("good.yaml: 1 listener, 0 routes, 1 pool, 2 backends")
                .doesNotContain("\u001b");
    }

    @Test
    void aBadFileIsNotOkAndEveryProblemIsShown() {
        String file = write("bad.yaml", GOOD + "colour: blue\nadmin: { adress: x }\n");

        assertThat(run("check", "--config", file)).isEqualTo(1);
        assertThat(out.toString())
                .contains(file + ":6:1: error FL-C012 colour", file + ":7:10: error FL-C012 admin.adress")
                .contains("did you mean `address`?", "check --explain FL-C012");
    }

    @Test
    void warningsDoNotFail() {
        String file = write("warn.yaml", GOOD.replace(", 3001", ""));

        assertThat(run("check", "-c", file)).isZero();
        assertThat(out.toString()).contains("warning FL-W005", "1 warning", "ok ");
    }

    @Test
    void printShowsEveryDefaultAndKeepsTheReportApart() {
        String file = write("good.yaml", GOOD.replace(", 3001", ""));

        assertThat(run("check", "--print", "-c", file)).isZero();
        assertThat(err.toString()).contains("FL-W005", "ok ");
        Config config = ((Loaded.Good) Loader.load(Path.of(file), _ -> null)).config();
        assertThat(Loader.parse(out.toString(), "printed.yaml", _ -> null))
                .isInstanceOfSatisfying(
                        Loaded.Good.class,
                        printed -> assertThat(printed.config()).isEqualTo(config));
        assertThat(out.toString()).contains("fast-interval: 500ms");
    }

    @Test
    void theFileMayComeFromTheEnvironmentAndSoMayVariables() {
        environment.put("FAIRLEAD_CONFIG", write("named.yaml", GOOD));
        environment.put("PORT", "9999");

        assertThat(run("check", "--print")).isZero();
        assertThat(out.toString()).contains(":9999");
    }

    @Test
    void aMissingFileIsAProblem() {
        environment.put("FAIRLEAD_CONFIG", folder.resolve("no.yaml").toString());

        assertThat(run("check")).isEqualTo(1);
        assertThat(out.toString()).contains("no.yaml", "FL-C001 no such file");
    }

    @Test
    void idsAreExplained() {
        assertThat(run("check", "--explain", "fl-c012")).isZero();
        assertThat(out.toString()).contains("FL-C012", "An unknown key", "never ignored");
    }

    @Test
    void unknownIdsAreMisuse() {
        assertThat(run("check", "--explain", "FL-C099")).isEqualTo(2);
        assertThat(err.toString()).contains("--explain: FL-C099 (expected: the id of a problem, such as FL-C012)");
    }

    @Test
    void theSchemaIsPrinted() {
        assertThat(run("schema")).isZero();
        assertThat(out.toString()).isEqualTo(Schema.generate());
    }

    @Test
    void theVersionIsPrinted() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("fairlead ");
    }

    @Test
    void colourIsForThoseWhoLikeIt() {
        colour = true;
        run("check", "-c", write("bad.yaml", GOOD + "colour: blue\n"));
        run("check", "-c", write("good.yaml", GOOD));
        run("chekc");

        assertThat(out.toString()).contains("\u001b[31merror FL-C012\u001b[0m");
        assertThat(err.toString()).contains("\u001b[");
        assertThat(List.of(
                        Shell.colourful(_ -> null),
                        Shell.colourful(Map.of("NO_COLOR", "1")::get),
                        Shell.colourful(Map.of("NO_COLOR", "")::get),
                        Shell.colourful(Map.of("TERM", "dumb")::get)))
                .containsExactly(true, false, true, false);
    }

    @Test
    void atSignsAndMarkupInArgumentsAreOnlyText() {
        assertThat(run("@|bold x|@")).isEqualTo(2);
        assertThat(run("@/etc/passwd")).isEqualTo(2);
        assertThat(err.toString()).contains("unknown command: @|bold x|@").doesNotContain("root:");
    }
}
