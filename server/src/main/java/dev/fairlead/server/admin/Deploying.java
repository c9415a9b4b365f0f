package dev.fairlead.server.admin;

import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.control.Change;
import dev.fairlead.server.control.DeployStatus;
import dev.fairlead.server.control.Deploys.Told;
import dev.fairlead.server.control.Deploys.Wanted;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Result.Refused;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.node.ObjectNode;

/** Deploys that the balancer runs and the caller supplies the hands for. Thread-safe; each verb may wait. */
final class Deploying {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration GATE_TIME = Duration.ofMinutes(2);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final double FLOOR = 0.5;
    private static final int PASSES = 3;
    private static final int MOST_BATCH = 10_000;
    private static final int LONGEST = 200;

    static final List<Field> BEGIN = List.of(
            Field.whole("batch", 1, MOST_BATCH, "How many backends at a time; 1 unless said."),
            Field.whole(
                    "passes", 1, Change.MOST_PASSES, "Checks in a row that a changed one has to pass; 3 unless said."),
            Field.line("match", LONGEST, "Text, or `Name: value` of a field, that those must find: the new version."),
            Field.span("gate_timeout", SECOND, DAY, "Longest time for that; 2m unless said."),
            Field.part(
                    "floor", "Share of the pool that must be left taking work, else it is refused; 50% unless said."),
            Field.span("lease", SECOND, DAY, "It ends unless it is renewed within this time; 30s unless said."),
            Field.span(
                    "deadline", Duration.ZERO, DAY, "Until what is in work at a drained one is cut; else the pool's."),
            Field.yes("ramp", "Whether each has its whole share before the next is taken; true unless said."),
            Field.line("why", LONGEST, "For the log and the timeline."));

    static final List<Field> REPORT = List.of(
            Field.word("result", "What came of changing it.", "done", "failed").needed(),
            Field.line("why", LONGEST, "What went wrong."));

    static final List<Field> ABORT = List.of(Field.line("why", LONGEST, "For the log and the timeline."));

    static final List<Field> WAIT = List.of(
            Field.span(
                    "wait",
                    Duration.ZERO,
                    Backends.LONGEST_WAIT,
                    "How long to wait until a backend is yours to change, or it has ended."),
            Field.whole("after", 0, Long.MAX_VALUE, "Wait for any other revision than this one instead."));

    private final Engine engine;
    private final Ticker ticker;
    private final StatusJson json;
    private final Semaphore waiting;

    /** @param polls most requests that wait at once */
    Deploying(Engine engine, Ticker ticker, StatusJson json, int polls) {
        this.engine = engine;
        this.ticker = ticker;
        this.json = json;
        this.waiting = new Semaphore(polls);
    }

    Answer begin(Ask ask) {
        Form body = ask.body();
        running();
        Integer batch = body.whole("batch");
        Integer passes = body.whole("passes");
        var wanted = new Wanted(
                batch == null ? 1 : batch,
                passes == null ? PASSES : passes,
                body.text("match"),
                body.span("gate_timeout", GATE_TIME),
                body.has("floor") ? body.part("floor") : FLOOR,
                body.span("lease", LEASE),
                body.span("deadline"),
                !body.has("ramp") || body.yes("ramp"),
                body.text("why", Change.NO_REASON));
        DeployStatus deploy = told(engine.deploys().begin(ask.pool(), wanted));
        return answer(201, deploy, ask).with("Location", "/deploys/" + deploy.id());
    }

    Answer all(Ask ask) {
        running();
        ObjectNode root = json.object();
        var deploys = root.putArray("deploys");
        engine.deploys().all().forEach(deploy -> StatusJson.deploy(deploys.addObject(), deploy));
        return json.answer(200, root, ask.pretty());
    }

    /** At once, or when there is something to do. */
    Answer one(Ask ask) throws InterruptedException {
        Duration wait = ask.query().span("wait");
        Long after = ask.query().number("after");
        if (wait == null || wait.isZero()) {
            return answer(200, find(ask), ask);
        }
        if (!waiting.tryAcquire()) {
            throw new Refusal(503, "too many requests are waiting for deploys already");
        }
        try {
            long until = ticker.nanos() + wait.toNanos();
            while (true) {
                long seen = engine.timeline().last();
                DeployStatus deploy = find(ask);
                boolean news = after == null ? !deploy.yours().isEmpty() : deploy.revision() != after;
                long more = until - ticker.nanos();
                if (news || !deploy.running() || more <= 0) {
                    return answer(200, deploy, ask);
                }
                // Not all that happens to a deploy is an event, so look by oneself, too.
                boolean _ = engine.timeline().await(seen, Duration.ofNanos(Math.min(more, LOOK.toNanos())));
            }
        } finally {
            waiting.release();
        }
    }

    private DeployStatus find(Ask ask) {
        running();
        DeployStatus deploy = engine.deploys().find(id(ask));
        if (deploy == null) {
            throw new Refusal(404, "there is no deploy " + Field.shown(id(ask)));
        }
        return deploy;
    }

    Answer renew(Ask ask) {
        running();
        return answer(200, told(engine.deploys().renew(id(ask))), ask);
    }

    Answer report(Ask ask) {
        running();
        boolean done = ask.body().text("result", "").equals("done");
        String why = ask.body().text("why", "");
        return answer(200, told(engine.deploys().report(id(ask), ask.address(), done, why)), ask);
    }

    Answer abort(Ask ask) {
        running();
        String why = ask.body().text("why", Change.NO_REASON);
        return answer(200, told(engine.deploys().abort(id(ask), why)), ask);
    }

    private void running() {
        if (engine.draining()) {
            throw new Refusal(503, "the engine is stopping");
        }
    }

    private static String id(Ask ask) {
        return Objects.requireNonNull(ask.path().get("id"));
    }

    private static DeployStatus told(Told told) {
        Refused refused = told.refused();
        if (refused != null) {
            throw new Refusal(Backends.status(refused.why()), refused.detail());
        }
        return Objects.requireNonNull(told.deploy());
    }

    private Answer.Whole answer(int status, DeployStatus deploy, Ask ask) {
        ObjectNode root = json.object();
        StatusJson.deploy(root, deploy);
        return json.answer(status, root, ask.pretty());
    }
}
