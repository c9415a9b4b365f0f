package dev.fairlead.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole files: what becomes of the good ones, and every word that is said about the bad ones. */
class GoldenTest {
    private static final String SECRET = "hunter2";
    static final Map<String, String> ENVIRONMENT = Map.of("PORT", "8080", "SECRET", SECRET, "EMPTY", "");

    private static final Path FOLDER = Repository.root().resolve("server/src/test/resources/config");

    static List<Path> bad() {
        return Repository.files(FOLDER.resolve("bad"), ".yaml");
    }

    static List<Path> good() {
        return Repository.files(FOLDER.resolve("good"), ".yaml", ".json");
    }

    static Loaded load(Path file) {
        return Loader.parse(Repository.read(file), file.getFileName().toString(), FOLDER, ENVIRONMENT::get);
    }

    private static Path beside(Path file, String ending) {
        return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.[a-z]+$", ending));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void everyProblemOfABadFileIsReportedAtItsPlace(Path file) {
        assertThat(load(file)).isInstanceOf(Loaded.Bad.class);
        String report = Report.of(((Loaded.Bad) load(file)).problems(), false);

        assertThat(report).doesNotContain(SECRET);
        Repository.assertHolds(beside(file, ".report"), report);
    }

    @ParameterizedTest
    @MethodSource("good")
    void aGoodFileBecomesAConfigurationWithEveryDefaultFilledIn(Path file) {
        Loaded loaded = load(file);
        assertThat(loaded)
                .as(() -> loaded instanceof Loaded.Bad(List<Problem> problems) ? Report.of(problems, false) : "")
                .isInstanceOf(Loaded.Good.class);
        if (loaded instanceof Loaded.Good(Config config, List<Problem> warnings)) {
            Repository.assertHolds(beside(file, ".printed"), Printer.print(config));
            Repository.assertHolds(beside(file, ".report"), Report.of(warnings, false));
        }
    }

    @Test
    void everyKindOfProblemIsShownBySomeFile() {
        Set<ProblemKind> shown = EnumSet.noneOf(ProblemKind.class);
        Stream.concat(bad().stream(), good().stream())
                .flatMap(file -> switch (load(file)) {
                    case Loaded.Good good -> good.warnings().stream();
                    case Loaded.Bad bad -> bad.problems().stream();
                })
                .forEach(problem -> shown.add(problem.kind()));

        // These are about the file itself; LoaderTest has them.
        Set<ProblemKind> elsewhere = EnumSet.of(ProblemKind.UNREADABLE, ProblemKind.TOO_LARGE, ProblemKind.NOT_UTF8);
        assertThat(EnumSet.complementOf(EnumSet.copyOf(shown))).isEqualTo(elsewhere);
    }
}
