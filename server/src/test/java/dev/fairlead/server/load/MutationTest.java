package dev.fairlead.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever happens to a file, loading it ends in a configuration or in problems, never in an exception. */
class MutationTest {
    /** Damaged files in all; {@code -Dmutations=1000000} for a longer run. */
    private static final int ROUNDS = Integer.getInteger("mutations", 1_500);

    private static final long FIRST = Long.getLong("seed", 1);

    private static List<String> originals() {
        List<Path> files = new ArrayList<>(Repository.files(Repository.root().resolve("examples"), ".yaml"));
        files.addAll(GoldenTest.good());
        files.addAll(GoldenTest.good());
        files.addAll(GoldenTest.bad());
        return files.stream().map(Repository::read).toList();
    }

    @Test
    void damagedFilesNeverThrow() {
        List<String> originals = originals();
        Schema schema = GeneratedTest.schema();
        int good = 0;
        for (long seed = FIRST; seed < FIRST + ROUNDS; seed++) {
            String text = new Mutator(seed).damage(originals.get((int) (seed % originals.size())));
            try {
                good += check(text, schema) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("-Dseed=" + seed + " -Dmutations=1, on:\n" + text, e);
            }
        }
        // Else the damage is so bad that only the YAML parser is tested.
        assertThat(good).isBetween(ROUNDS / 100, ROUNDS / 2);
    }

    private static boolean check(String text, Schema schema) {
        return switch (Loader.parse(text, "damaged.yaml", GoldenTest.ENVIRONMENT::get)) {
            case Loaded.Good(Config config, List<Problem> warnings) -> {
                // A secret is not printed, so what is printed cannot be read back.
                if (config.admin().token() == null) {
                    assertThat(Loader.parse(Printer.print(config), "printed.yaml", _ -> null))
                            .isInstanceOfSatisfying(
                                    Loaded.Good.class,
                                    again -> assertThat(again.config()).isEqualTo(config));
                }
                assertThat(Report.of(warnings, true)).isNotEmpty();
                assertThat(GeneratedTest.validate(schema, text)).isEmpty();
                yield true;
            }
            case Loaded.Bad(List<Problem> problems) -> {
                assertThat(problems).isNotEmpty().allSatisfy(problem -> {
                    assertThat(problem.line()).isPositive();
                    assertThat(problem.column()).isPositive();
                    assertThat(problem.found()).isNotBlank();
                    assertThat(problem.expected()).isNotBlank();
                });
                assertThat(Report.of(problems, true)).isNotEmpty();
                yield false;
            }
        };
    }

    @Test
    void everyPrefixOfAFileEndsInProblemsOrAConfiguration() {
        String text = Repository.read(Repository.root().resolve("examples/grown.yaml"));
        for (int end = 0; end < text.length(); end++) {
            Loaded loaded = Loader.parse(text.substring(0, end), "cut.yaml", _ -> null);
            assertThat(loaded).isNotNull();
        }
    }
}
