package dev.fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The page for operators says what the code does. */
class OperationsTest {
    @Test
    void everyReasonHasItsRowInTheDocument() throws IOException {
        Path document = Path.of(System.getProperty("fairlead.root"), "docs", "operations.md");
        List<String> rows = Files.readAllLines(document).stream()
                .dropWhile(line -> !line.startsWith("| Reason |"))
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(
                        Arrays.stream(Failure.values()).map(OperationsTest::row).toList());
    }

    private static String row(Failure failure) {
        String side = failure.side().name().toLowerCase(Locale.ROOT);
        return "| `" + failure.code() + "` | " + side + " | " + failure.status() + " | " + failure.text() + " |";
    }
}
