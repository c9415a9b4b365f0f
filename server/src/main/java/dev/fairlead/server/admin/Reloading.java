package dev.fairlead.server.admin;

import dev.fairlead.server.admin.Refusal.Finding;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Reloaded;
import dev.fairlead.server.control.Reloads;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Reading the configuration anew, as a request. Thread-safe. */
final class Reloading {
    private final Engine engine;
    private final StatusJson json;

    Reloading(Engine engine, StatusJson json) {
        this.engine = engine;
        this.json = json;
    }

    Answer run(Ask ask) throws InterruptedException {
        if (engine.draining()) {
            throw new Refusal(503, "the engine is stopping");
        }
        return switch (engine.reloads().reload("admin API")) {
            case Reloaded.Done done -> json.answer(200, told(done), ask.pretty());
            case Reloaded.Invalid invalid -> {
                List<Finding> findings = invalid.problems().stream()
                        .map(problem ->
                                new Finding(problem.path(), problem.found(), problem.expected(), problem.suggestion()))
                        .toList();
                throw new Refusal(
                        422,
                        "the configuration cannot be used, and nothing was changed",
                        findings,
                        Reloads.report(invalid.problems()));
            }
            case Reloaded.Refused refused -> throw new Refusal(409, refused.why() + "; nothing was changed");
        };
    }

    private ObjectNode told(Reloaded.Done done) {
        ObjectNode node = json.object();
        var changed = node.putArray("changed");
        done.changes().forEach(changed::add);
        var restart = node.putArray("restart");
        done.restart().forEach(restart::add);
        node.put("report", done.warnings().isEmpty() ? "" : Reloads.report(done.warnings()));
        return node;
    }
}
