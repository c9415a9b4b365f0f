package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.net.http.HttpCounters.Count;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one exchange for its access-log line and its metrics: moments, sizes, the end. Confined to its
 * exchange; reused. Moments are monotonic nanoseconds, 0 for one that never came.
 */
final class Journal {
    // Pieces of a line, as bytes: copying an array is several times cheaper than a string, character by character.
    private static final byte[] TIME = ascii("{\"time\":\"");
    private static final byte[] LISTENER = ascii("\",\"listener\":\"");
    private static final byte[] CLIENT = ascii("\",\"client\":\"");
    private static final byte[] PORT = ascii("\",\"port\":");
    private static final byte[] METHOD = ascii(",\"method\":\"");
    private static final byte[] HOST = ascii("\",\"host\":\"");
    private static final byte[] PATH = ascii("\",\"path\":\"");
    private static final byte[] STATUS = ascii("\",\"status\":");
    private static final byte[] REASON = ascii(",\"reason\":\"");
    private static final byte[] BYTES_IN = ascii("\",\"bytes_in\":");
    private static final byte[] BYTES_OUT = ascii(",\"bytes_out\":");
    private static final byte[] POOL = ascii(",\"pool\":\"");
    private static final byte[] BACKEND = ascii(",\"backend\":\"");
    private static final byte[] TRIES = ascii(",\"tries\":");
    private static final byte[] RETRIED = ascii(",\"retried\":\"");
    private static final byte[] PROOF = ascii("\",\"proof\":\"");
    private static final byte[] HEDGED = ascii(",\"hedged\":\"");
    private static final byte[] OTHER = ascii("\",\"other\":\"");
    private static final byte[] REQUEST_ID = ascii(",\"request_id\":\"");
    private static final byte[] MICROS_HEAD = ascii(",\"micros\":{\"head\":");
    private static final byte[] BUFFER = ascii(",\"buffer\":");
    private static final byte[] QUEUE = ascii(",\"queue\":");
    private static final byte[] CONNECT = ascii(",\"connect\":");
    private static final byte[] WAIT = ascii(",\"wait\":");
    private static final byte[] TOTAL = ascii(",\"total\":");

    long begun;
    long headDone;
    long ready;
    long firstByte;
    long queued;
    long buffered;
    long bytesIn;
    long bytesOut;
    int status;
    int tries;

    /** How many of the tries were beside another one. */
    int hedges;

    @Nullable
    Failure failure;

    @Nullable
    Backend backend;

    @Nullable
    String pool;

    @Nullable
    String retried;

    @Nullable
    String proof;

    Hedges.@Nullable Result hedged;

    /** Of two backends that were asked at once, the one that did not answer. */
    @Nullable
    Backend other;

    boolean upgraded;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    void clear() {
        begun = headDone = ready = firstByte = queued = buffered = bytesIn = bytesOut = 0;
        status = tries = hedges = 0;
        failure = null;
        backend = null;
        pool = null;
        retried = null;
        proof = null;
        hedged = null;
        other = null;
        upgraded = false;
    }

    /** Counts an exchange whose request's first byte came at {@code begunAt}; whether it is one more than there may be. */
    boolean begin(HttpDoor door, long begunAt) {
        begun = begunAt;
        headDone = door.loop().now();
        door.counters().add(Count.REQUESTS, 1);
        door.counters().add(Count.ACTIVE, 1);
        return door.loop().begins();
    }

    /** Counts its end and writes its line. */
    void finish(HttpDoor door, Peer peer, Head head, long now) {
        HttpCounters.Lane counters = door.counters();
        counters.add(Count.ACTIVE, -1);
        door.loop().ended();
        counters.add(Count.BYTES_IN, bytesIn);
        counters.add(Count.BYTES_OUT, bytesOut);
        Failure why = failure;
        if (why != null) {
            counters.failed(why);
        }
        counters.finished(status, now - begun);
        AccessLog.Lane log = door.log();
        if (!log.on()) {
            return;
        }
        AccessLog.Chunk chunk = log.room(AccessLine.MOST);
        if (chunk != null) {
            line(new AccessLine(chunk), door, peer, head, now);
        }
    }

    private void line(AccessLine line, HttpDoor door, Peer peer, Head head, long now) {
        line.raw(TIME).raw(door.date().iso());
        line.raw(LISTENER).raw(door.name());
        line.raw(CLIENT).raw(peer.text());
        line.raw(PORT).number(peer.port());
        byte[] bytes = head.bytes();
        line.raw(METHOD).escaped(bytes, head.methodStart(), head.methodEnd());
        int host = head.find(Known.HOST);
        line.raw(HOST);
        if (host >= 0) {
            line.escaped(bytes, head.valueStart(host), head.valueEnd(host));
        }
        line.raw(PATH).escaped(bytes, head.targetStart(), head.targetEnd());
        line.raw(STATUS).number(status);
        Failure why = failure;
        line.raw(REASON).raw(why != null ? why.code() : upgraded ? "upgraded" : "ok");
        line.raw(BYTES_IN).number(bytesIn);
        line.raw(BYTES_OUT).number(bytesOut);
        String toPool = pool;
        if (toPool != null) {
            line.raw(POOL).raw(toPool).raw("\"");
        }
        Backend at = backend;
        if (at != null) {
            line.raw(BACKEND).raw(at.key().address()).raw("\"");
        }
        line.raw(TRIES).number(tries);
        String again = retried;
        String safe = proof;
        if (again != null && safe != null) {
            line.raw(RETRIED).raw(again).raw(PROOF).raw(safe).raw("\"");
        }
        Hedges.Result came = hedged;
        Backend second = other;
        if (came != null && second != null) {
            line.raw(HEDGED).raw(came.word());
            line.raw(OTHER).raw(second.key().address()).raw("\"");
        }
        int id = head.find(Known.X_REQUEST_ID);
        if (id >= 0) {
            line.raw(REQUEST_ID)
                    .escaped(bytes, head.valueStart(id), head.valueEnd(id))
                    .raw("\"");
        }
        line.raw(MICROS_HEAD).number((headDone - begun) / 1000);
        if (buffered != 0) {
            line.raw(BUFFER).number(buffered / 1000);
        }
        if (queued != 0) {
            line.raw(QUEUE).number(queued / 1000);
        }
        if (ready != 0) {
            line.raw(CONNECT).number((ready - headDone - buffered - queued) / 1000);
        }
        if (firstByte != 0) {
            line.raw(WAIT).number((firstByte - ready) / 1000);
        }
        line.raw(TOTAL).number((now - begun) / 1000).raw("}}\n");
    }
}
