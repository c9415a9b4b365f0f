package dev.fairlead.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.server.load.Shape.Choice;
import dev.fairlead.server.load.Shape.Group;
import dev.fairlead.server.load.Shape.Leaf;
import dev.fairlead.server.load.Shape.Named;
import dev.fairlead.server.load.Shape.Several;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The records and their notes hold together. */
class ShapesTest {
    private static void keys(Shape shape, Set<String> keys) {
        switch (shape) {
            case Group group ->
                group.settings().forEach(setting -> {
                    keys.add(setting.name());
                    keys(setting.shape(), keys);
                });
            case Choice choice -> choice.variants().forEach(variant -> keys(variant.group(), keys));
            case Named named -> keys(named.value(), keys);
            case Several several -> keys(several.item(), keys);
            case Leaf _ -> {}
        }
    }

    private static Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        keys(Shapes.CONFIG, keys);
        return keys;
    }

    @Test
    void componentsBecomeKebabCase() {
        assertThat(Shapes.kebab("perBackend")).isEqualTo("per-backend");
        assertThat(Shapes.kebab("RoundRobin")).isEqualTo("round-robin");
        assertThat(keys()).contains("per-backend", "first-byte", "access-log", "trusted-proxies");
    }

    @Test
    void everyDefaultIsAValidValue() {
        // Each of the three needs a default somewhere: every default of the file is bound here.
        Loaded loaded = Loader.parse("""
                listeners: { web: { address: ":1" } }
                routes: [{ forward: app }, { match: { path: /x }, redirect: { path: /y } }]
                pools: { app: { balance: { ring: source }, backends: [2, 3], health: { http: /z } } }
                """, "defaults.yaml", _ -> null);

        assertThat(loaded).isInstanceOf(Loaded.Good.class);
        Config config = ((Loaded.Good) loaded).config();
        assertThat(((Loaded.Good) loaded).warnings())
                .extracting(Problem::message)
                .isEmpty();
        assertThat(Loader.parse(Printer.print(config), "printed.yaml", _ -> null))
                .isEqualTo(loaded);
    }

    @Test
    void whatIsAnnouncedForLaterDoesNotExistYet() {
        assertThat(keys()).doesNotContainAnyElementsOf(Words.LATER);
    }

    @Test
    void guessesLeadToRealKeysAndNames() {
        assertThat(keys()).containsAll(Words.guessedKeys());
        Choice balance = (Choice) ((Group) ((Named) java.util.Objects.requireNonNull(Shapes.CONFIG.key("pools"))
                                .shape())
                        .value())
                .key("balance")
                .shape();
        List<String> names =
                balance.variants().stream().map(Shape.Variant::name).toList();
        assertThat(names)
                .containsAll(Words.guessedNames().stream()
                        .filter(name -> !name.equals("io_uring"))
                        .toList());
    }

    @Test
    void idsOfProblemsAreUniqueAndExplained() {
        ProblemKind[] kinds = ProblemKind.values();

        assertThat(Arrays.stream(kinds).map(ProblemKind::id))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("FL-[CW][0-9]{3}"));
        assertThat(kinds).allSatisfy(kind -> {
            boolean error = kind.severity() == Problem.Severity.ERROR;
            assertThat(kind.id().charAt(3)).isEqualTo(error ? 'C' : 'W');
            assertThat(kind.title()).isNotBlank().doesNotEndWith(".");
            assertThat(kind.explanation()).isNotBlank();
            assertThat(kind.explanation().lines()).allMatch(line -> line.length() <= 120);
        });
    }
}
