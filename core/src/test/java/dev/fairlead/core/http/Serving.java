package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.HeadParser.Progress;
import java.util.ArrayList;
import java.util.List;

/** A client connection without sockets or backends: takes bytes in any pieces and keeps what came of them. */
final class Serving {
    /** One request: its answer's status, the target and head that would be forwarded, and the body. */
    record Served(int status, String target, String forwarded, String body) {}

    private static final HeadLimits TRAILER_LIMITS = new HeadLimits(1024, 8 * 1024, 64);

    final List<Served> served = new ArrayList<>();
    boolean closed;

    private final HeadLimits limits;
    private final ChunkDecoder chunks = new ChunkDecoder();
    private final StringBuilder body = new StringBuilder();
    private Head head = new Head();
    private Head trailers = new Head();
    private boolean inBody;
    private long left;

    Serving(HeadLimits limits) {
        this.limits = limits;
    }

    static Serving of(byte[] bytes, HeadLimits limits) {
        var serving = new Serving(limits);
        serving.feed(bytes, 0, bytes.length);
        return serving;
    }

    /** Everything that came of it. */
    String told() {
        return served + (closed ? " closed" : inBody ? " in a body" : " waiting");
    }

    void feed(byte[] in, int from, int to) {
        int at = from;
        while (at < to && !closed) {
            int taken = inBody ? body(in, at, to) : head(in, at, to);
            assertThat(taken).as("progress at " + at).isPositive();
            at += taken;
        }
    }

    private int head(byte[] in, int from, int to) {
        int before = head.size();
        int length = Math.min(to - from, limits.head() - before);
        head.append(in, from, from + length);
        return switch (HeadParser.request(head, limits)) {
            case Progress.More more -> length;
            case Progress.Bad(Failure why) -> refused(why, length);
            case Progress.Done done -> {
                int taken = head.length() - before;
                head.dropRest();
                Failure why = HeadRules.request(head);
                yield why != null ? refused(why, taken) : begun(taken);
            }
        };
    }

    private int refused(Failure why, int taken) {
        served.add(new Served(why.status(), "", why.code(), body.toString()));
        closed = true;
        return taken;
    }

    private int begun(int taken) {
        HeadRules.dropHopByHop(head);
        body.setLength(0);
        chunks.reset();
        left = head.framing() == Framing.LENGTH ? head.contentLength() : 0;
        inBody = head.framing() == Framing.CHUNKED || left > 0;
        if (!inBody) {
            done();
        }
        return taken;
    }

    private void done() {
        served.add(new Served(200, Wire.target(head), Wire.written(head), body.toString()));
        inBody = false;
        head = new Head();
        trailers = new Head();
    }

    private int body(byte[] in, int from, int to) {
        if (head.framing() == Framing.LENGTH || chunks.data() > 0) {
            return data(in, from, to);
        }
        if (chunks.atTrailers()) {
            return trailers(in, from, to);
        }
        chunks.framing(in[from]);
        return chunks.bad() ? refused(Failure.BAD_CHUNK, 1) : 1;
    }

    private int data(byte[] in, int from, int to) {
        int length = (int) Math.min(Math.max(left, chunks.data()), to - from);
        body.append(Wire.text(in), from, from + length);
        if (head.framing() == Framing.CHUNKED) {
            chunks.taken(length);
        } else {
            left -= length;
            if (left == 0) {
                done();
            }
        }
        return length;
    }

    private int trailers(byte[] in, int from, int to) {
        int before = trailers.size();
        int length = Math.min(to - from, TRAILER_LIMITS.head() - before);
        trailers.append(in, from, from + length);
        return switch (HeadParser.trailers(trailers, TRAILER_LIMITS)) {
            case Progress.More more -> length;
            case Progress.Bad(Failure why) -> refused(why, length);
            case Progress.Done end -> {
                int taken = trailers.length() - before;
                trailers.dropRest();
                HeadRules.cleanTrailers(trailers);
                var writer = new HeadWriter();
                writer.lastChunk(trailers);
                body.append('|').append(Wire.text(writer));
                done();
                yield taken;
            }
        };
    }
}
