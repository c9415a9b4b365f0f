package dev.fairlead.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.ErrorsConfig.PageConfig;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.core.config.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that a configuration names. */
class NamedFilesTest {
    private static final String GOOD = """
            listeners: { web: { address: ":8080" } }
            pools: { app: { backends: [3000, 3001] } }
            """;

    @TempDir
    private Path folder;

    private String refusal(String name) {
        try {
            return "read " + new NamedFiles(folder).read(name);
        } catch (NamedFiles.Unusable e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void filesAreRelativeToTheFolderOfTheConfiguration() throws IOException {
        Files.createDirectories(folder.resolve("pages"));
        Files.writeString(folder.resolve("pages/busy.html"), "<p>Späti {status}");
        Path file = folder.resolve("fairlead.yaml");
        Files.writeString(file, GOOD + "errors: { pages: { 503: pages/busy.html } }\n");

        Loaded loaded = Loader.load(file, _ -> null);
        assertThat(loaded).isInstanceOf(Loaded.Good.class);
        Config config = ((Loaded.Good) loaded).config();
        assertThat(config.errors().pages())
                .containsEntry("503", new PageConfig(new TextFile("pages/busy.html", "<p>Späti {status}"), null, null));
        assertThat(Printer.print(config)).contains("html: pages/busy.html");
    }

    @Test
    void aChangeOfTheFileIsAChangeOfTheConfiguration() throws IOException {
        Path page = folder.resolve("busy.html");
        Path file = folder.resolve("fairlead.yaml");
        Files.writeString(file, GOOD + "errors: { pages: { 503: busy.html } }\n");
        Files.writeString(page, "one");
        Loaded before = Loader.load(file, _ -> null);
        assertThat(Loader.load(file, _ -> null)).isEqualTo(before);
        Files.writeString(page, "two");
        assertThat(Loader.load(file, _ -> null)).isNotEqualTo(before);
    }

    @Test
    void whatCannotBeUsedIsToldWithItsPlace() throws IOException {
        Path file = folder.resolve("fairlead.yaml");
        Files.writeString(file, GOOD + "errors:\n  pages:\n    503: { json: none.json }\n");
        List<Problem> problems = ((Loaded.Bad) Loader.load(file, _ -> null)).problems();
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.kind()).isEqualTo(ProblemKind.BAD_FILE);
            assertThat(problem.line()).isEqualTo(5);
            assertThat(problem.column()).isEqualTo(18);
            assertThat(problem.message())
                    .isEqualTo(
                            "errors.pages.503.json: none.json, no such file (expected: a text file of at most 64KiB)");
        });
    }

    @Test
    void onlyRegularFilesOfTextAndOfLimitedSizeAreRead() throws IOException {
        Files.write(folder.resolve("largest"), new byte[TextFile.LARGEST]);
        Files.write(folder.resolve("larger"), new byte[TextFile.LARGEST + 1]);
        Files.write(folder.resolve("latin"), "é".getBytes(StandardCharsets.ISO_8859_1));
        Files.createDirectory(folder.resolve("folder"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("largest"));
        assertThat(refusal("largest")).isEqualTo("read largest");
        assertThat(refusal("link")).isEqualTo("read link");
        assertThat(refusal("larger")).isEqualTo("more than 65536 bytes");
        assertThat(refusal("latin")).isEqualTo("bytes that are not UTF-8");
        assertThat(refusal("folder")).isEqualTo("not a file");
        assertThat(refusal("/dev/zero")).isEqualTo("not a file");
        assertThat(refusal("none")).isEqualTo("no such file");
        assertThat(refusal("none\0")).isEqualTo("not a path");
        assertThatThrownBy(() -> new NamedFiles(folder).read("none")).isInstanceOf(NamedFiles.Unusable.class);
    }
}
