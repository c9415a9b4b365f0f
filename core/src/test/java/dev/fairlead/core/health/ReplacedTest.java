package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of slow starts when others leave the pool. */
class ReplacedTest {
    private static World serving(int size, int more) {
        World world = new World(size, World.TCP, World.EJECT, 1);
        world.seconds(10);
        for (int i = 0; i < more; i++) {
            world.backends.add(world.backend());
        }
        world.publish();
        world.seconds(1);
        assertThat(world.backends.subList(size, size + more))
                .allMatch(b -> b.state().takesNew() && b.state().share() < BackendState.WHOLE);
        return world;
    }

    private static void leave(World world, List<Backend> staying) {
        world.backends.retainAll(new ArrayList<>(staying));
        world.publish();
    }

    @Test
    void whereMostAreReplacedThoseThatStayAreNotLeftWithAllTheWork() {
        World world = serving(10, 9);
        leave(world, List.copyOf(world.backends.subList(9, 19)));
        assertThat(world.backends).hasSize(10).allMatch(b -> b.state().share() == BackendState.WHOLE);
    }

    @Test
    void whereFewAreReplacedTheNewOnesStartSlowly() {
        World world = serving(4, 1);
        leave(world, List.copyOf(world.backends.subList(1, 5)));
        assertThat(world.get(3).state().share()).isLessThan(BackendState.WHOLE);
        world.seconds(35);
        assertThat(world.get(3).state().share()).isEqualTo(BackendState.WHOLE);
    }
}
