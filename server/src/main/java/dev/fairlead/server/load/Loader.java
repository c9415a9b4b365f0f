package dev.fairlead.server.load;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Paths;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.core.config.Rules;
import dev.fairlead.core.time.WallClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads configuration files, finding every problem at once. Pure functions but for reading the file and those it names;
 * thread-safe.
 *
 * <p>Whatever the file holds, the result is a {@link Loaded} and never an exception. A hostile file costs a bounded
 * amount of work: at most {@link #LARGEST} bytes, limited nesting, limited aliases, limited problems.
 */
public final class Loader {
    /** Largest file, in bytes. */
    public static final int LARGEST = 1 << 20;

    private Loader() {}

    /** Reads {@code file}, taking variables from the process's environment. */
    public static Loaded load(Path file) {
        return load(file, System::getenv);
    }

    /** Reads {@code file}, taking variables from {@code environment}, which returns {@code null} for one that is not set. */
    public static Loaded load(Path file, Function<String, @Nullable String> environment) {
        String name = file.toString();
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            // One more than allowed: pipes and devices do not say how long they are.
            bytes = in.readNBytes(LARGEST + 1);
        } catch (IOException e) {
            String found = e instanceof NoSuchFileException
                    ? "no such file"
                    : e instanceof AccessDeniedException
                            ? "this user may not read it"
                            : Files.isDirectory(file) ? "a directory" : Source.shown(String.valueOf(e.getMessage()));
            return refuse(name, ProblemKind.UNREADABLE, found, "a readable file", "name another one with -c");
        }
        Path folder = file.toAbsolutePath().getParent();
        return parse(bytes, name, folder == null ? Path.of("") : folder, environment);
    }

    private static Loaded parse(
            byte[] bytes, String name, Path folder, Function<String, @Nullable String> environment) {
        if (bytes.length > LARGEST) {
            return refuse(name, ProblemKind.TOO_LARGE, "more than " + LARGEST + " bytes", "at most 1MiB", null);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return parse(text, name, folder, environment);
        } catch (CharacterCodingException e) {
            return refuse(name, ProblemKind.NOT_UTF8, "bytes that are not UTF-8", "UTF-8 text", "save it as UTF-8");
        }
    }

    /**
     * Reads a configuration from {@code text}; {@code fileName} is what problems call it. Files it names are relative to the
     * working directory.
     */
    public static Loaded parse(String text, String fileName, Function<String, @Nullable String> environment) {
        return parse(text, fileName, Path.of(""), environment);
    }

    /** As above, with files relative to {@code folder}. */
    static Loaded parse(String text, String fileName, Path folder, Function<String, @Nullable String> environment) {
        if (text.length() > LARGEST) {
            return refuse(
                    fileName, ProblemKind.TOO_LARGE, "more than " + LARGEST + " characters", "at most 1MiB", null);
        }
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        var source = new Source(fileName, plain);
        var findings = new Findings(source);
        Tree tree = TreeReader.read(plain, findings, new Variables(environment));
        if (tree == null) {
            return new Loaded.Bad(findings.problems());
        }
        var binder = new Binder(findings, Defaults.ALL, new NamedFiles(folder));
        Config config = (Config) binder.bind(tree, Shapes.CONFIG, "");
        List<Problem> problems = new ArrayList<>(findings.problems());
        for (Problem problem : Rules.check(config, binder::broken)) {
            problems.add(located(problem, source, binder));
        }
        for (Problem problem : JsonPages.check(config.errors(), binder::broken)) {
            problems.add(located(problem, source, binder));
        }
        for (Problem problem : Certificates.check(config, binder::broken, WallClock.system())) {
            problems.add(located(problem, source, binder));
        }
        problems.sort(Comparator.comparing(Problem::severity)
                .thenComparingInt(Problem::line)
                .thenComparingInt(Problem::column));
        boolean good = problems.stream().noneMatch(problem -> problem.severity() == Problem.Severity.ERROR);
        return good ? new Loaded.Good(config, problems) : new Loaded.Bad(problems);
    }

    /** The problem with the place where its path, or what is around it, was written. */
    private static Problem located(Problem problem, Source source, Binder binder) {
        Position at = null;
        for (String path = problem.path(); at == null; path = Paths.parent(path)) {
            at = path.isEmpty() ? Position.START : binder.place(path);
        }
        // A variable's value may be a secret: what stands in the file is shown instead, and nothing made from the
        // value.
        String variables = binder.variables(problem.path());
        return new Problem(
                problem.kind(),
                source.name(),
                at.line(),
                at.column(),
                problem.path(),
                variables == null ? problem.found() : variables,
                problem.expected(),
                variables == null ? problem.suggestion() : null,
                source.snippet(at));
    }

    private static Loaded refuse(
            String name, ProblemKind kind, String found, String expected, @Nullable String suggestion) {
        return new Loaded.Bad(List.of(new Problem(kind, name, 1, 1, "", found, expected, suggestion, "")));
    }
}
