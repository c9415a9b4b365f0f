package dev.fairlead.server.admin;

import dev.fairlead.core.config.Durations;
import dev.fairlead.core.config.Share;
import dev.fairlead.core.config.Text;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Describes the routes in the form of OpenAPI 3.1. Pure functions. */
final class OpenApi {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String SCHEMA = "schema";
    private static final String DESCRIPTION = "description";

    private OpenApi() {}

    /** The description as indented JSON. */
    static String of(List<Route> routes) {
        ObjectNode root = NODES.objectNode();
        root.put("openapi", "3.1.0");
        ObjectNode info = root.putObject("info");
        info.put("title", "Fairlead, the operator's side");
        info.put("version", "1");
        info.put(
                DESCRIPTION,
                "State changes only by PUT, PATCH, POST and DELETE. A body is application/json. Problems are RFC 9457."
                        + " Where the configuration has a token, all but /livez and /readyz need it.");
        root.putArray("servers").addObject().put("url", "http://127.0.0.1:7900");
        ArrayNode security = root.putArray("security");
        security.addObject();
        security.addObject().putArray("token");
        ObjectNode paths = root.putObject("paths");
        for (Route route : routes) {
            ObjectNode path = paths.withObjectProperty(route.path());
            path.set(route.method().toLowerCase(Locale.ROOT), operation(route));
        }
        ObjectNode components = root.putObject("components");
        components
                .putObject("securitySchemes")
                .putObject("token")
                .put("type", "http")
                .put("scheme", "bearer");
        ObjectNode schemas = components.putObject("schemas");
        Schemas.all().forEach(schemas::set);
        var indent = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter().withObjectIndenter(indent);
        return JsonMapper.shared().writer().with(printer).writeValueAsString(root) + "\n";
    }

    private static ObjectNode operation(Route route) {
        ObjectNode operation = NODES.objectNode();
        operation.put("operationId", route.id());
        operation.put("summary", route.summary());
        if (Guard.FREE.contains(route.path())) {
            operation.putArray("security");
        }
        ArrayNode parameters = NODES.arrayNode();
        for (String name : route.parameters()) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", name).put("in", "path").put("required", true);
            parameter.putObject(SCHEMA).put("type", "string");
        }
        for (Field field : route.query()) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", field.name()).put("in", "query").put(DESCRIPTION, field.doc());
            parameter.set(SCHEMA, schema(field));
        }
        boolean versioned = route.problems().contains(412);
        if (versioned) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", "If-Match").put("in", "header");
            parameter.put(DESCRIPTION, "The ETag that the change is for; refused with 412 when it is another by now.");
            parameter.putObject(SCHEMA).put("type", "string");
        }
        if (!parameters.isEmpty()) {
            operation.set("parameters", parameters);
        }
        body(route, operation);
        ObjectNode responses = operation.putObject("responses");
        route.answers().forEach((status, said) -> {
            ObjectNode response = response(responses, status);
            ObjectNode content = response.putObject("content");
            ObjectNode schema = said.schema().isEmpty()
                    ? NODES.objectNode().put("type", "string")
                    : Schemas.reference(said.schema());
            content.putObject(said.type()).set(SCHEMA, schema);
            if (said.streams()) {
                content.putObject(Answer.EVENTS).putObject(SCHEMA).put("type", "string");
            }
        });
        for (int status : route.problems()) {
            problem(response(responses, status));
        }
        ObjectNode others = responses.putObject("default");
        others.put(DESCRIPTION, "Not done");
        problem(others);
        return operation;
    }

    private static ObjectNode response(ObjectNode responses, int status) {
        ObjectNode response = responses.putObject(Integer.toString(status));
        return response.put(DESCRIPTION, HttpResponseStatus.valueOf(status).reasonPhrase());
    }

    private static void problem(ObjectNode response) {
        response.putObject("content").putObject(Answer.PROBLEM).set(SCHEMA, Schemas.reference("Problem"));
    }

    private static void body(Route route, ObjectNode operation) {
        List<Field> fields = route.body();
        if (fields == null) {
            return;
        }
        ObjectNode body = operation.putObject("requestBody");
        body.put("required", route.bodyNeeded());
        ObjectNode schema = body.putObject("content").putObject(Answer.JSON).putObject(SCHEMA);
        schema.put("type", "object").put("additionalProperties", false);
        ArrayNode required = NODES.arrayNode();
        ObjectNode properties = schema.putObject("properties");
        for (Field field : fields) {
            properties.set(field.name(), schema(field).put(DESCRIPTION, field.doc()));
            if (field.required()) {
                required.add(field.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
    }

    private static ObjectNode schema(Field field) {
        ObjectNode node = NODES.objectNode().put("type", "string");
        return switch (field.kind()) {
            case Field.Word word -> {
                ArrayNode words = node.putArray("enum");
                word.words().forEach(words::add);
                yield node;
            }
            case Field.Whole whole -> {
                node.put("type", "integer").put("minimum", whole.least());
                yield whole.most() == Long.MAX_VALUE ? node : node.put("maximum", whole.most());
            }
            case Field.Span _ -> node.put("pattern", Durations.PATTERN);
            case Field.Yes _ -> node.put("type", "boolean");
            case Field.Part _ -> node.put("pattern", Share.PATTERN);
            case Field.Line line -> node.put("minLength", 1).put("maxLength", line.longest());
            case Field.Place _ -> node.put("pattern", Text.BACKEND_ADDRESS.pattern());
        };
    }
}
