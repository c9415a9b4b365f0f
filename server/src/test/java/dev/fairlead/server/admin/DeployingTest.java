package dev.fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.pool.BackendKey;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.Raw;
import dev.fairlead.server.control.Change;
import dev.fairlead.server.control.Result;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.testkit.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Deploys over the API, by a caller with nothing but HTTP. */
@Timeout(60)
class DeployingTest {
    private final List<TinyBackend> backends = new ArrayList<>();
    private Api api;

    @BeforeEach
    void start() throws Exception {
        for (String name : List.of("one", "two", "three")) {
            backends.add(TinyBackend.start(name, Duration.ZERO));
        }
        String addresses = backends.stream().map(TinyBackend::address).collect(Collectors.joining("\", \""));
        api = Api.start("app: { backends: [\"" + addresses
                + "\"], health: { http: /healthz, interval: 100ms }, slow-start: 300ms }");
        await().until(() -> serving() == 3);
    }

    @AfterEach
    void stop() {
        api.close();
        backends.forEach(TinyBackend::close);
    }

    private long serving() {
        return api.engine().status().pools().getFirst().backends().stream()
                .filter(BackendStatus::takesNew)
                .count();
    }

    private BackendStatus of(int index) {
        return api.engine().status().pools().getFirst().backends().get(index);
    }

