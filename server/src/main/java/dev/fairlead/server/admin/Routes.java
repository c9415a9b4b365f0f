package dev.fairlead.server.admin;

import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.control.Engine;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be asked for, one line each: the index, the description for programs and the answers to wrong
 * methods are all made from it. Immutable; thread-safe.
 */
final class Routes {
    private static final String DEPLOY = "/deploys/{id}";
    private static final String BACKEND = "/pools/{pool}/backends/{address}";

    private final List<Route> all;

    Routes(Engine engine, Ticker ticker, Limits limits, LongSupplier unauthorized) {
        var json = new StatusJson();
        var pages = new Pages(engine, json, this::index, this::description, unauthorized);
        var backends = new Backends(engine, ticker, json, limits.polls());
        var drills = new Drills(engine, json);
        var deploying = new Deploying(engine, ticker, json, limits.polls());
        var reloading = new Reloading(engine, json);
        var events = new Events(engine, ticker, json, limits.streams(), limits.heartbeat());
        all = new ArrayList<>(List.of(
                Route.of("GET", "/", "index", "What can be asked for", pages::index)
                        .page(Answer.TEXT, "", 200),
                Route.of("GET", "/livez", "alive", "200 as long as this process answers", pages::alive)
                        .page(Answer.TEXT, "", 200),
                Route.of(
                                "GET",
                                "/readyz",
                                "ready",
                                "200 if every pool has someone to send work to, else 503",
                                pages::ready)
                        .page(Answer.TEXT, "", 200, 503),
                Route.of("GET", "/metrics", "metrics", "For Prometheus; docs/metrics.md explains each", pages::metrics)
                        .page(Answer.TEXT, "", 200),
                Route.of(
                                "GET",
                                "/status",
                                "status",
                                "Listeners, pools and backends: state, since when, why",
                                pages::status)
                        .page(Answer.JSON, "Status", 200),
                Route.of("GET", "/openapi.json", "describe", "This API, for programs", pages::describe)
                        .page(Answer.JSON, "Description", 200),
                Route.of("GET", "/events", "events", "What happened: a list, or a stream of events", events::events)
                        .query(Events.QUERY)
                        .streams("Events")
                        .fails(400, 503),
                Route.of("POST", "/reload", "reload", "Reads the configuration anew", reloading::run)
                        .says(200, "Reloaded")
                        .fails(409, 422, 503)
                        .waiting(),
                Route.of("GET", "/pools", "listPools", "Every pool with its backends", backends::pools)
                        .says(200, "Pools"),
                Route.of("GET", "/pools/{pool}", "getPool", "One pool", backends::pool)
                        .says(200, "Pool")
                        .fails(404),
                Route.of("GET", "/pools/{pool}/backends", "listBackends", "The backends of a pool", backends::backends)
                        .says(200, "Backends")
                        .fails(404),
                Route.of(
                                "POST",
                                "/pools/{pool}/backends",
                                "register",
                                "Adds a backend, or renews it",
                                backends::register)
                        .body(Backends.REGISTRATION, true)
                        .says(200, "Changed")
                        .says(201, "Changed")
                        .fails(400, 404, 409, 415, 503),
                Route.of("GET", BACKEND, "getBackend", "One backend, with its revision as ETag", backends::backend)
                        .says(200, "Backend")
                        .fails(400, 404),
                Route.of("PUT", BACKEND, "changeBackend", "Changes what is named: wish, weight, cap", backends::change)
                        .body(Backends.CHANGE, true)
                        .says(200, "Changed")
                        .fails(400, 404, 409, 412, 415, 503),
                Route.of("PATCH", BACKEND, "patchBackend", "The same as PUT", backends::change)
                        .body(Backends.CHANGE, true)
                        .says(200, "Changed")
                        .fails(400, 404, 409, 412, 415, 503),
                Route.of("DELETE", BACKEND, "remove", "Removes a registered backend", backends::remove)
                        .body(Backends.REMOVAL, false)
                        .says(200, "Changed")
                        .fails(400, 404, 409, 412, 415, 503),
                Route.of(
                                "GET",
                                BACKEND + "/drained",
                                "awaitDrained",
                                "How far a drain is; waits for its end",
                                backends::drained)
                        .query(Backends.WAIT)
                        .says(200, "Drained")
                        .fails(400, 404, 503)
                        .waiting(),
                Route.of(
                                "POST",
                                BACKEND + "/drill",
                                "drill",
                                "Acts a fault out, and tells what came of it",
                                drills::run)
                        .body(Drills.DRILL, true)
                        .says(200, "Drilled")
                        .fails(400, 404, 409, 415, 503)
                        .waiting()));
        all.addAll(deploys(deploying));
    }

    private static List<Route> deploys(Deploying deploying) {
        return List.of(
                Route.of(
                                "POST",
                                "/pools/{pool}/deploys",
                                "beginDeploy",
                                "Begins a deploy of a pool; you change its backends",
                                deploying::begin)
                        .body(Deploying.BEGIN, false)
                        .says(201, "Deploy")
                        .fails(400, 404, 409, 415, 503),
                Route.of("GET", "/deploys", "listDeploys", "Deploys, and the last that have ended", deploying::all)
                        .says(200, "Deploys")
                        .fails(503),
                Route.of("GET", DEPLOY, "getDeploy", "A deploy; waits until it needs you", deploying::one)
                        .query(Deploying.WAIT)
                        .says(200, "Deploy")
                        .fails(400, 404, 503)
                        .waiting(),
                Route.of("PUT", DEPLOY, "renewDeploy", "Says that whoever runs it lives", deploying::renew)
                        .says(200, "Deploy")
                        .fails(404, 409, 503),
                Route.of("DELETE", DEPLOY, "abortDeploy", "Ends it; all returns through the gate", deploying::abort)
                        .body(Deploying.ABORT, false)
                        .says(200, "Deploy")
                        .fails(400, 404, 415, 503),
                Route.of(
                                "PUT",
                                DEPLOY + "/steps/{address}",
                                "reportStep",
                                "Says that a backend is changed, or cannot be",
                                deploying::report)
                        .body(Deploying.REPORT, true)
                        .says(200, "Deploy")
                        .fails(400, 404, 409, 415, 503));
    }

    /** Those there are. */
    List<Route> all() {
        return all;
    }

    /** What a method and a path lead to. */
    sealed interface Found {}

    record Hit(Route route, Map<String, String> path) implements Found {}

    /** @param allowed the methods that the path knows; empty when there is no such path */
    record Miss(String allowed) implements Found {}

    /**
     * Looks a request up.
     *
     * @param path the parts of the path, decoded
     */
    Found find(String method, List<String> path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        var allowed = new TreeSet<String>();
        for (Route route : all) {
            Map<String, String> parts = route.match(path);
            if (parts != null && route.method().equals(wanted)) {
                return new Hit(route, parts);
            }
            if (parts != null) {
                allowed.add(route.method());
                if (route.method().equals("GET")) {
                    allowed.add("HEAD");
                }
            }
        }
        return new Miss(String.join(", ", allowed));
    }

    /** The parts of a path between its slashes, decoded one by one; {@code null} when an escape is broken. */
    static @Nullable List<String> parts(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            try {
                // A plus sign is itself in a path.
                parts.add(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
        return parts;
    }

    private String index() {
        var lines = new StringBuilder();
        for (Route route : all) {
            lines.append("%-7s%-43s%s%n".formatted(route.method(), route.path(), route.summary()));
        }
        return lines.toString();
    }

    private String description() {
        return OpenApi.of(all);
    }
}
