package dev.fairlead.server.admin;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is answered. Immutable. */
sealed interface Answer {
    String TEXT = "text/plain; charset=utf-8";
    String JSON = "application/json";
    String PROBLEM = "application/problem+json";
    String EVENTS = "text/event-stream";

    /**
     * An answer that is there as a whole.
     *
     * @param fields besides those that every answer has
     */
    record Whole(int status, String type, Map<String, String> fields, byte[] body) implements Answer {
        Whole(int status, String type, byte[] body) {
            this(status, type, Map.of(), body);
        }

        Whole with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(fields);
            more.put(name, value);
            return new Whole(status, type, more, body);
        }
    }

    /** An answer that goes on, with status 200. */
    record Stream(String type, Feed feed, Runnable end) implements Answer {}

    /** Writes an answer that goes on; on a thread that may wait. */
    interface Feed {
        void run(Sink sink) throws InterruptedException;
    }

    /** Where such an answer goes. */
    interface Sink {
        /** Writes and waits until it has left; {@code false} when whoever reads has gone, or does not read. */
        boolean write(String text) throws InterruptedException;
    }
}
