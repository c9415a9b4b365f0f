package dev.fairlead.testkit;

import dev.fairlead.testkit.HostileRequest.Threat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the parts of the table are written with. Confined to the thread that makes the table. */
class HostileRows {
    /** A request that must never be seen as one. */
    static final String HIDDEN = "GET " + HostileRequests.SMUGGLED + " HTTP/1.1\r\nHost: h\r\n\r\n";

    /** A request's head without its empty line. */
    static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n";

    static final String POST = "POST / HTTP/1.1\r\nHost: h\r\n";

    /** A whole head of a request with a chunked body. */
    static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";

    /** The end of a chunked body. */
    static final String END = "0\r\n\r\n";

    static final String HELLO = "5\r\nhello\r\n";

    private final List<HostileRequest> rows = new ArrayList<>();

    final List<HostileRequest> rows() {
        return List.copyOf(rows);
    }

    /** A request to be refused with one of these statuses, and its connection closed. */
    final void refused(Threat threat, String name, String text, Integer... statuses) {
        rows.add(new HostileRequest(name, threat, text, Arrays.stream(statuses).collect(Collectors.toSet()), true));
    }

    /** A request to be refused with 400, and its connection closed. */
    final void bad(Threat threat, String name, String text) {
        refused(threat, name, text, 400);
    }

    /** A request to be served as exactly one. */
    final void served(Threat threat, String name, String text) {
        rows.add(new HostileRequest(name, threat, text, Set.of(200), false));
    }

    /** A request to be served as one, and its connection closed, for no request follows. */
    final void servedThenClosed(Threat threat, String name, String text) {
        rows.add(new HostileRequest(name, threat, text, Set.of(200), true));
    }

    /** A request to be refused with this status, after which the connection may stay. */
    final void declined(Threat threat, String name, String text, int status) {
        rows.add(new HostileRequest(name, threat, text, Set.of(status), false));
    }
}
