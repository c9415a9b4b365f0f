package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.Configs;
import dev.fairlead.server.Raw;
import dev.fairlead.server.control.Result.Done;
import dev.fairlead.server.control.Result.Refused;
import dev.fairlead.server.control.Result.Why;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An operator at work on a real engine with real backends. */
@Timeout(60)
class OperatorTest {
    @TempDir
    private Path folder;

    private TinyBackend one;
    private TinyBackend two;
    private TinyBackend three;

    @BeforeEach
    void startBackends() throws IOException {
        one = TinyBackend.start("one", Duration.ZERO);
        two = TinyBackend.start("two", Duration.ZERO);
        three = TinyBackend.start("three", Duration.ZERO);
    }

    @AfterEach
    void stopBackends() {
        one.close();
        two.close();
        three.close();
    }

    private Engine start() throws IOException, InterruptedException {
        String text = """
                listeners: { web: { address: "127.0.0.1:0" } }
                pools:
                  app:
                    balance: round-robin
                    backends: [%s, %s]
                    health: { http: /healthz, interval: 200ms }
                    slow-start: 0s
                admin: { enabled: false }
                access-log: { to: off }
                runtime: { loops: 1 }
                """.formatted(one.address(), two.address());
        Engine engine = Engine.start(Configs.of(text), Surroundings.system().keeping(folder.resolve("state.json")));
        await().until(() -> up(engine, one) && up(engine, two));
        return engine;
    }

    private static BackendStatus of(Engine engine, String address) {
        return engine.status().pools().getFirst().backends().stream()
                .filter(b -> b.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    private static boolean up(Engine engine, TinyBackend backend) {
        return of(engine, backend.address()).state().health() == Health.UP;
    }

    private static String hello(Engine engine) throws IOException {
        InetSocketAddress front = engine.addresses().get("web");
        return Raw.get(Objects.requireNonNull(front), "/");
    }

    private static Result drain(Engine engine, TinyBackend backend, double floor, String owner) {
        var change = new Change(Wish.DRAIN, null, null, null, Duration.ofSeconds(30), 1, floor, owner, "test");
        return engine.operator().change("app", backend.address(), change, null);
    }

    private static List<String> changed(Result result) {
        assertThat(result).isInstanceOf(Done.class);
        return ((Done) result).changed();
    }

    @Test
    void afterADrainIsAnsweredNothingNewArrives() throws Exception {
        try (Engine engine = start()) {
            assertThat(changed(drain(engine, one, 0.5, "me"))).containsExactly("wish ready -> drain");
            for (int i = 0; i < 20; i++) {
                assertThat(hello(engine)).contains("Hello from two.");
            }
            await().until(() -> Objects.requireNonNull(engine.operator().left("app", one.address()))
                    .drained());
            assertThat(engine.timeline().after(0, 100))
                    .anyMatch(e -> e.event().after().equals("drained"));
            assertThat(engine.operator().change("app", one.address(), Change.to(Wish.READY, "back"), null))
                    .isInstanceOf(Done.class);
            await().until(() -> up(engine, one));
            await().until(() -> hello(engine).contains("Hello from one."));
        }
    }

    @Test
    void theFloorOwnersAndRevisionsAreMinded() throws Exception {
        try (Engine engine = start()) {
            assertThat(drain(engine, one, 0.6, "me")).isInstanceOfSatisfying(Refused.class, refused -> {
                assertThat(refused.why()).isEqualTo(Why.CONFLICT);
                assertThat(refused.detail()).contains("only 1 of 2").contains("60%");
            });
            Change renewal =
                    new Change(Wish.DRAIN, null, null, null, Duration.ofSeconds(30), 1, 0, "me", true, null, "renewed");
            assertThat(engine.operator().change("app", one.address(), renewal, null))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.detail()).startsWith("there is no drain of that owner"));
            long revision = engine.operator().member(of(one)).revision();
            assertThat(drain(engine, one, 0.5, "me")).isInstanceOf(Done.class);
            assertThat(changed(drain(engine, one, 0.5, "me"))).containsExactly("drain renewed");
            assertThat(drain(engine, one, 0.5, "you"))
                    .isEqualTo(new Refused(Why.CONFLICT, "it is being drained by me"));
            Result late = engine.operator().change("app", one.address(), Change.to(Wish.READY, "late"), revision);
            assertThat(late)
                    .isInstanceOfSatisfying(
                            Refused.class, refused -> assertThat(refused.why()).isEqualTo(Why.STALE));
            assertThat(of(engine, one.address()).state().wish()).isEqualTo(Wish.DRAIN);
        }
    }

