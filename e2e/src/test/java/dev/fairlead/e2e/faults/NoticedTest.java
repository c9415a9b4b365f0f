package dev.fairlead.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How soon faults are noticed: the document's last column holds; {@code -Dregenerate} measures the others anew. */
@Timeout(400)
class NoticedTest {
    private static final Duration SHORT = Duration.ofMillis(800);
    private static final Set<String> BY_TRAFFIC = Set.of(
            "hangs, the default TCP check",
            "slower by 100, from 1 ms to 100 ms",
            "answers 500 to half, its check passes");
    private static final Duration LONG = Duration.ofSeconds(4);
    private static final String BEGIN = "<!-- begin: how soon faults are noticed -->\n";
    private static final String END = "<!-- end: how soon faults are noticed -->";
    private static final String HOW = "mvn -q -Dquick -pl e2e -am verify -Dtest=NoticedTest -Dregenerate"
            + " -Dsurefire.failIfNoSpecifiedTests=false";

    @TempDir
    private Path folder;

    static List<Fault> noticed() {
        // The others are rows of the table of what is owed, too, or come to the same.
        return System.getProperty("regenerate") != null
                ? List.of()
                : Fault.noticed().stream()
                        .filter(fault -> BY_TRAFFIC.contains(fault.name()))
                        .toList();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("noticed")
    void whatTheDocumentSaysOfDetectionHolds(Fault fault) throws Exception {
        ResilienceTest.holds(new Faults(folder, SHORT).measure(fault), fault.limit());
    }

    @Test
    void theDocumentNamesEveryFault() throws Exception {
        Path document = Path.of(System.getProperty("fairlead.root"), "docs/operations.md");
        String text = Files.readString(document);
        int from = text.indexOf(BEGIN) + BEGIN.length();
        int to = text.indexOf(END);
        assertThat(from).isBetween(BEGIN.length(), to);
        if (System.getProperty("regenerate") != null) {
            var longer = new Faults(folder, LONG);
            var table = new StringBuilder(Row.NOTICED);
            for (Resilience.Measurement measurement : Resilience.noticed(longer)) {
                table.append(measurement.how().run().noticedLine()).append('\n');
            }
            Files.writeString(document, text.substring(0, from) + table + text.substring(to));
            return;
        }
        assertThat(rows(text.substring(from, to))).as("regenerate with: " + HOW).isEqualTo(expected());
    }

    /** The first and the last cell of each row: what is the same in every run. */
    private static List<String> rows(String table) {
        return table.lines()
                .skip(2)
                .map(line -> line.split("\\|", -1))
                .map(cells -> cells[1].strip() + ": " + cells[cells.length - 2].strip())
                .collect(Collectors.toList());
    }

    private static List<String> expected() {
        return Fault.noticed().stream()
                .map(fault -> fault.name() + ": " + fault.owed())
                .toList();
    }
}
