package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The access-log line of a connection that was passed on without being decrypted. */
public final class ConnectionLine {
    /**
     * What it tells; times in nanoseconds, 0 for what never came.
     *
     * @param name whom the client asked for
     * @param backend {@code null} when there was none
     * @param why {@code null} when it ended in good order
     */
    public record Told(
            String name,
            String pool,
            @Nullable String backend,
            @Nullable Failure why,
            long bytesIn,
            long bytesOut,
            int tries,
            long queued,
            long connect,
            long firstByte,
            long total) {}

    private ConnectionLine() {}

    /** Writes it, if there is a log. On the door's loop. */
    public static void write(HttpDoor door, Peer peer, Told told) {
        AccessLog.Lane log = door.log();
        AccessLog.Chunk chunk = log.on() ? log.room(AccessLine.MOST) : null;
        if (chunk == null) {
            return;
        }
        AccessLine line = new AccessLine(chunk);
        line.raw("{\"time\":\"").raw(door.date().iso());
        line.raw("\",\"listener\":\"").raw(door.name());
        line.raw("\",\"client\":\"").raw(peer.text());
        line.raw("\",\"port\":").number(peer.port());
        byte[] name = told.name().getBytes(StandardCharsets.ISO_8859_1);
        line.raw(",\"passed\":\"").escaped(name, 0, name.length);
        Failure why = told.why();
        line.raw("\",\"reason\":\"").raw(why == null ? "ok" : why.code());
        line.raw("\",\"bytes_in\":").number(told.bytesIn());
        line.raw(",\"bytes_out\":").number(told.bytesOut());
        line.raw(",\"pool\":\"").raw(told.pool());
        String backend = told.backend();
        if (backend != null) {
            line.raw("\",\"backend\":\"").raw(backend);
        }
        line.raw("\",\"tries\":").number(told.tries()).raw(",\"micros\":{");
        if (told.queued() != 0) {
            line.raw("\"queue\":").number(told.queued() / 1000).raw(",");
        }
        if (told.connect() != 0) {
            line.raw("\"connect\":").number(told.connect() / 1000).raw(",");
        }
        if (told.firstByte() != 0) {
            line.raw("\"wait\":").number(told.firstByte() / 1000).raw(",");
        }
        line.raw("\"total\":").number(told.total() / 1000).raw("}}\n");
    }
}
