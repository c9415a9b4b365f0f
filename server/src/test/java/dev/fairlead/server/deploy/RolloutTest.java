package dev.fairlead.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.Configs;
import dev.fairlead.server.Raw;
import dev.fairlead.server.control.Change;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Result;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.demo.TinyBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Deploys of real backends through a real engine. */
@Timeout(60)
class RolloutTest {
    @TempDir
    private Path folder;

    private final List<TinyBackend> backends = new ArrayList<>();
    private final List<String> stages = new CopyOnWriteArrayList<>();
    private final List<String> outputs = new CopyOnWriteArrayList<>();
    private Engine engine;

    private final Progress progress = new Progress() {
        @Override
        public void stage(String address, Stage stage, String detail) {
            stages.add(address + " " + stage);
        }

        @Override
        public void output(String address, String line) {
            outputs.add(line);
        }
    };

    @BeforeEach
    void start() throws Exception {
        for (String name : List.of("one", "two", "three", "four")) {
            backends.add(TinyBackend.start(name, Duration.ZERO));
        }
        String addresses = backends.stream().limit(3).map(TinyBackend::address).collect(Collectors.joining(", "));
        engine = Engine.start(Configs.of("""
                listeners: { web: { address: "127.0.0.1:0" } }
                pools:
                  app:
                    backends: [%s]
                    health: { http: /healthz, interval: 100ms }
                    slow-start: 500ms
                admin: { enabled: false }
                access-log: { to: off }
                stop: { grace: 1s }
                """.formatted(addresses)), Surroundings.system());
        await().until(() -> serving() == 3);
    }

    @AfterEach
    void stop() {
        engine.close();
        backends.forEach(TinyBackend::close);
    }

    private long serving() {
        return engine.status().pools().getFirst().backends().stream()
                .filter(BackendStatus::takesNew)
                .count();
    }

    private BackendStatus of(int index) {
        return engine.status().pools().getFirst().backends().get(index);
    }

    private Plan plan(String run, @Nullable String rollback, @Nullable String replaceWith, Duration gateTime) {
        return new Plan(
                "app", 1, run, rollback, replaceWith, null, 2, null, gateTime, 0.5, Duration.ofSeconds(5), null, true);
    }

    private Rollout rollout(Plan plan) {
        return new Rollout(plan, new LocalDoor(engine), new Commands(), progress, Ticker.system(), "deploy-test");
    }

    private Rollout.Outcome roll(Plan plan) throws InterruptedException {
        return rollout(plan).run();
    }

