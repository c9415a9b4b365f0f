package dev.fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.fairlead.server.Raw;
import dev.fairlead.server.demo.TinyBackend;
import dev.fairlead.server.load.Repository;
import dev.fairlead.testkit.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The description of the API is up to date, and every operation of it answers as it says. */
class GeneratedApiTest {
    /**
     * A request for an operation, and what it is answered with.
     *
     * @param path without what stands in braces, by the path of the operation
     */
    private record Call(String id, int status, String path, String fields, String body) {}

    private static TinyBackend one;
    private static TinyBackend two;
    private static Api api;
    private static ObjectNode description;

    @BeforeAll
    static void start() throws Exception {
        one = TinyBackend.start("one", Duration.ZERO);
        two = TinyBackend.start("two", Duration.ZERO);
        api = Api.start("app: { backends: [%d], health: off }".formatted(one.port()));
        await().until(() -> api.engine().status().pools().getFirst().eligible() == 1);
        Raw.get(api.front(), "/");
        description = (ObjectNode) Api.json(api.get("/openapi.json"));
    }

    @AfterAll
    static void stop() throws Exception {
        api.close();
        one.close();
        two.close();
    }

    private static List<Call> calls() {
        String pool = "/pools/app";
        String backends = pool + "/backends";
        String there = backends + "/" + one.address();
        String joined = backends + "/" + two.address();
        String none = backends + "/10.0.0.1:1";
        String join = "{\"address\":\"" + two.address() + "\"}";
        String refuse = "{\"fault\":\"refuse\",\"for\":\"50ms\"}";
        String stale = "If-Match: \"1\"\n";
        return List.of(
                new Call("index", 200, "/", "", ""),
                new Call("alive", 200, "/livez", "", ""),
                new Call("ready", 200, "/readyz", "", ""),
                new Call("metrics", 200, "/metrics", "", ""),
                new Call("status", 200, "/status", "", ""),
                new Call("describe", 200, "/openapi.json", "", ""),
                new Call("events", 200, "/events", "", ""),
                new Call("events", 400, "/events?limit=none", "", ""),
                new Call("reload", 200, "/reload", "", ""),
                new Call("reload", 422, "/reload", "", ""),
                new Call("reload", 409, "/reload", "", ""),
                new Call("listPools", 200, "/pools", "", ""),
                new Call("getPool", 200, pool, "", ""),
                new Call("getPool", 404, "/pools/none", "", ""),
                new Call("listBackends", 200, backends, "", ""),
                new Call("listBackends", 404, "/pools/none/backends", "", ""),
                new Call("register", 201, backends, "", join),
                new Call("register", 200, backends, "", join),
                new Call("register", 400, backends, "", "{}"),
                new Call("register", 404, "/pools/none/backends", "", join),
                new Call("register", 409, backends, "", "{\"address\":\"" + one.address() + "\"}"),
                new Call("getBackend", 200, there, "", ""),
                new Call("getBackend", 404, none, "", ""),
                new Call("getBackend", 400, backends + "/x", "", ""),
                new Call("changeBackend", 200, there, "", "{\"weight\":3}"),
                new Call("changeBackend", 400, there, "", "{\"weight\":300}"),
                new Call("changeBackend", 404, none, "", "{\"weight\":3}"),
                new Call("changeBackend", 409, there, "", "{\"wish\":\"drain\",\"floor\":\"100%\"}"),
                new Call("changeBackend", 412, there, stale, "{\"weight\":4}"),
                new Call("patchBackend", 200, there, "", "{\"cap\":30}"),
                new Call("patchBackend", 412, there, stale, "{\"weight\":4}"),
                new Call("awaitDrained", 200, there + "/drained?wait=1ms", "", ""),
                new Call("awaitDrained", 404, none + "/drained", "", ""),
                new Call("awaitDrained", 400, there + "/drained?wait=1", "", ""),
                new Call("drill", 400, there + "/drill", "", "{\"fault\":\"slow\",\"for\":\"1s\"}"),
                new Call("drill", 404, none + "/drill", "", refuse),
                new Call("drill", 200, there + "/drill", "", refuse),
                new Call("beginDeploy", 404, "/pools/none/deploys", "", ""),
                new Call("beginDeploy", 400, pool + "/deploys", "", "{\"batch\":0}"),
                new Call("beginDeploy", 201, pool + "/deploys", "", "{\"floor\":\"0%\"}"),
                new Call("beginDeploy", 409, pool + "/deploys", "", ""),
                new Call("listDeploys", 200, "/deploys", "", ""),
                new Call("getDeploy", 200, "/deploys/{id}", "", ""),
                new Call("getDeploy", 400, "/deploys/{id}?wait=1", "", ""),
                new Call("getDeploy", 404, "/deploys/1", "", ""),
                new Call("renewDeploy", 200, "/deploys/{id}", "", ""),
                new Call("renewDeploy", 404, "/deploys/1", "", ""),
                new Call("reportStep", 404, "/deploys/{id}/steps/10.0.0.1:1", "", "{\"result\":\"done\"}"),
                new Call("reportStep", 400, "/deploys/{id}/steps/" + one.address(), "", "{}"),
                new Call("reportStep", 200, "/deploys/{id}/steps/" + one.address(), "", "{\"result\":\"failed\"}"),
                new Call("reportStep", 409, "/deploys/{id}/steps/" + two.address(), "", "{\"result\":\"done\"}"),
                new Call("abortDeploy", 200, "/deploys/{id}", "", ""),
                new Call("abortDeploy", 404, "/deploys/1", "", ""),
                new Call("renewDeploy", 409, "/deploys/{id}", "", ""),
                new Call("remove", 412, joined, stale, ""),
                new Call("remove", 200, joined, "", "{\"why\":\"enough\"}"),
                new Call("remove", 404, joined, "", ""),
                new Call("drill", 409, there + "/drill", "", refuse),
                new Call("remove", 409, there, "", ""));
    }

