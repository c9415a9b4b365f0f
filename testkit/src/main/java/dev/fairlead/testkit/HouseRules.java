package dev.fairlead.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The house rules that hold in every module, as tests. A module's {@code BordersTest} extends this and adds its own
 * borders: who may import whom.
 *
 * <p>Rules tolerate packages that are still empty.
 */
public abstract class HouseRules {
    /** Files stay under about 500 lines; the build stops here. */
    private static final int MAX_LINES = 800;

    private static final String CLOCKS = "dev.fairlead.core.time..";

    /** Clock and randomness: {@code owner#method}; a method {@code *} stands for all. */
    private static final Set<String> NON_DETERMINISTIC = Set.of(
            "java.lang.System#nanoTime",
            "java.lang.System#currentTimeMillis",
            "java.lang.Thread#sleep",
            "java.lang.Math#random",
            "java.lang.StrictMath#random",
            "java.util.concurrent.ThreadLocalRandom#*",
            "java.util.random.RandomGenerator#getDefault",
            "java.util.random.RandomGenerator#of",
            "java.util.UUID#randomUUID",
            "java.time.Instant#now",
            "java.time.LocalDate#now",
            "java.time.LocalTime#now",
            "java.time.LocalDateTime#now",
            "java.time.OffsetDateTime#now",
            "java.time.ZonedDateTime#now",
            "java.time.Clock#system",
            "java.time.Clock#systemUTC",
            "java.time.Clock#systemDefaultZone",
            "java.time.InstantSource#system");

    /** Types that are mutable however final the field is. */
    private static final Set<String> MUTABLE = Set.of(
            "java.util.concurrent.atomic.AtomicInteger",
            "java.util.concurrent.atomic.AtomicLong",
            "java.util.concurrent.atomic.AtomicBoolean",
            "java.util.concurrent.atomic.AtomicReference",
            "java.util.concurrent.atomic.AtomicIntegerArray",
            "java.util.concurrent.atomic.AtomicLongArray",
            "java.util.concurrent.atomic.AtomicReferenceArray",
            "java.util.concurrent.atomic.LongAdder",
            "java.util.concurrent.ConcurrentHashMap",
            "java.util.concurrent.ConcurrentMap",
            "java.util.ArrayList",
            "java.util.ArrayDeque",
            "java.util.HashMap",
            "java.util.HashSet",
            "java.util.LinkedHashMap",
            "java.util.Queue",
            "java.util.Deque",
            "java.util.Random");

    private static final Map<String, JavaClasses> IMPORTED = new ConcurrentHashMap<>();

    /** The package all of the module's main classes are in, such as {@code dev.fairlead.core}. */
    protected abstract String root();

    /** The module's main classes, without tests; none while the module is still empty. */
    protected final JavaClasses classes() {
        return IMPORTED.computeIfAbsent(root(), root -> {
            Path compiled = module().resolve("target/classes");
            return Files.isDirectory(compiled)
                    ? new ClassFileImporter()
                            .withImportOption(new ImportOption.DoNotIncludeTests())
                            .withImportOption(location -> !location.contains("/jmh_generated/"))
                            .importPath(compiled)
                    : new ClassFileImporter().importClasses(Set.of());
        });
    }

    /** The module's folder: Surefire runs tests in it. */
    protected final Path module() {
        return Path.of("").toAbsolutePath();
    }

