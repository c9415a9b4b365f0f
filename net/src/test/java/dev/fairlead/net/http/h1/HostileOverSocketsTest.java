package dev.fairlead.net.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.net.DataPlaneTest;
import dev.fairlead.net.Proxy;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.testkit.BackendConnection;
import dev.fairlead.testkit.HostileRequest;
import dev.fairlead.testkit.HostileRequests;
import dev.fairlead.testkit.Message;
import dev.fairlead.testkit.RawClient;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of hostile requests over real sockets, judged by what reaches the backend. */
class HostileOverSocketsTest extends DataPlaneTest {
    private static final String SMUGGLED = "GET " + HostileRequests.SMUGGLED + " HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String NEXT = "GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    private static final Pattern LINE = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-~&&[^#]]+ HTTP/1\\.1");
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \\t]*[\\t -~\\x80-\\xFF]*");

    /** One row: what it was and what came of it. */
    private record Outcome(HostileRequest row, int status, boolean ended, List<BackendConnection> backends) {}

    @Test
    void nothingSmuggledEverReachesABackend() throws IOException {
        var wrong = new ArrayList<String>();
        RecordingBackend backend = answering(OK);
        Proxy proxy =
                use(proxy().kept(0).bodyMillis(400).headMillis(400).retries(0).before(backend));
        for (HostileRequest row : HostileRequests.table()) {
            judge(play(proxy, backend, row), wrong);
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void oddButValidRequestsAreServed() throws IOException {
        var wrong = new ArrayList<String>();
        RecordingBackend backend = answering(OK);
        Proxy proxy =
                use(proxy().kept(0).bodyMillis(400).headMillis(400).retries(0).before(backend));
        for (HostileRequest row : HostileRequests.harmless()) {
            judge(play(proxy, backend, row), wrong);
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void whateverFollowsARefusedRequestIsNeverServed() throws IOException {
        RecordingBackend backend = answering(OK);
        Proxy proxy =
                use(proxy().kept(0).bodyMillis(400).headMillis(400).retries(0).before(backend));
        for (HostileRequest row : HostileRequests.table()) {
            if (row.mayPass() || !row.closes()) {
                continue;
            }
            try (RawClient client = proxy.client()) {
                client.trySend(row.text());
                client.trySend(SMUGGLED);
                assertThat(client.ends() || client.received().startsWith("HTTP/1.1 "))
                        .as(row.toString())
                        .isTrue();
            }
            RecordingBackend.await("the end of " + row, () -> proxy.count(Count.ACTIVE) == 0);
            assertThat(backend.everything()).as(row.toString()).doesNotContain("GET /smuggled");
        }
        // What was refused half-way may still be on its way.
        backend.connections().forEach(BackendConnection::awaitOver);
        assertThat(backend.everything()).doesNotContain("GET " + HostileRequests.SMUGGLED);
    }

    private Outcome play(Proxy proxy, RecordingBackend backend, HostileRequest row) throws IOException {
        int before = backend.connections().size();
        int status;
        boolean ended;
        try (RawClient client = proxy.client()) {
            client.trySend(row.text());
            Message first = first(client, row);
            status = first.status();
            if (!row.closes()) {
                client.trySend(NEXT);
            }
            ended = first.framing().equals("close") || endsAfterMore(client);
        }
        RecordingBackend.await("the end of " + row, () -> proxy.count(Count.ACTIVE) == 0);
        List<BackendConnection> all = backend.connections();
        List<BackendConnection> used = all.subList(before, all.size());
        used.forEach(BackendConnection::awaitOver);
        return new Outcome(row, status, ended, used);
    }

    private static Message first(RawClient client, HostileRequest row) throws IOException {
        try {
            return row.text().startsWith("HEAD ") ? client.answerToHead() : client.answer();
        } catch (IOException e) {
            throw new IOException(row + ": " + e.getMessage() + " after " + client.received(), e);
        }
    }

    private static boolean endsAfterMore(RawClient client) {
        try {
            client.rest();
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static void judge(Outcome outcome, List<String> wrong) {
        HostileRequest row = outcome.row;
        if (!row.statuses().contains(outcome.status)) {
            wrong.add(row + ": answered " + outcome.status + ", not " + row.statuses());
        }
        if (!outcome.ended) {
            wrong.add(row + ": the connection stayed open");
        }
        int whole = 0;
        for (BackendConnection connection : outcome.backends) {
            String seen = connection.received();
            // A connection that was made for a request which turned out to be bad in the meantime carries nothing.
            if (seen.isEmpty() || (!row.closes() && seen.startsWith("GET /next "))) {
                continue;
            }
            whole++;
            String problem = problem(seen);
            if (problem != null) {
                wrong.add(row + ": the backend saw " + problem + " in "
                        + seen.replace("\r", "\\r").replace("\n", "\\n"));
            }
            if (!row.mayPass() && connection.broken() == null && connection.ended() && complete(seen)) {
                wrong.add(row + ": the backend saw a whole request " + seen);
            }
        }
        if (whole > 1) {
            wrong.add(row + ": " + whole + " requests reached the backend");
        }
    }

    private static boolean complete(String seen) {
        int end = seen.indexOf("\r\n\r\n");
        String head = seen.substring(0, Math.max(end, 0)).toLowerCase(Locale.ROOT);
        return end >= 0
                && (head.contains("transfer-encoding:")
                        ? seen.endsWith("0\r\n\r\n")
                        : !head.contains("content-length:"));
    }

    /** What a strict backend would object to. */
    private static String problem(String seen) {
        int end = seen.indexOf("\r\n\r\n");
        if (end < 0) {
            return "no whole head";
        }
        String[] lines = seen.substring(0, end).split("\r\n", -1);
        if (!LINE.matcher(lines[0]).matches()) {
            return "a bad request line";
        }
        int hosts = 0;
        int lengths = 0;
        int codings = 0;
        for (int i = 1; i < lines.length; i++) {
            if (!FIELD.matcher(lines[i]).matches()) {
                return "a bad field";
            }
            String lower = lines[i].toLowerCase(Locale.ROOT).replace('_', '-');
            hosts += lower.startsWith("host:") ? 1 : 0;
            lengths += lower.startsWith("content-length:") ? 1 : 0;
            codings += lower.startsWith("transfer-encoding:") ? 1 : 0;
            if (lower.startsWith("transfer-encoding:") && !lower.equals("transfer-encoding: chunked")) {
                return "an odd coding";
            }
            if (lower.startsWith("content-length:") && !lower.matches("content-length: *[0-9]+")) {
                return "an odd length";
            }
        }
        String body = seen.substring(end + 4);
        boolean framed = lengths + codings == 1;
        if (hosts != 1) {
            return hosts + " hosts";
        }
        if (lengths + codings > 1) {
            return "two lengths";
        }
        return !framed && !body.isEmpty() ? "bytes behind the request" : null;
    }
}
