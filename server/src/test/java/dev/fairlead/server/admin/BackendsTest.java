package dev.fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.server.Raw;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What operators can see of backends and do to them over HTTP. */
class BackendsTest {
    private TinyBackend one;
    private TinyBackend two;
    private Api api;
    private String path;

    @BeforeEach
    void start() throws Exception {
        one = TinyBackend.start("one", Duration.ZERO);
        two = TinyBackend.start("two", Duration.ZERO);
        api = Api.start("app: { backends: [%d, %d], health: off }".formatted(one.port(), two.port()));
        path = "/pools/app/backends/" + one.address();
        await().until(() -> api.engine().status().pools().getFirst().eligible() == 2);
    }

    @AfterEach
    void stop() throws Exception {
        api.close();
        one.close();
        two.close();
    }

    private JsonNode backend() throws IOException {
        return Api.json(api.get(path));
    }

    @Test
    void poolsAndBackendsCanBeLookedAt() throws Exception {
        JsonNode pool = Api.json(api.get("/pools")).path("pools").path(0);
        assertThat(pool.path("name").asString()).isEqualTo("app");
        assertThat(pool.path("panic").asBoolean()).isFalse();
        assertThat(Api.json(api.get("/pools/app"))).isEqualTo(pool);
        JsonNode backends = Api.json(api.get("/pools/app/backends"));
        assertThat(backends.path("backends")).isEqualTo(pool.path("backends"));
        assertThat(backends.path("backends").path(0)).isEqualTo(backend());
        assertThat(backend().path("share").asInt()).isEqualTo(100);
        assertThat(backend().path("owner").isNull()).isTrue();
    }

