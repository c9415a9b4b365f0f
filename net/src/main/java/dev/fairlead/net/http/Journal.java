package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.net.http.HttpCounters.Count;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one exchange for its access-log line and its metrics: moments, sizes, the end. Confined to its
 * exchange; reused. Moments are monotonic nanoseconds, 0 for one that never came.
 */
final class Journal {
    long begun;
    long headDone;
    long ready;
    long firstByte;
    long bytesIn;
    long bytesOut;
    int status;
    int tries;
    @Nullable Failure failure;
    @Nullable Backend backend;
    @Nullable String pool;
    @Nullable String proof;
    boolean upgraded;

    void clear() {
        begun = headDone = ready = firstByte = bytesIn = bytesOut = 0;
        status = tries = 0;
        failure = null;
        backend = null;
        pool = null;
        proof = null;
        upgraded = false;
    }

    /** Counts the exchange and writes its line. */
    void finish(HttpDoor door, Peer peer, Head head, long now) {
        HttpCounters.Lane counters = door.counters();
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
        line.raw("{\"time\":\"").raw(door.date().iso());
        line.raw("\",\"listener\":\"").raw(door.name());
        line.raw("\",\"client\":\"").raw(peer.text());
        line.raw("\",\"port\":").number(peer.port());
        byte[] bytes = head.bytes();
        line.raw(",\"method\":\"").escaped(bytes, head.methodStart(), head.methodEnd());
        int host = head.find(Known.HOST);
        line.raw("\",\"host\":\"");
        if (host >= 0) {
            line.escaped(bytes, head.valueStart(host), head.valueEnd(host));
        }
        line.raw("\",\"path\":\"").escaped(bytes, head.targetStart(), head.targetEnd());
        line.raw("\",\"status\":").number(status);
        Failure why = failure;
        line.raw(",\"reason\":\"").raw(why != null ? why.code() : upgraded ? "upgraded" : "ok");
        line.raw("\",\"bytes_in\":").number(bytesIn);
        line.raw(",\"bytes_out\":").number(bytesOut);
        String toPool = pool;
        if (toPool != null) {
            line.raw(",\"pool\":\"").raw(toPool).raw("\"");
        }
        Backend at = backend;
        if (at != null) {
            line.raw(",\"backend\":\"").raw(at.key().address()).raw("\"");
        }
        line.raw(",\"tries\":").number(tries);
        String retried = proof;
        if (retried != null) {
            line.raw(",\"retried\":\"").raw(retried).raw("\"");
        }
        int id = head.find(Known.X_REQUEST_ID);
        if (id >= 0) {
            line.raw(",\"request_id\":\"")
                    .escaped(bytes, head.valueStart(id), head.valueEnd(id))
                    .raw("\"");
        }
        line.raw(",\"micros\":{\"head\":").number((headDone - begun) / 1000);
        if (ready != 0) {
            line.raw(",\"connect\":").number((ready - headDone) / 1000);
        }
        if (firstByte != 0) {
            line.raw(",\"wait\":").number((firstByte - ready) / 1000);
        }
        line.raw(",\"total\":").number((now - begun) / 1000).raw("}}\n");
    }
}
