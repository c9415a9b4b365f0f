package dev.fairlead.server.admin;

import dev.fairlead.core.pool.Fault;
import dev.fairlead.server.admin.Refusal.Finding;
import dev.fairlead.server.control.Drill;
import dev.fairlead.server.control.Drill.Verdict;
import dev.fairlead.server.control.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** Faults acted out on a backend, as requests that are answered when they are over. Thread-safe. */
final class Drills {
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final double LIMIT = 0.05;

    static final List<Field> DRILL = List.of(
            Field.word("fault", "What is acted out.", "refuse", "blackhole", "slow", "errors")
                    .needed(),
            Field.span("slow", LEAST, Drill.LONGEST, "For slow: how much longer every request takes."),
            Field.part("errors", "For errors: the share that is answered with 500."),
            Field.span("for", LEAST, Drill.LONGEST, "How long.").needed(),
            Field.part("limit", "Share of failed requests at which it stops by itself; without, 5%."));

    private final Engine engine;
    private final StatusJson json;

    Drills(Engine engine, StatusJson json) {
        this.engine = engine;
        this.json = json;
    }

    Answer run(Ask ask) throws InterruptedException {
        Form body = ask.body();
        Fault fault = fault(body);
        Duration lasts = Objects.requireNonNull(body.span("for"));
        double limit = body.has("limit") ? body.part("limit") : LIMIT;
        if (engine.draining()) {
            throw new Refusal(503, "the engine is stopping");
        }
        try {
            Verdict verdict = engine.drill().run(ask.pool(), ask.address(), fault, lasts, limit);
            return json.answer(200, told(verdict), ask.pretty());
        } catch (IllegalArgumentException e) {
            throw new Refusal(404, String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            throw new Refusal(409, String.valueOf(e.getMessage()));
        }
    }

    private static Fault fault(Form body) {
        String word = body.text("fault", "");
        List<Finding> findings = new ArrayList<>();
        for (String key : List.of("slow", "errors")) {
            if (body.has(key) != word.equals(key)) {
                String found = body.has(key) ? "a term of another fault" : "nothing";
                findings.add(new Finding(key, found, "together with `\"fault\": \"" + key + "\"`", null));
            }
        }
        if (body.has("errors") && body.part("errors") == 0) {
            findings.add(new Finding("errors", "0%", "a share above 0%", null));
        }
        if (!findings.isEmpty()) {
            throw Refusal.of(findings);
        }
        return switch (word) {
            case "refuse" -> new Fault.Refuse();
            case "blackhole" -> new Fault.Blackhole();
            case "slow" -> new Fault.Slow(Objects.requireNonNull(body.span("slow")));
            default -> new Fault.Errors(body.part("errors"));
        };
    }

    private ObjectNode told(Verdict verdict) {
        ObjectNode node = json.object();
        node.put("pool", verdict.pool());
        node.put("backend", verdict.backend());
        node.put("lasted_ms", verdict.lastedMillis());
        node.put("detected_ms", verdict.detectedMillis() < 0 ? null : verdict.detectedMillis());
        node.put("detected_by", verdict.detectedBy());
        node.put("requests", verdict.requests());
        node.put("errors", verdict.errors());
        node.put("retries", verdict.retries());
        node.put("peak_others", verdict.peakOthers());
        node.put("others", verdict.restBefore());
        node.put("stopped_early", verdict.stoppedEarly());
        return node;
    }
}
