package dev.fairlead.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of the repository that tests compare with what the code makes; {@code -Dregenerate} rewrites them. */
public final class Repository {
    /** How to bring generated files up to date. */
    static final String HOW = "mvn -q -Dquick -pl server -am test -Dtest='Golden*,Generated*' -Dregenerate"
            + " -Dsurefire.failIfNoSpecifiedTests=false";

    private Repository() {}

    /** The repository's top folder: Surefire runs tests in a module's. */
    public static Path root() {
        Path here = Path.of("").toAbsolutePath();
        while (here != null && !Files.isDirectory(here.resolve("examples"))) {
            here = here.getParent();
        }
        if (here == null) {
            throw new IllegalStateException("not inside the repository");
        }
        return here;
    }

    static List<Path> files(Path folder, String... endings) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> Stream.of(endings)
                            .anyMatch(ending -> file.toString().endsWith(ending)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails if {@code file} does not hold {@code text}; with {@code -Dregenerate} writes it instead. */
    public static void assertHolds(Path file, String text) {
        if (System.getProperty("regenerate") != null) {
            try {
                Files.createDirectories(file.getParent());
                Files.writeString(file, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return;
        }
        assertThat(read(file))
                .as(root().relativize(file.toAbsolutePath()) + " is not up to date; if that is right: " + HOW)
                .isEqualTo(text);
    }
}