    @Test
    void aLeaseThatEndsAsksForWhatWasDemandedOverARestartToo() throws Exception {
        var drain = new Change(
                Wish.DRAIN, null, null, null, Duration.ofSeconds(1), 2, 0, "me", false, "X-Version: 42", "upgrade");
        try (Engine engine = start()) {
            assertThat(changed(engine.operator().change("app", one.address(), drain, null)))
                    .containsExactly("wish ready -> drain");
            // Its old version is not asked for what the new one must say.
            Thread.sleep(500);
            assertThat(of(engine, one.address()).state().health()).isEqualTo(Health.UP);
        }
        try (Engine engine = startAgain()) {
            await().until(() -> of(engine, one.address()).state().wish() == Wish.READY);
            assertThat(engine.operator().member(of(one)).owner()).isNull();
            await().until(() -> of(engine, one.address()).state().health() == Health.DOWN);
            assertThat(of(engine, one.address()).state().why()).contains("X-Version");
        }
        try (Engine engine = startAgain()) {
            await().until(() -> up(engine, two));
            await().until(() -> of(engine, one.address()).state().health() == Health.DOWN);
            var ready = new Change(Wish.READY, null, null, null, null, 2, 0, null, false, "fine", "as it was");
            assertThat(changed(engine.operator().change("app", one.address(), ready, null)))
                    .contains("match fine");
            await().until(() -> up(engine, one));
            assertThat(engine.operator().member(of(one)).match()).isNull();
        }
        assertThat(folder.resolve("state.json")).doesNotExist();
    }

    @Test
    void whoIsInIsNotAskedForAMatchAnyMore() throws Exception {
        try (Engine engine = start()) {
            var ready = new Change(Wish.READY, null, null, null, null, 3, 0, null, false, "X-Version: 42", "twice");
            assertThat(changed(engine.operator().change("app", one.address(), ready, null)))
                    .isEmpty();
            assertThat(engine.operator().member(of(one)).match()).isNull();
            // More checks than it takes to go down.
            Thread.sleep(1500);
            assertThat(up(engine, one)).isTrue();
        }
    }

    @Test
    void aMatchThatNoCheckCouldFindIsRefused() throws Exception {
        String text = """
                listeners: { web: { address: "127.0.0.1:0" } }
                pools: { app: { backends: [%s, %s], health: { tcp: {}, interval: 200ms } } }
                admin: { enabled: false }
                access-log: { to: off }
                """.formatted(one.address(), two.address());
        try (Engine engine = Engine.start(Configs.of(text), Surroundings.system())) {
            await().until(() -> up(engine, one) && up(engine, two));
            var ready = new Change(Wish.READY, null, null, null, null, 1, 0, null, false, "X-Version: 42", "test");
            assertThat(engine.operator().change("app", one.address(), ready, null))
                    .isEqualTo(new Refused(
                            Why.CONFLICT,
                            "match: only an HTTP check reads answers, and that of pool app is of another kind"));
            var wanted = new Deploys.Wanted(
                    1, 1, "X-Version: 42", Duration.ofSeconds(9), 0, Duration.ofSeconds(9), null, false, "test");
            assertThat(Objects.requireNonNull(
                                    engine.deploys().begin("app", wanted).refused())
                            .detail())
                    .startsWith("match: only an HTTP check");
        }
    }

    @Test
    void theNewestReasonShows() throws Exception {
        try (Engine engine = start()) {
            Operator operator = engine.operator();
            operator.change("app", one.address(), Change.to(Wish.MAINT, "a new disk"), null);
            long since = of(engine, one.address()).state().since();
            assertThat(changed(operator.change("app", one.address(), Change.to(Wish.MAINT, "and a new fan"), null)))
                    .containsExactly("why and a new fan");
            assertThat(of(engine, one.address()).state().why()).isEqualTo("and a new fan");
            assertThat(of(engine, one.address()).state().since()).isEqualTo(since);
            assertThat(engine.timeline().after(0, 1000))
                    .anyMatch(e -> e.event().why().equals("and a new fan"));
            Change silent = Change.to(Wish.MAINT, Change.NO_REASON);
            assertThat(changed(operator.change("app", one.address(), silent, null)))
                    .isEmpty();
            assertThat(of(engine, one.address()).state().why()).isEqualTo("and a new fan");
        }
    }

