package dev.fairlead.server.admin;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.admin.Refusal.Finding;
import dev.fairlead.server.control.Change;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Operator.Left;
import dev.fairlead.server.control.Result;
import dev.fairlead.server.control.Result.Done;
import dev.fairlead.server.control.Result.Refused;
import dev.fairlead.server.control.Status.BackendStatus;
import dev.fairlead.server.control.Status.PoolStatus;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The verbs about pools and backends. Thread-safe; each may wait for the control thread, so not on event loops. */
final class Backends {
    /** Longest that a drain may be waited for in one request. */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int LONGEST_REASON = 200;
    private static final int MOST_CAP = 1_000_000;

    /** What a change may say. */
    static final List<Field> CHANGE = List.of(
            Field.word("wish", "What you want of it; without it the wish stays.", "ready", "drain", "maint"),
            Field.whole("weight", 0, 256, "Share of new work relative to the others; 0 for none."),
            Field.whole("cap", 0, MOST_CAP, "Most requests at once; 0 to learn it."),
            Field.span("deadline", Duration.ZERO, DAY, "For a drain: until what is in work is cut; else the pool's."),
            Field.span("lease", SECOND, DAY, "For a drain: it ends unless it is renewed within this time."),
            Field.whole(
                    "passes",
                    1,
                    Change.MOST_PASSES,
                    "Checks in a row to pass on the way back; with a drain: when its lease ends."),
            Field.part("floor", "For a drain: refused unless this share of the pool would still take work."),
            Field.line("owner", 64, "Who you are: what someone else took out is left alone."),
            Field.yes("renew", "For a drain: only if one of yours is under way."),
            Field.line(
                    "match",
                    200,
                    "Text, or `Name: value` of a field, that checks must find on the way back; with a drain: when its"
                            + " lease ends."),
            Field.line("why", LONGEST_REASON, "For the log and the timeline."));

    /** What a registration may say. */
    static final List<Field> REGISTRATION = List.of(
            Field.place("address", "Where it listens; a bare port is one of this machine.")
                    .needed(),
            Field.whole("weight", 0, 256, "Share of new work; 1, or what it was, when left out."),
            Field.span("ttl", SECOND, DAY, "It leaves unless it registers again within this time; without, it stays."),
            Field.line("why", LONGEST_REASON, "For the log and the timeline."));

    static final List<Field> REMOVAL = List.of(Field.line("why", LONGEST_REASON, "For the log and the timeline."));

    static final List<Field> WAIT = List.of(
            Field.span("wait", Duration.ZERO, LONGEST_WAIT, "How long to wait for the drain; without, not at all."));

    private final Engine engine;
    private final Ticker ticker;
    private final StatusJson json;
    private final Semaphore waiting;

    /** @param polls most requests that wait at once */
    Backends(Engine engine, Ticker ticker, StatusJson json, int polls) {
        this.engine = engine;
        this.ticker = ticker;
        this.json = json;
        this.waiting = new Semaphore(polls);
    }

    // ---- looking ---------------------------------------------------------------

    Answer pools(Ask ask) {
        ObjectNode root = json.object();
        var pools = root.putArray("pools");
        engine.status().pools().forEach(pool -> StatusJson.pool(pools.addObject(), pool));
        return json.answer(200, root, ask.pretty());
    }

    Answer pool(Ask ask) {
        ObjectNode root = json.object();
        StatusJson.pool(root, poolOf(ask));
        return json.answer(200, root, ask.pretty());
    }

    Answer backends(Ask ask) {
        PoolStatus pool = poolOf(ask);
        ObjectNode root = json.object();
        root.put("pool", pool.name());
        var backends = root.putArray("backends");
        pool.backends().forEach(backend -> StatusJson.backend(backends.addObject(), backend));
        return json.answer(200, root, ask.pretty());
    }

    Answer backend(Ask ask) {
        BackendStatus backend = find(poolOf(ask), ask.address());
        if (backend == null) {
            throw new Refusal(404, "pool " + ask.pool() + " has no backend " + ask.address());
        }
        ObjectNode root = json.object();
        StatusJson.backend(root, backend);
        return json.answer(200, root, ask.pretty()).with("ETag", etag(backend));
    }

    private PoolStatus poolOf(Ask ask) {
        return engine.status().pools().stream()
                .filter(pool -> pool.name().equals(ask.pool()))
                .findFirst()
                .orElseThrow(() -> new Refusal(404, "there is no pool " + Field.shown(ask.pool())));
    }

    private static @Nullable BackendStatus find(PoolStatus pool, String address) {
        return pool.backends().stream()
                .filter(backend -> backend.address().equals(address))
                .findFirst()
                .orElse(null);
    }

    private static String etag(BackendStatus backend) {
        return "\"" + backend.member().revision() + "\"";
    }

    // ---- changing --------------------------------------------------------------