    @Test
    void theDescriptionIsUpToDate() throws IOException {
        Repository.assertHolds(
                Repository.root().resolve("docs/openapi.json"),
                api.get("/openapi.json").body());
    }

    @Test
    void everyOperationAnswersAsItSays() throws Exception {
        Set<String> asked = new TreeSet<>();
        Set<String> described = new TreeSet<>();
        for (Call call : calls()) {
            asked.add(call.id());
            check(call);
        }
        description
                .path("paths")
                .forEach(path -> path.forEach(
                        operation -> described.add(operation.path("operationId").asString())));
        assertThat(asked).isEqualTo(described);
    }

    /** The path with the number of the deploy there is. */
    private static String filled(String path) throws IOException {
        return path.contains("{id}")
                ? path.replace(
                        "{id}",
                        Api.json(api.get("/deploys"))
                                .path("deploys")
                                .path(0)
                                .path("id")
                                .asString())
                : path;
    }

    private static void check(Call call) throws IOException {
        for (Map.Entry<String, JsonNode> path : description.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (operation.getValue().path("operationId").asString().equals(call.id())) {
                    String method = operation.getKey().toUpperCase(Locale.ROOT);
                    Message answer = api.ask(method, filled(call.path()), call.fields(), call.body());
                    fits(call + " " + answer.body(), call.status(), answer, operation.getValue());
                    return;
                }
            }
        }
        throw new AssertionError("no operation " + call.id());
    }

    private static void fits(String what, int status, Message answer, JsonNode operation) {
        assertThat(answer.status()).as(what).isEqualTo(status);
        JsonNode said = operation.path("responses").path(Integer.toString(status));
        assertThat(said.isObject()).as(what).isTrue();
        String type = answer.field("content-type").replaceFirst("; version=0.0.4.*", "; charset=utf-8");
        JsonNode content = said.path("content").path(type);
        assertThat(content.isObject()).as(what + " " + type).isTrue();
        if (type.endsWith("json")) {
            ObjectNode schema = (ObjectNode) content.path("schema").deepCopy();
            schema.set("$defs", strict());
            var validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(
                            JsonMapper.shared().writeValueAsString(schema).replace("#/components/schemas/", "#/$defs/"),
                            InputFormat.JSON);
            assertThat(validator.validate(answer.body(), InputFormat.JSON))
                    .as(what)
                    .isEmpty();
        }
    }

    /** The schemas, in a form that takes no field which they do not name. */
    private static ObjectNode strict() {
        ObjectNode schemas =
                (ObjectNode) description.path("components").path("schemas").deepCopy();
        schemas.forEach(schema -> {
            if (schema.has("properties")) {
                ((ObjectNode) schema).put("additionalProperties", false);
            }
        });
        return schemas;
    }

    @Test
    void whatTheIndexNamesIsDescribed() throws IOException {
        String index = api.get("/").body();
        for (Map.Entry<String, JsonNode> path : description.path("paths").properties()) {
            path.getValue()
                    .propertyNames()
                    .forEach(method -> assertThat(index)
                            .containsPattern(
                                    "(?m)^" + method.toUpperCase(Locale.ROOT) + " +\\Q" + path.getKey() + "\\E +\\S"));
        }
    }

    @Test
    void wrongMethodsAreAnsweredWithTheRightOnes() throws IOException {
        Message answer = api.ask("DELETE", "/pools/app/backends", "", "");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.field("allow")).isEqualTo("GET, HEAD, POST");
        assertThat(api.ask("HEAD", "/pools", "", "").status()).isEqualTo(200);
    }
}