    @Test
    void whoFindsAllTakenOutIsToldSo() throws Exception {
        try (Engine engine = start()) {
            engine.operator().change("app", one.address(), Change.to(Wish.MAINT, "test"), null);
            assertThat(changed(drain(engine, two, 0, "me"))).isNotEmpty();
            assertThat(hello(engine)).contains("every backend is drained, in maintenance or without weight (all-out)");
        }
    }

    private static BackendKey of(TinyBackend backend) {
        return new BackendKey("app", backend.address());
    }

    @Test
    void whatDoesNotExistOrIsOutOfRangeIsRefused() throws Exception {
        try (Engine engine = start()) {
            Operator operator = engine.operator();
            Change ready = Change.to(Wish.READY, "test");
            assertThat(operator.change("nope", "x:1", ready, null))
                    .isEqualTo(new Refused(Why.UNKNOWN, "there is no pool nope"));
            assertThat(operator.change("app", "x:1", ready, null))
                    .isEqualTo(new Refused(Why.UNKNOWN, "pool app has no backend x:1"));
            var heavy = new Change(null, 257, null, null, null, 1, 0, null, "test");
            assertThat(operator.change("app", one.address(), heavy, null))
                    .isEqualTo(new Refused(Why.INVALID, "weight: 257 (expected: 0..256)"));
            var capless = new Change(null, null, -1, null, null, 1, 0, null, "test");
            assertThat(operator.change("app", one.address(), capless, null))
                    .isEqualTo(new Refused(Why.INVALID, "cap: -1 (expected: at least 1, or 0 to learn it)"));
            assertThat(operator.remove("app", one.address(), "test", null)).isInstanceOf(Refused.class);
            assertThat(operator.left("app", "x:1")).isNull();
        }
    }

    @Test
    void whoRegistersServesAfterItsFirstPassAndLeavesWhenItIsNotHeardOf() throws Exception {
        try (Engine engine = start()) {
            Operator operator = engine.operator();
            Address address = Address.parseBackend(three.address());
            Duration ttl = Duration.ofSeconds(1);
            assertThat(operator.register("app", address, 1, ttl, "scaled out"))
                    .isInstanceOfSatisfying(
                            Done.class, done -> assertThat(done.created()).isTrue());
            await().until(() -> hello(engine).contains("Hello from three."));
            // In all longer than it lives without one.
            for (int i = 0; i < 6; i++) {
                Thread.sleep(200);
                assertThat(changed(operator.register("app", address, 1, ttl, "heartbeat")))
                        .isEmpty();
            }
            assertThat(up(engine, three)).isTrue();
            await().until(() -> engine.status().pools().getFirst().members() == 2);
            assertThat(engine.timeline().after(0, 1000))
                    .anyMatch(e -> e.event().why().equals("the registration was not renewed"));
            for (int i = 0; i < 10; i++) {
                assertThat(hello(engine)).doesNotContain("Hello from three.");
            }
        }
    }

    @Test
    void whatARemovedBackendHasNotFinishedAtTheDeadlineOfItsDrainIsCut() throws Exception {
        try (Engine engine = start();
                RawClient client = RawClient.connect(
                        Objects.requireNonNull(engine.addresses().get("web")))) {
            Operator operator = engine.operator();
            operator.register("app", Address.parseBackend(three.address()), 1, null, "scaled out");
            await().until(() -> up(engine, three));
            operator.change("app", one.address(), Change.to(Wish.MAINT, "test"), null);
            operator.change("app", two.address(), Change.to(Wish.MAINT, "test"), null);
            three.slow(Duration.ofSeconds(20));
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
            await().until(() -> of(engine, three.address()).inflight() == 1);
            var drain = new Change(Wish.DRAIN, null, null, Duration.ofSeconds(2), null, 0, 0, null, "scaled in");
            operator.change("app", three.address(), drain, null);
            operator.remove("app", three.address(), "scaled in", null);
            assertThat(engine.reloads().picture().leaving()).isEqualTo(1);
            assertThat(client.answer().body()).contains("drain-cut");
            await().until(() -> engine.reloads().picture().leaving() == 0);
        }
    }

