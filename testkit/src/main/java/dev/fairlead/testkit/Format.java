package dev.fairlead.testkit;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks the formatter about one file. Stateless. */
final class Format {
    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    private Format() {}

    /** Whether the file is just as the formatter would write it. */
    static boolean good(Path file) {
        try {
            String text = Files.readString(file);
            return RemoveUnusedImports.removeUnusedImports(FORMATTER.formatSource(text))
                    .equals(text);
        } catch (FormatterException e) {
            throw new IllegalStateException(file + " cannot be read by the formatter: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
