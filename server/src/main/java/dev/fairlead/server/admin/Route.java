package dev.fairlead.server.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be asked for: what it is called, what it takes, what it answers, and who does it. Immutable.
 *
 * @param path with variable parts such as {@code {pool}}
 * @param id the name of the operation for programs
 * @param body the keys of a body; {@code null} when it takes none
 * @param bodyNeeded whether it must have one
 * @param answers the schema or text of each status that is no problem; a stream's has both forms
 * @param problems the statuses that are
 * @param lenient leaves out parameters that it does not know
 * @param waits whether it may take minutes
 */
record Route(
        String method,
        String path,
        String id,
        String summary,
        List<Field> query,
        @Nullable List<Field> body,
        boolean bodyNeeded,
        Map<Integer, Said> answers,
        List<Integer> problems,
        boolean lenient,
        boolean waits,
        Verb verb) {

    /** Does what is asked for, on a thread that may wait. */
    interface Verb {
        Answer answer(Ask ask) throws InterruptedException;
    }

    /**
     * What an answer is.
     *
     * @param schema the name of its schema; empty for text
     * @param streams whether it can also be a stream of events
     */
    record Said(String type, String schema, boolean streams) {}

    static Route of(String method, String path, String id, String summary, Verb verb) {
        return new Route(method, path, id, summary, List.of(), null, false, Map.of(), List.of(), false, false, verb);
    }

    /** A page of text or numbers that is asked for by all kinds of programs. */
    Route page(String type, String schema, int... statuses) {
        Map<Integer, Said> all = new TreeMap<>(answers);
        for (int status : statuses) {
            all.put(status, new Said(type, schema, false));
        }
        return new Route(method, path, id, summary, query, body, bodyNeeded, all, problems, true, waits, verb);
    }

    Route says(int status, String schema) {
        Map<Integer, Said> all = new TreeMap<>(answers);
        all.put(status, new Said(Answer.JSON, schema, false));
        return new Route(method, path, id, summary, query, body, bodyNeeded, all, problems, lenient, waits, verb);
    }

    Route streams(String schema) {
        var said = new Said(Answer.JSON, schema, true);
        return new Route(
                method, path, id, summary, query, body, bodyNeeded, Map.of(200, said), problems, lenient, true, verb);
    }

    Route fails(Integer... statuses) {
        return new Route(
                method, path, id, summary, query, body, bodyNeeded, answers, List.of(statuses), lenient, waits, verb);
    }

    Route query(List<Field> fields) {
        return new Route(method, path, id, summary, fields, body, bodyNeeded, answers, problems, lenient, waits, verb);
    }

    Route body(List<Field> fields, boolean needed) {
        return new Route(method, path, id, summary, query, fields, needed, answers, problems, lenient, waits, verb);
    }

    Route waiting() {
        return new Route(method, path, id, summary, query, body, bodyNeeded, answers, problems, lenient, true, verb);
    }

    /** The names of the variable parts. */
    List<String> parameters() {
        List<String> names = new ArrayList<>();
        for (String part : path.split("/")) {
            if (part.startsWith("{")) {
                names.add(part.substring(1, part.length() - 1));
            }
        }
        return names;
    }

    /** The variable parts of a path, given part by part; {@code null} when it is another path. */
    @Nullable
    Map<String, String> match(List<String> parts) {
        String[] pattern = path.split("/", -1);
        if (pattern.length != parts.size()) {
            return null;
        }
        Map<String, String> found = new TreeMap<>();
        for (int i = 0; i < pattern.length; i++) {
            if (pattern[i].startsWith("{") && !parts.get(i).isEmpty()) {
                found.put(pattern[i].substring(1, pattern[i].length() - 1), parts.get(i));
            } else if (!pattern[i].equals(parts.get(i))) {
                return null;
            }
        }
        return found;
    }
}