    Answer change(Ask ask) {
        Form body = ask.body();
        refuseIdle(body);
        String wish = body.text("wish");
        Integer passes = body.whole("passes");
        var change = new Change(
                wish == null ? null : Wish.valueOf(wish.toUpperCase(Locale.ROOT)),
                body.whole("weight"),
                body.whole("cap"),
                body.span("deadline"),
                body.span("lease"),
                passes == null ? 0 : passes,
                body.part("floor"),
                body.text("owner"),
                body.yes("renew"),
                body.text("match"),
                body.text("why", Change.NO_REASON));
        running();
        return told(ask, ask.address(), engine.operator().change(ask.pool(), ask.address(), change, ask.ifRevision()));
    }

    /** Refuses terms of a wish that is not wished: who writes them believes that they hold. */
    private static void refuseIdle(Form body) {
        String wish = body.text("wish");
        List<Finding> findings = new ArrayList<>();
        for (String key : List.of("deadline", "lease", "floor", "renew")) {
            if (body.has(key) && !"drain".equals(wish)) {
                findings.add(new Finding(key, "a term of a drain", "with it `\"wish\": \"drain\"`", null));
            }
        }
        for (String key : List.of("passes", "match")) {
            if ("drain".equals(wish) && body.has(key) && !body.has("lease")) {
                findings.add(new Finding(key, "a term of how a drain ends by itself", "with it a `lease`", null));
            } else if (body.has(key) && (wish == null || wish.equals("maint"))) {
                findings.add(new Finding(key, "a term of the way back", "with it `\"wish\": \"ready\"`", null));
            }
        }
        if (!findings.isEmpty()) {
            throw Refusal.of(findings);
        }
    }

    Answer register(Ask ask) {
        Form body = ask.body();
        Address address = Objects.requireNonNull(body.place("address"));
        running();
        Result result = engine.operator()
                .register(
                        ask.pool(),
                        address,
                        body.whole("weight"),
                        body.span("ttl"),
                        body.text("why", Change.NO_REASON));
        return told(ask, address.toString(), result);
    }

    Answer remove(Ask ask) {
        running();
        String why = ask.body().text("why", Change.NO_REASON);
        return told(ask, ask.address(), engine.operator().remove(ask.pool(), ask.address(), why, ask.ifRevision()));
    }

    private void running() {
        if (engine.draining()) {
            throw new Refusal(503, "the engine is stopping");
        }
    }

    private Answer told(Ask ask, String address, Result result) {
        return switch (result) {
            case Refused refused -> throw new Refusal(status(refused.why()), refused.detail());
            case Done done -> {
                BackendStatus after = find(poolOf(ask), address);
                ObjectNode root = json.object();
                var changed = root.putArray("changed");
                done.changed().forEach(changed::add);
                if (after == null) {
                    root.putNull("backend");
                } else {
                    StatusJson.backend(root.putObject("backend"), after);
                }
                Answer.Whole answer = json.answer(done.created() ? 201 : 200, root, ask.pretty());
                if (done.revision() > 0) {
                    answer = answer.with("ETag", "\"" + done.revision() + "\"");
                }
                yield done.created() ? answer.with("Location", location(ask.pool(), address)) : answer;
            }
        };
    }

    private static String location(String pool, String address) {
        // A colon is fine in a path; the brackets of IPv6 are not.
        String escaped = URLEncoder.encode(address, StandardCharsets.UTF_8).replace("%3A", ":");
        return "/pools/" + pool + "/backends/" + escaped;
    }

    static int status(Result.Why why) {
        return switch (why) {
            case UNKNOWN -> 404;
            case STALE -> 412;
            case CONFLICT -> 409;
            case INVALID -> 400;
        };
    }

    // ---- drains ----------------------------------------------------------------

    /** Answers when the drain is over, when nothing drains (any more), or when the time to wait is. */
    Answer drained(Ask ask) throws InterruptedException {
        Duration wait = ask.query().span("wait");
        if (wait == null || wait.isZero()) {
            return json.answer(200, json.left(leftOf(ask)), ask.pretty());
        }
        if (!waiting.tryAcquire()) {
            throw new Refusal(503, "too many requests are waiting for drains already");
        }
        try {
            long until = ticker.nanos() + wait.toNanos();
            while (true) {
                long seen = engine.timeline().last();
                Left left = leftOf(ask);
                long more = until - ticker.nanos();
                if (left.drained() || !left.draining() || more <= 0 || engine.draining()) {
                    return json.answer(200, json.left(left), ask.pretty());
                }
                // The end of a drain is an event; work that ends after a cut is none, so look by oneself, too.
                boolean _ = engine.timeline().await(seen, Duration.ofNanos(Math.min(more, LOOK.toNanos())));
            }
        } finally {
            waiting.release();
        }
    }

    private Left leftOf(Ask ask) {
        running();
        Left left = engine.operator().left(ask.pool(), ask.address());
        if (left == null) {
            throw new Refusal(404, "pool " + Field.shown(ask.pool()) + " has no backend " + ask.address());
        }
        return left;
    }
}
