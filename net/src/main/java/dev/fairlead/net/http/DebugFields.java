package dev.fairlead.net.http;

import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import dev.fairlead.core.pool.Backend;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What trusted clients are told on their wish about what went on inside: {@code Server-Timing} with durations in
 * milliseconds, backend, tries and pool. Stateless; costs one look at the request's set of names when nobody asks.
 *
 * <p>Only who speaks for himself is trusted: a proxy that passes on the wish of someone else is not asked for it, or anyone
 * on the internet might learn what is inside.
 */
final class DebugFields {
    private static final byte[] TIMING = ascii("Server-Timing");
    private static final String BACKEND = "X-Fairlead-Backend";
    private static final String TRIES = "X-Fairlead-Tries";
    private static final String POOL = "X-Fairlead-Pool";

    private DebugFields() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Takes the wish out of a request that has not been rewritten yet, unless it is to be granted. */
    static void settle(Head request, Peer peer) {
        int wish = request.find(Known.X_FAIRLEAD_DEBUG);
        if (wish < 0) {
            return;
        }
        boolean forItself = request.find(Known.X_FORWARDED_FOR) < 0
                && request.find(Known.FORWARDED) < 0
                && request.find(Known.VIA) < 0;
        if (!peer.trusted() || !forItself || !request.valueIs(wish, "1")) {
            request.drop(Known.X_FAIRLEAD_DEBUG);
        }
    }

    /** Adds the fields to a backend's answer if the settled request wishes so. */
    static void answer(Head answer, Head request, Journal journal, long now) {
        if (request.find(Known.X_FAIRLEAD_DEBUG) < 0) {
            return;
        }
        add(answer, TIMING, timing(journal, now));
        Backend backend = journal.backend;
        replace(answer, BACKEND, backend == null ? "" : backend.key().address());
        replace(answer, TRIES, Integer.toString(journal.tries));
        String pool = journal.pool;
        replace(answer, POOL, pool == null ? "" : pool);
    }

    /** The reply, with the fields if the settled request wishes so. */
    static ErrorReplies.Reply reply(ErrorReplies.Reply reply, Head request, Journal journal, long now) {
        if (request.find(Known.X_FAIRLEAD_DEBUG) < 0) {
            return reply;
        }
        var lines = new StringBuilder(new String(reply.fieldLines(), StandardCharsets.ISO_8859_1));
        lines.append("Server-Timing: ").append(timing(journal, now)).append("\r\n");
        Backend backend = journal.backend;
        if (backend != null) {
            lines.append(BACKEND + ": ").append(backend.key().address()).append("\r\n");
        }
        lines.append(TRIES + ": ").append(journal.tries).append("\r\n");
        String pool = journal.pool;
        if (pool != null) {
            lines.append(POOL + ": ").append(pool).append("\r\n");
        }
        byte[] fieldLines = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
        return new ErrorReplies.Reply(reply.status(), reply.reason(), fieldLines, reply.body());
    }

    private static void replace(Head answer, String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (int i = answer.find(lower); i >= 0; i = answer.find(lower)) {
            answer.drop(i);
        }
        if (!value.isEmpty()) {
            add(answer, ascii(name), value);
        }
    }

    private static void add(Head answer, byte[] name, String value) {
        answer.beginField(name);
        answer.append(value);
        answer.endField();
    }

    private static String timing(Journal journal, long now) {
        var legs = new StringBuilder();
        if (journal.ready != 0) {
            leg(legs, "connect", journal.ready - journal.headDone);
        }
        if (journal.firstByte != 0) {
            leg(legs, "wait", journal.firstByte - journal.ready);
        }
        leg(legs, "total", now - journal.begun);
        return legs.toString();
    }

    private static void leg(StringBuilder legs, String name, long nanos) {
        long micros = Math.max(0, nanos / 1000);
        legs.append(legs.isEmpty() ? "" : ", ")
                .append(name)
                .append(";dur=")
                .append(micros / 1000)
                .append('.')
                .append(String.format(Locale.ROOT, "%03d", micros % 1000));
    }
}
