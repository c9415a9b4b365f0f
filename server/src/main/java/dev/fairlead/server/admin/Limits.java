package dev.fairlead.server.admin;

import java.time.Duration;

/**
 * How much of the admin side there is for everyone together. Immutable.
 *
 * @param connections most at once
 * @param streams most streams of events at once
 * @param polls most requests at once that wait for a drain
 * @param heartbeat after how long a quiet stream says that it is alive
 * @param unread how long a reader of a stream may leave it unread
 */
record Limits(int connections, int streams, int polls, Duration heartbeat, Duration unread) {
    static Limits usual() {
        return new Limits(64, 16, 32, Duration.ofSeconds(15), Duration.ofSeconds(10));
    }
}