    private JsonNode begin(String body) throws IOException {
        Message answer = api.post("/pools/app/deploys", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        JsonNode deploy = Api.json(answer);
        assertThat(answer.field("location")).isEqualTo(path(deploy));
        return deploy;
    }

    private static String path(JsonNode deploy) {
        return "/deploys/" + deploy.path("id").asString();
    }

    private static String yours(JsonNode deploy) {
        return deploy.path("yours").path(0).asString("");
    }

    private JsonNode awaitYours(JsonNode deploy) throws IOException {
        return Api.json(api.get(path(deploy) + "?wait=20s"));
    }

    @Test
    void aCallerChangesWhatItIsHandedAndTheBalancerDoesTheRest() throws Exception {
        JsonNode deploy = begin("{\"passes\":2,\"match\":\"fine\",\"why\":\"version 42\"}");
        List<String> changed = new ArrayList<>();
        while (true) {
            JsonNode now = awaitYours(deploy);
            if (!now.path("state").asString().equals("running")) {
                assertThat(now.path("state").asString())
                        .as(now.toPrettyString())
                        .isEqualTo("done");
                break;
            }
            String address = yours(now);
            changed.add(address);
            assertThat(serving()).isEqualTo(2);
            for (int i = 0; i < 6; i++) {
                assertThat(Raw.get(api.front(), "/")).contains("Hello");
            }
            Message told = api.put(path(deploy) + "/steps/" + address, "{\"result\":\"done\"}");
            assertThat(told.status()).as(told.body()).isEqualTo(200);
        }
        assertThat(changed)
                .containsExactlyElementsOf(
                        backends.stream().map(TinyBackend::address).toList());
        assertThat(serving()).isEqualTo(3);
        assertThat(api.engine().timeline().after(0, 1000))
                .anyMatch(e -> e.event().why().contains("check passed 2 times"))
                .anyMatch(e ->
                        e.event().after().equals("deploy") && e.event().why().endsWith(": version 42"))
                .anyMatch(e -> e.event().after().equals("done"));
        assertThat(Api.json(api.get("/deploys")).path("deploys")).hasSize(1);
        assertThat(api.put(path(deploy), "").status()).isEqualTo(409);
    }

    @Test
    void aCallerThatDiesLeavesNothingOutButWhatIsNotItsNewVersion() throws Exception {
        JsonNode deploy = begin("{\"match\":\"X-Version: 42\",\"lease\":\"1s\"}");
        assertThat(yours(awaitYours(deploy))).isEqualTo(of(0).address());
        for (int i = 0; i < 5; i++) {
            Thread.sleep(400);
            assertThat(api.put(path(deploy), "").status()).isEqualTo(200);
        }
        assertThat(of(0).state().wish()).isEqualTo(Wish.DRAIN);
        await().until(() -> of(0).state().wish() == Wish.READY);
        JsonNode after = Api.json(api.get(path(deploy)));
        assertThat(after.path("state").asString()).isEqualTo("lapsed");
        await().until(() -> of(0).state().health() == Health.DOWN);
        assertThat(of(0).state().why()).contains("X-Version");
        assertThat(of(0).member().match()).isEqualTo("X-Version: 42");
        assertThat(serving()).isEqualTo(2);
        // Whoever looks after it says that the old one will do.
        api.put("/pools/app/backends/" + of(0).address(), "{\"wish\":\"ready\",\"why\":\"never changed\"}");
        await().until(() -> serving() == 3);
    }

    @Test
    void endingItGivesBackWhatNobodyHasTouched() throws Exception {
        backends.forEach(backend -> backend.slow(Duration.ofSeconds(2)));
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try {
                    assertThat(Raw.get(api.front(), "/")).contains("Hello");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        await().until(() -> of(0).inflight() > 0);
        JsonNode deploy = begin("{\"match\":\"X-Version: 42\",\"passes\":2}");
        assertThat(deploy.path("steps").path(0).path("stage").asString()).isEqualTo("draining");
        JsonNode ended = Api.json(api.ask("DELETE", path(deploy), "", "{\"why\":\"a mistake\"}"));
        assertThat(ended.path("state").asString()).isEqualTo("aborted");
        assertThat(ended.path("why").asString()).isEqualTo("a mistake");
        await().until(() -> serving() == 3);
        assertThat(api.delete(path(deploy)).status()).isEqualTo(200);
        for (Thread client : clients) {
            client.join();
        }
    }

    @Test
    void aFailureStopsItAndTheRestServesOn() throws Exception {
        JsonNode deploy = begin("{\"match\":\"X-Version: 42\"}");
        String address = yours(awaitYours(deploy));
        JsonNode failed =
                Api.json(api.put(path(deploy) + "/steps/" + address, "{\"result\":\"failed\",\"why\":\"status 7\"}"));
        assertThat(failed.path("state").asString()).isEqualTo("failed");
        assertThat(failed.path("why").asString()).isEqualTo(address + ": status 7");
        await().until(() -> serving() == 3);
    }

    @Test
    void thereIsOneAtATimeAndNeverBelowTheFloor() throws Exception {
        Message tooFew = api.post("/pools/app/deploys", "{\"batch\":2,\"floor\":\"50%\"}");
        assertThat(tooFew.status()).isEqualTo(409);
        assertThat(tooFew.body()).contains("only 1 would be left taking work (now 3), and the floor is 50%");
        assertThat(serving()).isEqualTo(3);
        JsonNode deploy = begin("{}");
        Message second = api.post("/pools/app/deploys", "");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.body())
                .contains("pool app is in the middle of deploy "
                        + deploy.path("id").asString());
        // Nor does one that is run from elsewhere.
        var theirs = new Change(Wish.DRAIN, null, null, null, Duration.ofSeconds(9), 1, 0, "deploy-cli", "test");
        assertThat(api.engine().operator().change("app", of(2).address(), theirs, null))
                .isInstanceOf(Result.Refused.class);
        // Operators may do as they like.
        assertThat(api.put("/pools/app/backends/" + of(0).address(), "{\"wish\":\"maint\"}")
                        .status())
                .isEqualTo(200);
        await().until(() ->
                Api.json(api.get(path(deploy))).path("state").asString().equals("failed"));
        assertThat(of(0).state().wish()).isEqualTo(Wish.MAINT);
        assertThat(api.engine().operator().change("app", of(2).address(), theirs, null))
                .isInstanceOf(Result.Done.class);
        // And where someone drains already it is not begun.
        Message busy = api.post("/pools/app/deploys", "{\"floor\":\"0%\"}");
        assertThat(busy.status()).isEqualTo(409);
        assertThat(busy.body()).contains("is being drained by deploy-cli");
        assertThat(api.engine()
                        .operator()
                        .member(new BackendKey("app", of(2).address()))
                        .owner())
                .isEqualTo("deploy-cli");
    }

    @Test
    void aWaitEndsWithTheNextRevision() throws Exception {
        JsonNode deploy = begin("{}");
        JsonNode handed = awaitYours(deploy);
        String revision = handed.path("revision").asString();
        assertThat(Api.json(api.get(path(deploy) + "?wait=50ms&after=" + revision))
                        .path("revision")
                        .asString())
                .isEqualTo(revision);
        assertThat(Api.json(api.get(path(deploy) + "?wait=20s&after=1"))
                        .path("revision")
                        .asString())
                .isEqualTo(revision);
        api.delete(path(deploy));
        await().until(() -> serving() == 3);
    }
}
