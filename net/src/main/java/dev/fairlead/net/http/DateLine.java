package dev.fairlead.net.http;

import dev.fairlead.net.transport.Loop;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The time of day as {@code Date} fields and log lines spell it, made once a second. Confined to one event loop. */
final class DateLine {
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", java.util.Locale.ROOT);

    private static final DateTimeFormatter ISO_DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'.000Z'", java.util.Locale.ROOT);

    private final Loop loop;
    private long second = Long.MIN_VALUE;
    private byte[] text = new byte[0];
    private long isoSecond = Long.MIN_VALUE;
    private byte[] iso = new byte[0];

    DateLine(Loop loop) {
        this.loop = loop;
    }

    /** RFC 9110 section 5.6.7. The array must not be changed. */
    byte[] http() {
        long now = Math.floorDiv(loop.epochMillis(), 1000);
        if (now != second) {
            second = now;
            text = HTTP_DATE
                    .format(Instant.ofEpochSecond(now).atOffset(ZoneOffset.UTC))
                    .getBytes(StandardCharsets.US_ASCII);
        }
        return text;
    }

    /** RFC 3339 in UTC, to the millisecond. The array must not be changed, and holds until the next call. */
    byte[] iso() {
        long millis = loop.epochMillis();
        long now = Math.floorDiv(millis, 1000);
        if (now != isoSecond) {
            isoSecond = now;
            iso = ISO_DATE.format(Instant.ofEpochSecond(now).atOffset(ZoneOffset.UTC))
                    .getBytes(StandardCharsets.US_ASCII);
        }
        int rest = (int) (millis - now * 1000);
        iso[20] = (byte) ('0' + rest / 100);
        iso[21] = (byte) ('0' + rest / 10 % 10);
        iso[22] = (byte) ('0' + rest % 10);
        return iso;
    }
}
