package dev.fairlead.server.admin;

import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Status.PoolStatus;
import dev.fairlead.server.control.Versions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The pages about the whole. Thread-safe. None of them changes anything. */
final class Pages {
    private final Engine engine;
    private final Jvm jvm = new Jvm();
    private final StatusJson json;
    private final Supplier<String> index;
    private final Supplier<String> description;
    private final LongSupplier unauthorized;

    /** Looked up when first asked for: a start has better things to do. Twice does no harm. */
    private volatile @Nullable Versions versions;

    /**
     * @param index a line for everything that can be asked for
     * @param description the same for programs
     * @param unauthorized how many requests were refused for want of the token
     */
    Pages(
            Engine engine,
            StatusJson json,
            Supplier<String> index,
            Supplier<String> description,
            LongSupplier unauthorized) {
        this.engine = engine;
        this.json = json;
        this.index = index;
        this.description = description;
        this.unauthorized = unauthorized;
    }

    private Versions versions() {
        Versions known = versions;
        if (known == null) {
            known = Versions.here();
            versions = known;
        }
        return known;
    }

    Answer alive(Ask ask) {
        return text(200, "alive\n");
    }

    Answer status(Ask ask) {
        return new Answer.Whole(
                200, Answer.JSON, json.write(engine.status(), engine.rateLimits(), versions(), ask.pretty()));
    }

    Answer metrics(Ask ask) {
        Metrics.Text text = Metrics.write(
                engine.status(), engine.rateLimits(), versions(), jvm, unauthorized.getAsLong(), ask.accept());
        return new Answer.Whole(200, text.type(), text.bytes());
    }

    Answer ready(Ask ask) {
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

    Answer describe(Ask ask) {
        return new Answer.Whole(200, Answer.JSON, description.get().getBytes(StandardCharsets.UTF_8));
    }

    Answer index(Ask ask) {
        return text(200, "Fairlead " + versions() + "\n\n" + index.get() + "\nJSON for people: add ?pretty\n");
    }

    private static Answer text(int status, String text) {
        return new Answer.Whole(status, Answer.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }
}