    @Test
    void everyBackendIsChangedWhileItIsOutAndNothingFails() throws Exception {
        InetSocketAddress front = Objects.requireNonNull(engine.addresses().get("web"));
        var over = new AtomicBoolean();
        var asked = new AtomicInteger();
        List<String> wrong = new CopyOnWriteArrayList<>();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                while (!over.get()) {
                    try {
                        String answer = Raw.get(front, "/");
                        asked.incrementAndGet();
                        if (!answer.startsWith("HTTP/1.1 200 ")) {
                            wrong.add(answer);
                        }
                    } catch (IOException e) {
                        wrong.add(e.toString());
                    }
                }
            }));
        }
        Rollout.Outcome outcome = roll(
                plan("echo {port} >> " + folder + "/done; echo changed {address}", null, null, Duration.ofSeconds(10)));
        over.set(true);
        for (Thread client : clients) {
            client.join();
        }
        assertThat(outcome).isEqualTo(new Rollout.Outcome(true, true, ""));
        assertThat(wrong).isEmpty();
        assertThat(asked).hasValueGreaterThan(50);
        assertThat(Files.readAllLines(folder.resolve("done")))
                .containsExactly(
                        "" + of(0).address().split(":")[1],
                        of(1).address().split(":")[1],
                        of(2).address().split(":")[1]);
        assertThat(stages)
                .containsSubsequence(
                        of(0).address() + " DRAINING",
                        of(0).address() + " RUNNING",
                        of(0).address() + " GATE",
                        of(0).address() + " DONE",
                        of(1).address() + " DRAINING");
        assertThat(outputs).contains("changed " + of(1).address());
        assertThat(serving()).isEqualTo(3);
    }

    @Test
    void aCommandThatFailsStopsItAndTheBackendReturnsThroughTheGate() throws Exception {
        Rollout.Outcome outcome = roll(plan("echo no; exit 7", null, null, Duration.ofSeconds(10)));
        assertThat(outcome.done()).isFalse();
        assertThat(outcome.why()).isEqualTo(of(0).address() + ": the command ended with status 7");
        await().until(() -> serving() == 3);
        assertThat(stages).noneMatch(stage -> stage.startsWith(of(1).address() + " DRAINING"));
    }

    @Test
    void aBackendThatDoesNotPassTheGateIsRolledBack() throws Exception {
        TinyBackend first = backends.getFirst();
        var restorer = Thread.ofVirtual().start(() -> {
            try {
                while (!Files.exists(folder.resolve("back"))) {
                    Thread.sleep(10);
                }
                first.restore();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        var stopper = Thread.ofVirtual().start(() -> {
            try {
                while (!Files.exists(folder.resolve("broken"))) {
                    Thread.sleep(10);
                }
                first.stop();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Rollout.Outcome outcome = roll(plan(
                "touch " + folder + "/broken; sleep 0.3",
                "touch " + folder + "/back; sleep 0.3",
                null,
                Duration.ofSeconds(2)));
        stopper.join();
        restorer.join();
        assertThat(outcome.done()).isFalse();
        assertThat(outcome.why())
                .contains("did not pass the gate within 2s")
                .contains("refused")
                .endsWith("rolled back, and it serves again");
        assertThat(serving()).isEqualTo(3);
    }

    @Test
    void itIsNotBegunWhenTooFewWouldBeLeft() throws Exception {
        backends.get(0).stop();
        await().until(() -> of(0).state().health() == Health.DOWN);
        Rollout.Outcome outcome = roll(plan("touch " + folder + "/run", null, null, Duration.ofSeconds(10)));
        assertThat(outcome.started()).isFalse();
        assertThat(outcome.why())
                .isEqualTo(
                        "with 1 of 3 taken out at a time only 1 would be left taking work (now 2), and the floor is 50%");
        assertThat(folder.resolve("run")).doesNotExist();
        assertThat(roll(new Plan(
                                "nope",
                                1,
                                "true",
                                null,
                                null,
                                null,
                                1,
                                null,
                                Duration.ofSeconds(1),
                                0,
                                Duration.ofSeconds(1),
                                null,
                                false))
                        .why())
                .contains("there is no pool nope");
    }

    @Test
    void stoppingGivesBackWhatWasTaken() throws Exception {
        Rollout rollout = rollout(plan("touch " + folder + "/run; sleep 30", null, null, Duration.ofSeconds(10)));
        var stopper = Thread.ofVirtual().start(() -> {
            await().until(() -> Files.exists(folder.resolve("run")));
            rollout.stop();
        });
        Rollout.Outcome outcome = rollout.run();
        stopper.join();
        assertThat(outcome.done()).isFalse();
        assertThat(outcome.why()).isEqualTo("what it had taken out returns through the gate");
        await().until(() -> serving() == 3);
    }

    @Test
    void aMatchThatNoCheckCouldFindIsToldBeforeAnythingIsTouched() throws Exception {
        String tcp = "listeners: { web: { address: \"127.0.0.1:0\" } }\npools: { app: { backends: ["
                + backends.get(0).address() + ", " + backends.get(1).address() + "], health: { tcp: {} } } }\n"
                + "admin: { enabled: false }\naccess-log: { to: off }\n";
        try (Engine plain = Engine.start(Configs.of(tcp), Surroundings.system())) {
            await().until(() -> plain.status().pools().getFirst().eligible() == 2);
            Plan plan = mortalPlan("false", null, "X-Version: 42");
            Rollout.Outcome outcome = new Rollout(
                            plan, new LocalDoor(plain), new Commands(), progress, Ticker.system(), "deploy-test")
                    .run();
            assertThat(outcome.started()).isFalse();
            assertThat(outcome.why()).startsWith("the check of pool app reads no answers");
        }
    }

    @Test
    void stoppingAtTheGateAsksForNoMatchAnyMore() throws Exception {
        Rollout rollout = rollout(new Plan(
                "app",
                1,
                "true",
                null,
                null,
                null,
                2,
                "X-Version: never",
                Duration.ofSeconds(30),
                0.5,
                Duration.ofSeconds(5),
                null,
                true));
        var stopper = Thread.ofVirtual().start(() -> {
            await().until(() -> of(0).state().health() == Health.DOWN);
            rollout.stop();
        });
        assertThat(rollout.run().why()).contains("returns through the gate");
        stopper.join();
        await().until(() -> serving() == 3);
    }

    @Test
    void whatAnOperatorTookIntoMaintenanceMeanwhileStaysThere() throws Exception {
        Rollout rollout = new Rollout(
                new Plan(
                        "app",
                        1,
                        "touch " + folder + "/run; sleep 2",
                        null,
                        null,
                        null,
                        2,
                        null,
                        Duration.ofSeconds(10),
                        0.5,
                        Duration.ofSeconds(1),
                        null,
                        true),
                new LocalDoor(engine),
                new Commands(),
                progress,
                Ticker.system(),
                "deploy-test");
        var operator = Thread.ofVirtual().start(() -> {
            await().until(() -> Files.exists(folder.resolve("run")));
            engine.operator().change("app", of(0).address(), Change.to(Wish.MAINT, "broken disk"), null);
        });
        Rollout.Outcome outcome = rollout.run();
        operator.join();
        assertThat(outcome.why()).contains("is not ours any more");
        assertThat(of(0).state().wish()).isEqualTo(Wish.MAINT);
        assertThat(of(0).state().why()).isEqualTo("broken disk");
    }

    @Test
    void whatAnOperatorTakesOutBeforeItsTurnStaysOut() throws Exception {
        Path runs = folder.resolve("runs");
        engine.operator().change("app", of(1).address(), Change.to(Wish.DRAIN, "looking at it"), null);
        Rollout rollout = rollout(new Plan(
                "app",
                1,
                "echo {port} >> " + runs + "; sleep 1",
                null,
                null,
                null,
                1,
                null,
                Duration.ofSeconds(10),
                0.3,
                Duration.ofSeconds(5),
                null,
                false));
        var operator = Thread.ofVirtual().start(() -> {
            await().until(() -> Files.exists(runs));
            engine.operator().change("app", of(2).address(), Change.to(Wish.MAINT, "broken disk"), null);
        });
        assertThat(rollout.run()).isEqualTo(new Rollout.Outcome(true, true, ""));
        operator.join();
        assertThat(Files.readAllLines(runs))
                .containsExactly(Integer.toString(backends.getFirst().port()));
        assertThat(of(1).state().wish()).isEqualTo(Wish.DRAIN);
        assertThat(of(2).state().wish()).isEqualTo(Wish.MAINT);
        assertThat(outputs)
                .contains("left out: it is drained: looking at it", "left out: it is in maintenance: broken disk");
        // Nor does a deploy get it otherwise.
        var theirs = new Change(Wish.DRAIN, null, null, null, null, 1, 0, "deploy", "test");
        assertThat(engine.operator().change("app", of(2).address(), theirs, null))
                .isEqualTo(new Result.Refused(Result.Why.CONFLICT, "it is in maintenance: broken disk"));
    }

    @Test
    void aBackendThatIsToTakeNothingNeedNotTakeAnything() throws Exception {
        engine.operator()
                .change("app", of(0).address(), new Change(null, 0, null, null, null, 1, 0, null, "a spare"), null);
        Rollout.Outcome outcome = roll(new Plan(
                "app",
                1,
                "true",
                null,
                null,
                null,
                1,
                null,
                Duration.ofSeconds(3),
                0.3,
                Duration.ofSeconds(5),
                null,
                true));
        assertThat(outcome).isEqualTo(new Rollout.Outcome(true, true, ""));
    }

    @Test
    void aDeployThatDiesLosesItsDrains() throws Exception {
        new LocalDoor(engine)
                .drain("app", of(0).address(), "deploy-dead", Duration.ofSeconds(1), null, 0.5, new Door.Way(1, null));
        assertThat(of(0).state().wish()).isEqualTo(Wish.DRAIN);
        await().until(() -> serving() == 3);
        assertThat(engine.timeline().after(0, 1000))
                .anyMatch(e -> e.event().why().contains("lease was not renewed"));
    }

    /** A deploy that nobody hears of any more once {@code dead}. */
    private Rollout mortal(Plan plan, AtomicBoolean dead) {
        var door = new LocalDoor(engine);
        var mortal = (Door) Proxy.newProxyInstance(
                Door.class.getClassLoader(), new Class<?>[] {Door.class}, (proxy, method, arguments) -> {
                    if (dead.get()) {
                        throw new Door.Unreachable("dead", null);
                    }
                    try {
                        return method.invoke(door, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return new Rollout(plan, mortal, new Commands(), progress, Ticker.system(), "deploy-mortal");
    }

    private Plan mortalPlan(String run, @Nullable String replaceWith, @Nullable String match) {
        Duration lease = Duration.ofSeconds(1);
        return new Plan(
                "app", 1, run, null, replaceWith, null, 2, match, Duration.ofSeconds(60), 0.5, lease, null, true);
    }

    @Test
    void aBackendWhoseDeployDiesInTheMiddleOfItComesBackAsItsNewVersionOnly() throws Exception {
        var dead = new AtomicBoolean();
        Path begun = folder.resolve("begun");
        Rollout rollout = mortal(mortalPlan("touch " + begun + "; sleep 60", null, "X-Version: never"), dead);
        var thread = Thread.ofVirtual().start(() -> {
            try {
                rollout.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> Files.exists(begun));
        dead.set(true);
        await().until(() -> of(0).state().wish() == Wish.READY);
        await().until(() -> of(0).state().health() == Health.DOWN);
        assertThat(of(0).state().why()).contains("X-Version");
        assertThat(serving()).isEqualTo(2);
        rollout.stop();
        thread.join();
    }

    @Test
    void aBackendWhoseDeployDiesBeforeItWasTouchedIsNotAskedForItsNewVersion() throws Exception {
        var dead = new AtomicBoolean();
        backends.forEach(backend -> backend.slow(Duration.ofSeconds(4)));
        InetSocketAddress front = Objects.requireNonNull(engine.addresses().get("web"));
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try {
                    String _ = Raw.get(front, "/");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        }
        await().until(() -> of(0).inflight() > 0);
        Rollout rollout = mortal(mortalPlan("true", null, "X-Version: never"), dead);
        var thread = Thread.ofVirtual().start(() -> {
            try {
                rollout.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> of(0).state().wish() == Wish.DRAIN);
        dead.set(true);
        await().until(() -> serving() == 3);
        rollout.stop();
        thread.join();
        for (Thread client : clients) {
            client.join();
        }
    }

    @Test
    void aNewBackendWhoseDeployDiesBeforeItServesLeavesByItself() throws Exception {
        TinyBackend fourth = backends.get(3);
        fourth.stop();
        var dead = new AtomicBoolean();
        Rollout rollout = mortal(mortalPlan("true", "{host}:" + fourth.port(), null), dead);
        engine.operator().change("app", of(1).address(), Change.to(Wish.MAINT, "x"), null);
        engine.operator().change("app", of(2).address(), Change.to(Wish.MAINT, "x"), null);
        var thread = Thread.ofVirtual().start(() -> {
            try {
                rollout.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> engine.status().pools().getFirst().members() == 4);
        // It is kept while the deploy lives.
        Thread.sleep(2000);
        assertThat(engine.status().pools().getFirst().members()).isEqualTo(4);
        dead.set(true);
        await().until(() -> engine.status().pools().getFirst().members() == 3);
        rollout.stop();
        thread.join();
    }

    @Test
    void aBackendOfAnotherAddressMustMatchTooAndGetsNothingBefore() throws Exception {
        TinyBackend fourth = backends.get(3);
        int by = fourth.port() - backends.getFirst().port();
        String template = "{host}:{port" + (by < 0 ? "" : "+") + by + "}";
        engine.operator().change("app", of(1).address(), Change.to(Wish.MAINT, "x"), null);
        engine.operator().change("app", of(2).address(), Change.to(Wish.MAINT, "x"), null);
        Rollout.Outcome outcome = roll(new Plan(
                "app",
                1,
                "true",
                null,
                template,
                null,
                3,
                "X-Version: never",
                Duration.ofSeconds(2),
                0.5,
                Duration.ofSeconds(5),
                null,
                true));
        assertThat(outcome.why()).contains("did not pass the gate within 2s").endsWith("the old one still serves");
        assertThat(serving()).isEqualTo(1);
        assertThat(engine.status().pools().getFirst().members()).isEqualTo(3);
    }

    @Test
    void aBackendOfAnotherAddressServesBeforeTheOldOneGoes() throws Exception {
        TinyBackend fourth = backends.get(3);
        int by = fourth.port() - backends.getFirst().port();
        String template = "{host}:{port" + (by < 0 ? "" : "+") + by + "}";
        engine.operator().change("app", of(1).address(), Change.to(Wish.MAINT, "x"), null);
        engine.operator().change("app", of(2).address(), Change.to(Wish.MAINT, "x"), null);
        Rollout.Outcome outcome = roll(plan("echo start {new}", null, template, Duration.ofSeconds(10)));
        assertThat(outcome).isEqualTo(new Rollout.Outcome(true, true, ""));
        assertThat(outputs).contains("start " + fourth.address());
        assertThat(of(0).state().wish()).isEqualTo(Wish.MAINT);
        assertThat(of(0).state().why()).isEqualTo("replaced by " + fourth.address());
        assertThat(of(3).address()).isEqualTo(fourth.address());
        assertThat(of(3).takesNew()).isTrue();
        assertThat(stages)
                .containsSubsequence(
                        of(0).address() + " RUNNING", of(0).address() + " DRAINING", of(0).address() + " DONE");
    }

    /** Whose slow start would never end. */
    private final class EndlessRamp extends LocalDoor {
        EndlessRamp() {
            super(engine);
        }

        @Override
        public List<View> backends(String pool) {
            return super.backends(pool).stream().map(EndlessRamp::half).toList();
        }

        private static View half(View view) {
            return new View(
                    view.address(),
                    view.wish(),
                    view.health(),
                    view.takesNew(),
                    50,
                    view.weight(),
                    view.registered(),
                    view.requests(),
                    view.owner(),
                    view.why());
        }
    }

    /** A deploy one of whose backends dies as soon as it ramps, and is restored by the rollback. */
    private Rollout.Outcome rollWhileItDies(TinyBackend dying, Plan plan, List<String> commands)
            throws InterruptedException {
        var runner = new Runner() {
            @Override
            public int run(String command, Consumer<String> lines) {
                commands.add(command);
                try {
                    if (command.startsWith("undo")) {
                        dying.restore();
                    }
                    return 0;
                } catch (IOException e) {
                    return 1;
                }
            }

            @Override
            public void end() {}
        };
        var ramping = new Progress() {
            @Override
            public void stage(String address, Stage stage, String detail) {
                progress.stage(address, stage, detail);
                if (stage == Stage.RAMP) {
                    dying.stop();
                }
            }

            @Override
            public void output(String address, String line) {}
        };
        return new Rollout(plan, new EndlessRamp(), runner, ramping, Ticker.system(), "deploy-test").run();
    }

    @Test
    void aBackendThatLeavesRotationWhileItRampsIsRolledBack() throws Exception {
        List<String> commands = new ArrayList<>();
        Rollout.Outcome outcome = rollWhileItDies(
                backends.getFirst(), plan("up {port}", "undo {port}", null, Duration.ofSeconds(10)), commands);
        assertThat(outcome.why())
                .contains("it left rotation after its deploy")
                .endsWith("rolled back, and it serves again");
        int port = backends.getFirst().port();
        assertThat(commands).containsExactly("up " + port, "undo " + port);
        assertThat(stages).contains(of(0).address() + " FAILED");
        assertThat(serving()).isEqualTo(3);
    }

    @Test
    void aNewBackendThatLeavesRotationWhileItRampsLeavesThePool() throws Exception {
        TinyBackend fourth = backends.get(3);
        engine.operator().change("app", of(1).address(), Change.to(Wish.MAINT, "x"), null);
        engine.operator().change("app", of(2).address(), Change.to(Wish.MAINT, "x"), null);
        List<String> commands = new ArrayList<>();
        Rollout.Outcome outcome = rollWhileItDies(
                fourth, plan("up {new}", "undo {new}", "{host}:" + fourth.port(), Duration.ofSeconds(10)), commands);
        assertThat(outcome.why())
                .contains(fourth.address() + ": it left rotation after its deploy")
                .endsWith("the old one still serves");
        assertThat(commands).containsExactly("up " + fourth.address(), "undo " + fourth.address());
        assertThat(engine.status().pools().getFirst().members()).isEqualTo(3);
        assertThat(of(0).takesNew()).isTrue();
    }

    @Test
    void aNewBackendLeavesWhenTheDeployIsStoppedBeforeItServes() throws Exception {
        TinyBackend fourth = backends.get(3);
        engine.operator().change("app", of(1).address(), Change.to(Wish.MAINT, "x"), null);
        engine.operator().change("app", of(2).address(), Change.to(Wish.MAINT, "x"), null);
        fourth.stop();
        Rollout rollout = rollout(plan("true", null, "{host}:" + fourth.port(), Duration.ofSeconds(30)));
        var stopper = Thread.ofVirtual().start(() -> {
            await().until(() -> engine.status().pools().getFirst().members() == 4);
            rollout.stop();
        });
        assertThat(rollout.run().done()).isFalse();
        stopper.join();
        assertThat(engine.status().pools().getFirst().members()).isEqualTo(3);
    }

    @Test
    void addressesThatCannotBeAreFoundBeforeAnythingIsTouched() throws Exception {
        String touch = "touch " + folder + "/run";
        Duration ten = Duration.ofSeconds(10);
        Rollout.Outcome high = roll(plan(touch, null, "{host}:{port+99999}", ten));
        assertThat(high.started()).isFalse();
        assertThat(high.why()).contains("expected: a port from 1 to 65535");
        assertThat(roll(plan(touch, null, "nowhere", ten)).why())
                .isEqualTo("the address that replaces " + of(0).address() + ": nowhere (expected: host:port)");
        assertThat(roll(plan(touch, null, "{host}:" + backends.get(1).port(), ten))
                        .why())
                .contains("is that of another backend of pool app");
        assertThat(roll(plan(touch, null, "{host}:" + backends.get(3).port(), ten))
                        .why())
                .as("two that would be replaced by one")
                .contains("is that of another backend of pool app");
        assertThat(roll(plan(touch, "kill {port-99999}", null, ten)).started()).isFalse();
        assertThat(folder.resolve("run")).doesNotExist();
        assertThat(serving()).isEqualTo(3);
    }

    @Test
    void aBalancerThatIsAwayForAMomentIsWaitedFor() {
        var asked = new AtomicInteger();
        Door door = new LocalDoor(engine) {
            @Override
            public List<View> backends(String pool) {
                if (asked.incrementAndGet() % 3 == 2) {
                    throw new Unreachable("it restarts", null);
                }
                return super.backends(pool);
            }
        };
        var patient = new PatientDoor(door, Duration.ofSeconds(20), Ticker.system());
        for (int i = 0; i < 4; i++) {
            assertThat(patient.backends("app")).hasSize(3);
        }
        assertThat(asked).hasValue(6);
        asked.set(1);
        var strange = new PatientDoor(door, Duration.ofSeconds(20), Ticker.system());
        assertThatThrownBy(() -> strange.backends("app"))
                .as("one that was never there")
                .isInstanceOf(Door.Unreachable.class);
    }
}