    @Test
    void whatAnOperatorSetSurvivesARestart() throws Exception {
        try (Engine engine = start()) {
            Operator operator = engine.operator();
            operator.change("app", one.address(), Change.to(Wish.MAINT, "disk full"), null);
            operator.change("app", two.address(), new Change(null, 7, 55, null, null, 1, 0, null, "bigger"), null);
            operator.register("app", Address.parseBackend(three.address()), 3, null, "scaled out");
        }
        String text = Files.readString(folder.resolve("state.json"));
        assertThat(text).contains("disk full");
        try (Engine engine = startAgain()) {
            assertThat(of(engine, one.address()).state().wish()).isEqualTo(Wish.MAINT);
            assertThat(of(engine, one.address()).state().why()).isEqualTo("as before the restart: disk full");
            assertThat(of(engine, two.address()).state().weight()).isEqualTo(7);
            assertThat(of(engine, two.address()).cap()).isEqualTo(55);
            await().until(() -> up(engine, three));
            assertThat(of(engine, three.address()).state().weight()).isEqualTo(3);
            Operator operator = engine.operator();
            operator.change("app", one.address(), Change.to(Wish.READY, "repaired"), null);
            operator.change("app", two.address(), new Change(null, 1, 0, null, null, 1, 0, null, "as ever"), null);
            operator.remove("app", three.address(), "scaled in", null);
        }
        assertThat(folder.resolve("state.json")).doesNotExist();
    }

    @Test
    void theReasonSurvivesAnyNumberOfRestarts() throws Exception {
        try (Engine engine = start()) {
            engine.operator().change("app", one.address(), Change.to(Wish.DRAIN, "disk full"), null);
        }
        for (int i = 0; i < 2; i++) {
            try (Engine engine = startAgain()) {
                await().until(() -> up(engine, one) && up(engine, two));
                assertThat(of(engine, one.address()).state().why()).isEqualTo("as before the restart: disk full");
                // So that it is written anew.
                engine.operator()
                        .change("app", two.address(), new Change(null, 5 + i, null, null, null, 0, 0, null, "x"), null);
            }
        }
    }

    private Engine startAgain() throws IOException, InterruptedException {
        String text = """
                listeners: { web: { address: "127.0.0.1:0" } }
                pools:
                  app: { backends: [%s, %s], health: { http: /healthz, interval: 200ms } }
                admin: { enabled: false }
                access-log: { to: off }
                """.formatted(one.address(), two.address());
        return Engine.start(Configs.of(text), Surroundings.system().keeping(folder.resolve("state.json")));
    }

    @Test
    void whatWasSetRightBeforeTheEndIsKept() throws Exception {
        for (int i = 0; i < 10; i++) {
            Path state = folder.resolve("state.json");
            Files.deleteIfExists(state);
            try (Engine engine = start()) {
                engine.operator().change("app", one.address(), Change.to(Wish.MAINT, "the end"), null);
            }
            assertThat(state).as("round %s", i).content().contains("the end");
        }
    }

    @Test
    void aCorruptStateFileIsPutAsideAndTheEngineStarts() throws Exception {
        Path file = folder.resolve("state.json");
        for (String rubbish :
                List.of("{", "[]", "null", "{\"version\":99,\"backends\":[]}", "\0\0\0", "{\"version\":1}")) {
            Files.writeString(file, rubbish, StandardCharsets.UTF_8);
            try (Engine engine = startAgain()) {
                assertThat(engine.status().pools().getFirst().members()).isEqualTo(2);
            }
            assertThat(file).doesNotExist();
            assertThat(folder.resolve("state.json.unreadable")).hasContent(rubbish);
        }
    }

    @Test
    void oddEntriesOfTheStateFileAreIgnoredOneByOne() throws Exception {
        Files.writeString(folder.resolve("state.json"), """
                {"version":1,"savedAt":0,"backends":[null,
                 {"pool":"app","address":"%1$s","wish":"sleepy","why":"","registered":false,"ejectedUntil":0},
                 {"pool":"gone","address":"%1$s","wish":"maint","why":"","registered":false,"ejectedUntil":0},
                 {"pool":"app","address":"nonsense","wish":"ready","why":"","registered":true,"ejectedUntil":0},
                 {"pool":"app","address":"%2$s","wish":"maint","why":"kept","registered":false,"ejectedUntil":0}]}
                """.formatted(one.address(), two.address()));
        try (Engine engine = startAgain()) {
            assertThat(of(engine, one.address()).state().wish()).isEqualTo(Wish.READY);
            assertThat(of(engine, two.address()).state().wish()).isEqualTo(Wish.MAINT);
            assertThat(engine.status().pools().getFirst().members()).isEqualTo(2);
        }
    }
}