    protected final void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(classes());
    }

    /** Of the packages under {@code family}, {@code from} may import only itself and {@code allowed}. */
    protected final void mayImport(String family, String from, String... allowed) {
        String own = pattern(family, from);
        List<String> open = new ArrayList<>(List.of(own));
        Arrays.stream(allowed).map(name -> pattern(family, name)).forEach(open::add);
        DescribedPredicate<JavaClass> closed = describe(
                "in another package of " + family,
                other -> other.getPackageName().startsWith(family)
                        && open.stream()
                                .noneMatch(name -> resideInAPackage(name).test(other)));
        check(noClasses()
                .that()
                .resideInAPackage(own)
                .should()
                .dependOnClassesThat(closed)
                .as(from + " imports only " + (allowed.length == 0 ? "itself" : String.join(", ", allowed)) + " of "
                        + family));
    }

    /** Nothing in {@code from} may import {@code closed}; both are ArchUnit package patterns. */
    protected final void neverImports(String from, String... closed) {
        check(noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat(describe(
                        "in " + String.join(", ", closed),
                        other -> Arrays.stream(closed)
                                .anyMatch(name -> resideInAPackage(name).test(other)))));
    }

    /** {@code http/} in a name means the package without its children. */
    private static String pattern(String family, String name) {
        return name.endsWith("/") ? family + "." + name.substring(0, name.length() - 1) : family + "." + name + "..";
    }

    @Test
    protected final void everythingIsInTheModulesPackage() {
        check(ArchRuleDefinition.classes().should().resideInAPackage(root() + ".."));
    }

    @Test
    protected final void packagesHaveNoCycles() {
        check(slices().matching(root() + ".(**)").should().beFreeOfCycles());
    }

    @Test
    protected final void noStaticFieldIsMutable() {
        check(fields().that().areStatic().should(new ArchCondition<>("be final, and of a type that cannot change") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                boolean isFinal = field.getModifiers().contains(JavaModifier.FINAL);
                if (!isFinal || MUTABLE.contains(field.getRawType().getName())) {
                    events.add(SimpleConditionEvent.violated(field, field.getDescription() + " is mutable"));
                }
            }
        }));
    }

    @Test
    protected final void clocksAndRandomnessComeThroughTheirDoors() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(CLOCKS)
                .should(new ArchCondition<>("use a clock or a source of randomness directly") {
                    @Override
                    public void check(JavaClass user, ConditionEvents events) {
                        Stream.concat(
                                        user.getCodeUnitAccessesFromSelf().stream(),
                                        user.getCodeUnits().stream()
                                                .flatMap(unit -> Stream.concat(
                                                        unit.getMethodReferencesFromSelf().stream(),
                                                        unit.getConstructorReferencesFromSelf().stream())))
                                .distinct()
                                .filter(HouseRules::isNonDeterministic)
                                .forEach(access ->
                                        events.add(SimpleConditionEvent.satisfied(user, access.getDescription())));
                    }
                })
                .as("only dev.fairlead.core.time reads clocks and makes randomness"));
    }

    private static boolean isNonDeterministic(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String name = access.getTarget().getName();
        boolean unseeded = owner.equals("java.util.Random") || owner.equals("java.util.SplittableRandom");
        return NON_DETERMINISTIC.contains(owner + "#" + name)
                || NON_DETERMINISTIC.contains(owner + "#*")
                || (unseeded && name.equals("<init>") && access.getDescription().contains(".<init>()"));
    }

    @Test
    protected final void everyPackageIsNullMarked() throws IOException {
        Set<String> bare = new TreeSet<>();
        for (Path file : sources("src/main/java")) {
            Path info = file.resolveSibling("package-info.java");
            if (!Files.exists(info) || !Files.readString(info).contains("@NullMarked")) {
                bare.add(String.valueOf(module().relativize(file).getParent()));
            }
        }
        assertThat(bare).as("packages without a @NullMarked package-info.java").isEmpty();
    }

    @Test
    protected final void noFileIsTooLong() {
        assertThat(Stream.of("src/main/java", "src/test/java")
                        .flatMap(root -> sources(root).stream())
                        .filter(file -> lines(file) > MAX_LINES))
                .as("Java files of more than " + MAX_LINES + " lines")
                .isEmpty();
    }

    /** The formatter's verdict, on the JDK that can read our sources; {@code mvn spotless:apply} on a JDK 25 mends it. */
    @Test
    protected final void everyFileIsFormatted() {
        assertThat(Stream.of("src/main/java", "src/test/java")
                        .flatMap(root -> sources(root).stream())
                        .filter(file -> !Format.good(file)))
                .as(
                        "Java files that palantir-java-format would change; `JAVA_HOME=(a JDK 25) mvn spotless:apply` does it")
                .isEmpty();
    }

    private List<Path> sources(String root) {
        Path folder = module().resolve(root);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
