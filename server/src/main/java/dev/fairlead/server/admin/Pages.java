package dev.fairlead.server.admin;

import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Status.PoolStatus;
import dev.fairlead.server.control.Versions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be asked for: one line of {@link #all} each. Confined to the admin loop. None of it changes anything. */
final class Pages {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";

    /** What a request says. */
    record Ask(boolean pretty, String accept) {}

    /** What is answered. */
    record Answer(int status, String type, byte[] body) {}

    /** One page. */
    interface Page {
        Answer answer(Ask ask);
    }

    private final Engine engine;
    private final Jvm jvm = new Jvm();
    private final StatusJson json = new StatusJson();

    /** Each path with what it shows, in the order of the index. */
    private final Map<String, Page> all = Map.of(
            "/", ask -> index(),
            "/livez", ask -> text(200, "alive\n"),
            "/readyz", ask -> ready(),
            "/status", this::status,
            "/metrics", this::metrics);

    /** Looked up when first asked for: a start has better things to do. */
    private @Nullable Versions versions;

    Pages(Engine engine) {
        this.engine = engine;
    }

    private Versions versions() {
        Versions known = versions;
        if (known == null) {
            known = Versions.here();
            versions = known;
        }
        return known;
    }

    /** Answers a request for {@code target}, a path with or without a query. */
    Answer get(String target, String accept) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? "" : target.substring(mark + 1);
        Page page = all.get(path);
        if (page == null) {
            return problem(404, "Not Found", "there is no such page; / lists them");
        }
        boolean pretty = List.of(query.split("&")).contains("pretty");
        return page.answer(new Ask(pretty, accept));
    }

    Answer problem(int status, String title, String detail) {
        return new Answer(status, PROBLEM, json.problem(status, title, detail));
    }

    private Answer status(Ask ask) {
        return new Answer(200, JSON, json.write(engine.status(), versions(), ask.pretty()));
    }

    private Answer metrics(Ask ask) {
        Metrics.Text text = Metrics.write(engine.status(), versions(), jvm, ask.accept());
        return new Answer(200, text.type(), text.bytes());
    }

    private Answer ready() {
        Status status = engine.status();
        List<String> reasons = new ArrayList<>();
        if (status.draining()) {
            reasons.add("stopping");
        }
        for (PoolStatus pool : status.pools()) {
            if (pool.eligible() == 0) {
                reasons.add("pool " + pool.name() + ": none of " + pool.members() + " backends takes new work");
            }
        }
        return reasons.isEmpty()
                ? text(200, "ready\n")
                : text(503, reasons.stream().collect(Collectors.joining("\n", "", "\n")));
    }

    private static Answer text(int status, String text) {
        return new Answer(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private Answer index() {
        return text(200, "Fairlead " + versions() + """


                /status?pretty   listeners, pools and backends: state, since when, why (JSON)
                /metrics         for Prometheus; docs/metrics.md explains each
                /readyz          200 if every pool has a backend that takes new work, else 503 and why
                /livez           200 as long as this process answers
                """);
    }
}
