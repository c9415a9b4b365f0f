package dev.fairlead.server.admin;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Timeline;
import dev.fairlead.server.control.Timeline.Entry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happened, as a list, and as a stream for whoever wants to be told. Thread-safe.
 *
 * <p>A stream reads the timeline at its reader's speed and holds one piece of it: a reader that falls behind misses what the
 * timeline has forgotten, and one that does not read at all is cut.
 */
final class Events {
    private static final int USUAL = 100;
    private static final int MOST = 1_000;
    /** Entries in one write of a stream. */
    private static final int PIECE = 50;

    static final List<Field> QUERY = List.of(
            Field.whole("after", 0, Long.MAX_VALUE, "Only those with a higher number, the oldest first in line."),
            Field.whole("limit", 1, MOST, "How many at most, 100 unless said; without `after`, the newest."),
            Field.span("since", Duration.ofSeconds(1), Duration.ofDays(365), "Only those of this last time."),
            Field.line("pool", 63, "Only those of this pool."),
            Field.place("backend", "Only those of this backend."));

    private final Engine engine;
    private final Ticker ticker;
    private final StatusJson json;
    private final Semaphore streams;
    private final int mostStreams;
    private final Duration heartbeat;

    Events(Engine engine, Ticker ticker, StatusJson json, int mostStreams, Duration heartbeat) {
        this.engine = engine;
        this.ticker = ticker;
        this.json = json;
        this.streams = new Semaphore(mostStreams);
        this.mostStreams = mostStreams;
        this.heartbeat = heartbeat;
    }

    Answer events(Ask ask) {
        Predicate<Entry> wanted = filter(ask.query());
        if (ask.accept().contains(Answer.EVENTS)) {
            long from = start(ask);
            if (!streams.tryAcquire()) {
                throw new Refusal(503, mostStreams + " streams of events are open already");
            }
            return new Answer.Stream(Answer.EVENTS, sink -> stream(sink, wanted, from), streams::release);
        }
        return json.answer(200, list(ask.query(), wanted), ask.pretty());
    }

    private Predicate<Entry> filter(Form query) {
        String pool = query.text("pool");
        Address address = query.place("backend");
        String backend = address == null ? null : address.toString();
        Duration since = query.span("since");
        long from = since == null ? Long.MIN_VALUE : engine.status().now() - since.toMillis();
        return entry -> entry.when() >= from
                && (pool == null || pool.equals(entry.pool()))
                && (backend == null || backend.equals(entry.backend()));
    }

    private ObjectNode list(Form query, Predicate<Entry> wanted) {
        Long after = query.number("after");
        Long limit = query.number("limit");
        int most = limit == null ? USUAL : Math.toIntExact(limit);
        ObjectNode root = json.object();
        root.put("last", engine.timeline().last());
        List<Entry> found = engine.timeline().after(after == null ? 0 : after, Timeline.MOST).stream()
                .filter(wanted)
                .toList();
        int from = after == null ? Math.max(found.size() - most, 0) : 0;
        var events = root.putArray("events");
        found.subList(from, Math.min(from + most, found.size()))
                .forEach(entry -> StatusJson.event(events.addObject(), entry));
        return root;
    }

    /** The number after which a stream begins: now, unless the reader says where it was. */
    private long start(Ask ask) {
        long last = engine.timeline().last();
        Long seen = lastSeen(ask.lastEventId());
        if (seen == null) {
            seen = ask.query().number("after");
        }
        if (seen == null) {
            return ask.query().has("since") ? 0 : last;
        }
        // A higher number is one of an earlier process, whose reader has seen nothing of this one.
        return seen > last ? 0 : seen;
    }

    private static @Nullable Long lastSeen(@Nullable String id) {
        return id != null && id.matches("[0-9]{1,18}") ? Long.valueOf(id) : null;
    }

    private void stream(Answer.Sink sink, Predicate<Entry> wanted, long from) throws InterruptedException {
        long last = from;
        boolean reads = sink.write(": events of Fairlead\nretry: 2000\n\n");
        long spoke = ticker.nanos();
        while (reads) {
            var text = new StringBuilder();
            List<Entry> entries = engine.timeline().after(last, PIECE);
            for (Entry entry : entries) {
                last = entry.id();
                if (wanted.test(entry)) {
                    write(entry, text);
                }
            }
            long quiet = ticker.nanos() - spoke;
            if (text.isEmpty() && quiet >= heartbeat.toNanos()) {
                text.append(": alive\n\n");
            }
            if (!text.isEmpty()) {
                reads = sink.write(text.toString());
                spoke = ticker.nanos();
            } else if (entries.isEmpty()) {
                boolean _ = engine.timeline().await(last, Duration.ofNanos(heartbeat.toNanos() - quiet));
            }
        }
    }

    private void write(Entry entry, StringBuilder text) {
        ObjectNode data = json.object();
        StatusJson.event(data, entry);
        text.append("id: ").append(entry.id()).append("\nevent: ").append(entry.kind());
        text.append("\ndata: ").append(json.line(data)).append("\n\n");
    }
}