    @Test
    void aBackendIsCalledAsItIsWrittenOrByItsPort() throws Exception {
        for (String name : new String[] {one.address(), one.address().replace(":", "%3A"), "" + one.port()}) {
            Message answer = api.get("/pools/app/backends/" + name);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(Api.json(answer).path("address").asString()).isEqualTo(one.address());
        }
        assertThat(api.get("/pools/app/backends/10.0.0.1:80").status()).isEqualTo(404);
        assertThat(api.get("/pools/ap/backends/" + one.address()).status()).isEqualTo(404);
        assertThat(api.get("/pools/app/backends/nonsense").status()).isEqualTo(400);
        assertThat(api.get("/pools/app/backends/%zz").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH"})
    void aDrainHasTakenEffectWhenItIsAnswered(String method) throws Exception {
        Message answer = api.ask(method, path, "", "{\"wish\":\"drain\",\"why\":\"a deploy\",\"owner\":\"me\"}");
        assertThat(answer.status()).isEqualTo(200);
        JsonNode told = Api.json(answer);
        assertThat(told.path("changed").path(0).asString()).isEqualTo("wish ready -> drain");
        assertThat(told.path("backend").path("wish").asString()).isEqualTo("drain");
        assertThat(told.path("backend").path("owner").asString()).isEqualTo("me");
        assertThat(told.path("backend").path("why").asString()).isEqualTo("a deploy");
        for (int i = 0; i < 10; i++) {
            assertThat(Raw.get(api.front(), "/")).contains("Hello from two");
        }
        assertThat(api.put(path, "{\"wish\":\"ready\"}").status()).isEqualTo(200);
        await().untilAsserted(() ->
                assertThat(backend().path("takes_new").asBoolean()).isTrue());
    }

    @Test
    void weightAndCapAreSetAndNothingIsDoneTwice() throws Exception {
        JsonNode told = Api.json(api.put(path, "{\"weight\":7,\"cap\":9}"));
        assertThat(told.path("changed").size()).isEqualTo(2);
        assertThat(told.path("backend").path("weight").asInt()).isEqualTo(7);
        assertThat(told.path("backend").path("cap").asInt()).isEqualTo(9);
        assertThat(Api.json(api.put(path, "{\"weight\":7,\"cap\":9}"))
                        .path("changed")
                        .size())
                .isZero();
    }

    @Test
    void aChangeOfWhatSomeoneElseChangedIsRefused() throws Exception {
        String seen = api.get(path).field("etag");
        assertThat(seen).matches("\"[0-9]+\"");
        Message first = api.ask("PUT", path, "If-Match: " + seen + "\n", "{\"weight\":2}");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.field("etag"))
                .isNotEqualTo(seen)
                .isEqualTo(api.get(path).field("etag"));
        Message second = api.ask("PUT", path, "If-Match: " + seen + "\n", "{\"weight\":3}");
        assertThat(second.status()).isEqualTo(412);
        assertThat(second.field("content-type")).isEqualTo("application/problem+json");
        assertThat(api.ask("PUT", path, "If-Match: *\n", "{\"weight\":3}").status())
                .isEqualTo(200);
        assertThat(api.ask("PUT", path, "If-Match: W/x\n", "{\"weight\":4}").status())
                .isEqualTo(400);
        assertThat(backend().path("weight").asInt()).isEqualTo(3);
    }

    @Test
    void whatDoesNotGoTogetherIsAConflict() throws Exception {
        assertThat(api.put(path, "{\"wish\":\"drain\",\"floor\":\"60%\"}").status())
                .isEqualTo(409);
        assertThat(api.put(path, "{\"wish\":\"drain\",\"floor\":\"50%\",\"owner\":\"me\"}")
                        .status())
                .isEqualTo(200);
        assertThat(api.put(path, "{\"wish\":\"drain\",\"owner\":\"you\"}").status())
                .isEqualTo(409);
        assertThat(api.delete(path).status()).isEqualTo(409);
    }

    @Test
    void allThatIsWrongIsToldAtOnce() throws Exception {
        Message answer = api.put(
                path,
                "{\"wihs\":\"drain\",\"wish\":\"drian\",\"weight\":-1,\"cap\":\"3\",\"lease\":\"30\",\"deadline\":5,"
                        + "\"floor\":\"half\",\"why\":\"a\\nb\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.field("content-type")).isEqualTo("application/problem+json");
        JsonNode problem = Api.json(answer);
        assertThat(problem.path("status").asInt()).isEqualTo(400);
        assertThat(problem.path("detail").asString())
                .contains("wihs: an unknown key (expected: wish, weight,", "did you mean `wish`?")
                .contains("wish: drian (expected: ready, drain, maint), did you mean `drain`?")
                .contains("weight: -1 (expected: a whole number, 0..256)")
                .contains("cap: \"3\" (expected: a whole number, 0..1000000)")
                .contains("lease: 30 (expected: a duration, 1s..24h)", "write `30s`")
                .contains("deadline: 5 (expected: a duration, 0s..24h)")
                .contains("floor: half (expected: a share")
                .contains("why: a\uFFFDb (expected: a text of 1..200 printable characters)");
        assertThat(problem.path("problems").size()).isEqualTo(8);
        assertThat(problem.path("problems").path(0).path("key").asString()).isEqualTo("wihs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "3",
                "{",
                "{} {}",
                "{\"weight\":1,\"weight\":2}",
                "{\"weight\":1.0}",
                "{\"weight\":null}",
                "{\"weight\":1e2}",
                "{\"weight\":99999999999999999999}",
                "{\"lease\":\"30s\"}",
                "{\"wish\":\"ready\",\"deadline\":\"30s\"}",
                "{\"wish\":\"drain\",\"passes\":3}",
                "{\"wish\":\"drain\",\"lease\":\"999999999h\"}",
                "{\"wish\":\"RAEDY\"}",
                "{\"why\":\"\"}",
                "\uFEFF"
            })
    void nonsenseChangesNothing(String body) throws Exception {
        JsonNode before = backend();
        Message answer = api.put(path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(backend().path("revision")).isEqualTo(before.path("revision"));
    }

    @Test
    void aWriteWithoutItsBodyIsRefused() throws Exception {
        assertThat(api.put(path, "").status()).isEqualTo(400);
        assertThat(api.post("/pools/app/backends", "{}").body()).contains("address: nothing (expected: an address");
    }

    @Test
    void aBackendRegistersRenewsAndLeaves() throws Exception {
        try (TinyBackend three = TinyBackend.start("three", Duration.ZERO)) {
            String body = "{\"address\":\"%s\",\"weight\":3,\"ttl\":\"1h\"}".formatted(three.address());
            Message first = api.post("/pools/app/backends", body);
            assertThat(first.status()).isEqualTo(201);
            String where = first.field("location");
            assertThat(where).isEqualTo("/pools/app/backends/" + three.address());
            JsonNode told = Api.json(first).path("backend");
            assertThat(told.path("registered").asBoolean()).isTrue();
            assertThat(Instant.parse(told.path("expires_at").asString()))
                    .isAfter(Instant.parse("2000-01-01T00:00:00Z"));
            assertThat(first.field("etag")).isEqualTo(api.get(where).field("etag"));
            await().untilAsserted(() -> assertThat(
                            Api.json(api.get(where)).path("takes_new").asBoolean())
                    .isTrue());

            // Without a weight, a heartbeat leaves alone what an operator set.
            assertThat(api.put(where, "{\"weight\":5}").status()).isEqualTo(200);
            String heartbeat = "{\"address\":\"%d\",\"ttl\":\"1h\"}".formatted(three.port());
            Message renewed = api.post("/pools/app/backends", heartbeat);
            assertThat(renewed.status()).isEqualTo(200);
            assertThat(Api.json(renewed).path("backend").path("weight").asInt()).isEqualTo(5);

            Message gone = api.ask("DELETE", where, "", "{\"why\":\"done\"}");
            assertThat(gone.status()).isEqualTo(200);
            assertThat(Api.json(gone).path("backend").isNull()).isTrue();
            assertThat(api.get(where).status()).isEqualTo(404);
            assertThat(api.delete(where).status()).isEqualTo(404);
        }
        assertThat(api.post("/pools/app/backends", "{\"address\":\"" + one.address() + "\"}")
                        .status())
                .isEqualTo(409);
        assertThat(api.post("/pools/none/backends", "{\"address\":\"1.2.3.4:5\"}")
                        .status())
                .isEqualTo(404);
        assertThat(api.post("/pools/app/backends", "{\"address\":\"unix:/x\"}").status())
                .isEqualTo(400);
    }

    @Test
    void anAddressOfVersion6IsEscapedInItsLocation() throws Exception {
        Message first = api.post("/pools/app/backends", "{\"address\":\"[::1]:9\"}");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.field("location")).isEqualTo("/pools/app/backends/%5B::1%5D:9");
        assertThat(api.delete(first.field("location")).status()).isEqualTo(200);
    }

    @Test
    void aDrainIsWaitedForUntilItIsOver() throws Exception {
        one.slow(Duration.ofMillis(600));
        two.slow(Duration.ofMillis(600));
        try (RawClient busy = RawClient.connect(api.front());
                RawClient other = RawClient.connect(api.front());
                RawClient waiting = RawClient.connect(api.at())) {
            busy.send(Raw.crlf("GET / HTTP/1.1\nHost: x\n\n"));
            other.send(Raw.crlf("GET / HTTP/1.1\nHost: x\n\n"));
            await().until(() -> backend().path("inflight").asInt() == 1);
            // It takes the place before it is connected.
            await().until(() -> connections() == 1);
            assertThat(api.put(path, "{\"wish\":\"drain\",\"deadline\":\"60s\"}")
                            .status())
                    .isEqualTo(200);
            JsonNode now = Api.json(api.get(path + "/drained"));
            assertThat(now.path("drained").asBoolean()).isFalse();
            assertThat(now.path("draining").asBoolean()).isTrue();
            assertThat(now.path("requests").asInt()).isEqualTo(1);
            assertThat(now.path("cut_in_ms").asLong()).isBetween(1L, 60_000L);
            JsonNode soon = Api.json(api.get(path + "/drained?wait=10ms"));
            assertThat(soon.path("drained").asBoolean()).isFalse();

            waiting.send(Raw.crlf("GET " + path + "/drained?wait=60s HTTP/1.1\nHost: localhost\n\n"));
            JsonNode told = Api.json(waiting.answer());
            assertThat(told.path("drained").asBoolean()).isTrue();
            assertThat(told.path("requests").asInt()).isZero();
            assertThat(busy.answer().status()).isEqualTo(200);
            await().until(() -> connections() == 0);
        }
    }

    private int connections() throws Exception {
        return Api.json(api.get(path + "/drained")).path("connections").asInt(-1);
    }

    @Test
    void whereNothingDrainsNobodyWaits() throws Exception {
        JsonNode told = Api.json(api.get(path + "/drained?wait=60s"));
        assertThat(told.path("drained").asBoolean()).isFalse();
        assertThat(told.path("draining").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"wait=301s,400", "wait=x,400", "wiat=1s,400", "wait=1s&wait=1s,400", "wait=0s,200", "pretty,200"})
    void theTimeToWaitHasItsNotation(String query, int status) throws Exception {
        assertThat(api.get(path + "/drained?" + query).status()).isEqualTo(status);
    }

    @Test
    void whileItStopsNothingIsChanged() throws Exception {
        api.engine().stop(Duration.ZERO);
        assertThat(api.put(path, "{\"weight\":2}").status()).isEqualTo(503);
        assertThat(api.get(path).status()).isEqualTo(200);
    }
}
