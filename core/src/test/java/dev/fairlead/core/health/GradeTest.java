package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.health.Grade.Kind;
import dev.fairlead.core.health.Grade.Looks;
import dev.fairlead.core.health.Grade.Mark;
import dev.fairlead.core.health.Grade.Way;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.Lease;
import dev.fairlead.core.pool.Tried;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradeTest {
    private static final Looks GOOD = new Looks(
            false, "status 404", List.of("status 200: up 12", "status 200: up 13"), List.of(2_000_000L, 3_000_000L));

    private static List<Kind> kinds(Grade grade) {
        return grade.findings().stream().map(Grade.Finding::kind).toList();
    }

    @Test
    void nothingAgainstItIsAnA() {
        Grade grade = Grade.of(Way.ASK, GOOD, Testimony.NONE);
        assertThat(grade.mark()).isEqualTo(Mark.A);
        assertThat(grade).hasToString("A");
        assertThat(grade.basis()).startsWith("2 answers of its own path");
    }

    @Test
    void theWorstFindingMakesTheMarkAndStandsFirst() {
        var looks = new Looks(true, "status 200: index", List.of("ok", "ok", "ok"), List.of(90_000L, 80_000L, 70_000L));
        Grade grade = Grade.of(Way.ASK, looks, new Testimony(2, "b0: 50 of 100 failed", 1, "b1: status 503"));
        assertThat(grade.mark()).isEqualTo(Mark.F);
        assertThat(kinds(grade)).containsExactly(Kind.BLIND, Kind.JUMPY, Kind.CATCH_ALL, Kind.SHALLOW);
        assertThat(grade.toString())
                .startsWith(
                        "F: blind (it passed while real requests failed, 2 times, the last: b0: 50 of 100 failed); ")
                .contains("catch-all (a random path passes, too: status 200: index)")
                .endsWith("shallow (3 times \"ok\" within 90 microseconds)");
    }

    @Test
    void aBodyThatChangesOrTakesItsTimeIsNotShallow() {
        var changing = new Looks(false, "", List.of("a", "b"), List.of(1L, 1L));
        var working = new Looks(false, "", List.of("a", "a"), List.of(1L, 5_000_000L));
        assertThat(Grade.of(Way.ASK, changing, Testimony.NONE).mark()).isEqualTo(Mark.A);
        assertThat(Grade.of(Way.ASK, working, Testimony.NONE).mark()).isEqualTo(Mark.A);
    }

    @Test
    void connectingOnlyAndNoCheckAreSaidToBeThat() {
        assertThat(kinds(Grade.of(Way.CONNECT, Looks.NONE, Testimony.NONE))).containsExactly(Kind.CONNECT_ONLY);
        Grade none = Grade.of(Way.OFF, Looks.NONE, new Testimony(1, "x", 0, ""));
        assertThat(kinds(none)).containsExactly(Kind.NONE);
        assertThat(none.mark()).isEqualTo(Mark.F);
        assertThat(none.differs(Grade.of(Way.CONNECT, Looks.NONE, Testimony.NONE)))
                .isTrue();
    }

    private static void use(World world, Backend wanted, Outcome outcome) {
        var tried = new Tried();
        while (world.pool.acquire(0, 0, tried, world.now) instanceof Lease lease) {
            boolean found = lease.backend() == wanted;
            lease.firstByte(world.now);
            lease.close(found ? outcome : Outcome.UNUSED, world.now);
            if (found) {
                return;
            }
        }
    }

    @Test
    void trafficThatFailsBehindAPassingCheckTestifiesToIt() {
        World world = new World(3, World.TCP, World.EJECT, 1);
        world.seconds(5);
        for (int i = 0; i < 5; i++) {
            use(world, world.get(0), Outcome.SERVER_ERROR);
        }
        world.turn();
        assertThat(world.watchdog.testimony()).as("before the next check").isEqualTo(Testimony.NONE);
        world.seconds(3);
        Testimony testimony = world.watchdog.testimony();
        assertThat(testimony.blind()).isEqualTo(1);
        assertThat(testimony.blindEvidence()).startsWith("b0: 5 failures in a row");
        assertThat(world.watchdog.testimony()).isEqualTo(Testimony.NONE);
    }

    @Test
    void aCheckThatSeesTheSameIsNotBlind() {
        World world = new World(3, World.TCP, World.EJECT, 1);
        world.seconds(5);
        for (int i = 0; i < 5; i++) {
            use(world, world.get(0), Outcome.BROKEN);
        }
        world.failing.put(world.get(0), "closed without an answer");
        world.seconds(5);
        assertThat(world.watchdog.testimony()).isEqualTo(Testimony.NONE);
    }

    @Test
    void aCheckThatFailsWhileTrafficIsFineIsJumpyAndOneOfADeadBackendIsNot() {
        World world = new World(2, World.TCP, World.EJECT, 1);
        world.seconds(5);
        world.failing.put(world.get(0), "status 503");
        for (int i = 0; i < 100; i++) {
            use(world, world.get(0), Outcome.OK);
            world.pass(Duration.ofMillis(40));
        }
        Testimony testimony = world.watchdog.testimony();
        assertThat(testimony.jumpy()).isEqualTo(1);
        assertThat(testimony.jumpyEvidence()).contains("status 503").contains("requests went well");
        world.failing.put(world.get(1), "connect refused");
        world.seconds(5);
        assertThat(world.watchdog.testimony()).isEqualTo(Testimony.NONE);
    }
}
