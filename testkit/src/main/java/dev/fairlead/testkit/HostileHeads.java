package dev.fairlead.testkit;

import static dev.fairlead.testkit.HostileRequest.Threat.FLOOD;
import static dev.fairlead.testkit.HostileRequest.Threat.HOP_BY_HOP;
import static dev.fairlead.testkit.HostileRequest.Threat.HOST;
import static dev.fairlead.testkit.HostileRequest.Threat.LINES;
import static dev.fairlead.testkit.HostileRequest.Threat.METHOD;
import static dev.fairlead.testkit.HostileRequest.Threat.NAMES;
import static dev.fairlead.testkit.HostileRequest.Threat.TARGET;
import static dev.fairlead.testkit.HostileRequest.Threat.UPGRADE;
import static dev.fairlead.testkit.HostileRequest.Threat.VERSION;

/** Attacks by the head itself: lines, names, versions, hosts, targets and floods. */
final class HostileHeads extends HostileRows {
    HostileHeads() {
        versions();
        upgrades();
        lines();
        fieldLines();
        names();
        hosts();
        targets();
        methods();
        floods();
        hopByHop();
    }

    private void versions() {
        bad(
                VERSION,
                "HTTP/1.0 with TE",
                "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + END + HIDDEN);
        bad(
                VERSION,
                "HTTP/1.0 with TE, kept alive",
                "POST / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" + END
                        + HIDDEN);
        bad(
                VERSION,
                "HTTP/1.0 with CL and TE",
                "POST / HTTP/1.0\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + END + HIDDEN);
        bad(VERSION, "HTTP/0.9", "GET /\r\n");
        bad(VERSION, "HTTP/0.9 before a request", "GET /\r\n" + HIDDEN);
        bad(VERSION, "no version but a space", "GET / \r\nHost: h\r\n\r\n");
        refused(VERSION, "HTTP/0.9 spelt out", "GET / HTTP/0.9\r\nHost: h\r\n\r\n", 400, 505);
        refused(VERSION, "HTTP/1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 400, 505);
        refused(VERSION, "HTTP/2.0", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400, 505);
        refused(VERSION, "the preface of HTTP/2 where there is none", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 505);
        bad(VERSION, "HTTP/1.10", "GET / HTTP/1.10\r\nHost: h\r\n\r\n");
        bad(VERSION, "HTTP/01.1", "GET / HTTP/01.1\r\nHost: h\r\n\r\n");
        bad(VERSION, "HTTP/1,1", "GET / HTTP/1,1\r\nHost: h\r\n\r\n");
        bad(VERSION, "lower case", "GET / http/1.1\r\nHost: h\r\n\r\n");
        bad(VERSION, "ICY/1.1", "GET / ICY/1.1\r\nHost: h\r\n\r\n");
        bad(VERSION, "twice", "GET / HTTP/1.1 HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    private void upgrades() {
        String h2c =
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n";
        String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        served(UPGRADE, "h2c", GET + h2c);
        servedThenClosed(UPGRADE, "h2c and at once its preface", GET + h2c + preface);
        served(UPGRADE, "h2c behind websocket", GET + "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n");
        served(UPGRADE, "h2c by HTTP/1.0", "GET / HTTP/1.0\r\nHost: h\r\n" + h2c);
        served(UPGRADE, "settings without upgrade", GET + "HTTP2-Settings: AAMAAABk\r\n\r\n");
        served(UPGRADE, "an upgrade Connection does not name", GET + "Upgrade: websocket\r\n\r\n");
        served(
                UPGRADE,
                "h2c with a request as its body",
                POST + "Content-Length: " + HIDDEN.length() + "\r\n" + h2c + HIDDEN);
    }

    private void lines() {
        String hidden = "X: y\r\n\r\n" + HIDDEN;
        bad(LINES, "bare LFs only", "GET / HTTP/1.1\nHost: h\n\n");
        bad(LINES, "a bare LF behind the request line", "GET / HTTP/1.1\nHost: h\r\n\r\n");
        bad(LINES, "a bare LF behind a field", GET + "X: y\nTransfer-Encoding: chunked\r\n" + hidden);
        bad(LINES, "a bare LF for the empty line", GET + "\n" + HIDDEN);
        bad(LINES, "a bare CR for the empty line", GET + "\r" + HIDDEN);
        bad(LINES, "CR CR LF", GET + "X: y\r\r\n" + hidden);
        bad(LINES, "a bare CR in a value", GET + "X: y\rTransfer-Encoding: chunked\r\n" + hidden);
        bad(LINES, "a bare CR in a name", GET + "X\rY: z\r\n\r\n");
        bad(LINES, "a bare CR before a name", GET + "\rX: y\r\n\r\n");
        bad(LINES, "a bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: h\r\n\r\n");
        bad(LINES, "NUL before everything", "\0" + GET + "\r\n");
        bad(LINES, "control bytes before everything", "\u0001\u0002" + GET + "\r\n");
        bad(LINES, "a TLS hello", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003");
        bad(LINES, "a byte order mark", "\u00ef\u00bb\u00bf" + GET + "\r\n");
        bad(LINES, "a space before everything", " " + GET + "\r\n");
        bad(LINES, "a bare LF before everything", "\n" + GET + "\r\n");
        bad(LINES, "two empty lines before everything", "\r\n\r\n" + GET + "\r\n");
        bad(LINES, "a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n");
        bad(LINES, "two spaces in the request line", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n");
        bad(LINES, "a space behind the version", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n");
    }

    private void fieldLines() {
        bad(LINES, "a folded value", GET + "X: y\r\n z\r\n\r\n");
        bad(LINES, "a value folded with a tab", GET + "X: y\r\n\tz\r\n\r\n");
        bad(LINES, "a folded first line", "GET / HTTP/1.1\r\n Host: h\r\nHost: h\r\n\r\n");
        bad(LINES, "a line of one space", GET + " \r\n\r\n");
        bad(LINES, "a line without a colon", GET + "X\r\n\r\n");
        bad(LINES, "a line that is a request line", GET + "GET " + HostileRequests.SMUGGLED + " HTTP/1.1\r\n\r\n");
        bad(LINES, "NUL in a value", GET + "X: y\0z\r\n\r\n");
        bad(LINES, "DEL in a value", GET + "X: y\u007fz\r\n\r\n");
        bad(LINES, "backspace in a value", GET + "X: y\bz\r\n\r\n");
        bad(LINES, "escape in a value", GET + "X: \u001b[2J\r\n\r\n");
        bad(LINES, "vertical tab in a value", GET + "X: y\u000bz\r\n\r\n");
    }

    private void names() {
        bad(NAMES, "space before the colon of CL", POST + "Content-Length : 5\r\n\r\nhello");
        bad(NAMES, "tab before the colon of TE", POST + "Transfer-Encoding\t: chunked\r\n\r\n" + END);
        bad(NAMES, "space before TE", POST + "X: y\r\n Transfer-Encoding: chunked\r\n\r\n" + END);
        bad(NAMES, "space in TE", POST + "Transfer Encoding: chunked\r\n\r\n" + END);
        bad(NAMES, "NUL in TE", POST + "Transfer\0-Encoding: chunked\r\n\r\n" + END);
        bad(NAMES, "NUL behind CL", POST + "Content-Length\0: 5\r\n\r\nhello");
        bad(NAMES, "an eight-bit byte in TE", POST + "Transfer\u00adEncoding: chunked\r\n\r\n" + END);
        bad(NAMES, "no name", GET + ": y\r\n\r\n");
        bad(NAMES, "parentheses", GET + "(X): y\r\n\r\n");
        bad(NAMES, "quotes", GET + "\"X\": y\r\n\r\n");
        bad(NAMES, "Content_Length", POST + "Content_Length: 5\r\n\r\nhello");
        bad(NAMES, "CL and Transfer_Encoding", POST + "Content-Length: 5\r\nTransfer_Encoding: chunked\r\n\r\n" + END);
        bad(NAMES, "TE and content_length", POST + "Transfer-Encoding: chunked\r\ncontent_length: 4\r\n\r\n" + END);
        served(NAMES, "X_Forwarded_For", GET + "X_Forwarded_For: 1.1.1.1\r\nX-Forwarded_For: 2.2.2.2\r\n\r\n");
        served(NAMES, "Proxy, which CGI programs take for HTTP_PROXY", GET + "Proxy: http://evil/\r\n\r\n");
    }

    private void host(String name, String value) {
        bad(HOST, name, "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n");
    }

    private void hosts() {
        bad(HOST, "none", "GET / HTTP/1.1\r\n\r\n");
        bad(HOST, "two equal", GET + "Host: h\r\n\r\n");
        bad(HOST, "two different", GET + "Host: i\r\n\r\n");
        bad(HOST, "two, the second empty", GET + "Host:\r\n\r\n");
        bad(HOST, "two of HTTP/1.0", "GET / HTTP/1.0\r\nHost: h\r\nhost: i\r\n\r\n");
        host("empty", "");
        host("a list", "h, i");
        host("a list without a space", "h,i");
        host("two names", "h i");
        host("user information", "u:p@h");
        host("a path", "h/i");
        host("a query", "h?i");
        host("a fragment", "h#i");
        host("a backslash", "h\\i");
        host("a scheme", "http://h");
        host("a port that is none", "h:x");
        host("a port too large", "h:65536");
        host("two ports", "h:80:81");
        host("a port with a sign", "h:+80");
        host("an open bracket", "[::1");
        host("a bracketed name", "[h]");
        host("an address without brackets", "::1");
        host("text behind a bracket", "[::1]h");
        host("NUL", "h\0i");
        host("an eight-bit byte", "h\u00e4");
        bad(HOST, "another than the target's", "GET http://i/ HTTP/1.1\r\nHost: h\r\n\r\n");
        bad(HOST, "another port than the target's", "GET http://h:81/ HTTP/1.1\r\nHost: h\r\n\r\n");
        bad(HOST, "none but the target's", "GET http://h/ HTTP/1.1\r\n\r\n");
    }

    private void target(String name, String target) {
        bad(TARGET, name, "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    private void targets() {
        target("a fragment", "/a#b");
        target("a space", "/a b");
        target("a tab", "/a\tb");
        target("NUL", "/a\0b");
        target("a bare LF", "/a\nb");
        target("DEL", "/a\u007fb");
        target("an eight-bit byte", "/\u00e4");
        target("an asterisk for GET", "*");
        target("no slash", "a");
        target("only a query", "?a");
        target("an authority", "h:80");
        target("no authority", "http:///a");
        target("only a scheme", "http://");
        target("another scheme", "ftp://h/");
        target("a file", "file:///etc/passwd");
        target("user information", "http://u@h/");
        target("a backslash for the authority's end", "http://h\\i/");
        target("only backslashes", "\\\\h\\a");
        target("a fragment in an absolute one", "http://h/#a");
    }

    private void methods() {
        refused(METHOD, "CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n" + HIDDEN, 400, 405, 501);
        refused(METHOD, "CONNECT to an origin form", "CONNECT / HTTP/1.1\r\nHost: h\r\n\r\n" + HIDDEN, 400, 405, 501);
        refused(METHOD, "TRACE", "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 405, 501);
        bad(METHOD, "not a token", "G@T / HTTP/1.1\r\nHost: h\r\n\r\n");
        bad(METHOD, "a colon", "GET: / HTTP/1.1\r\nHost: h\r\n\r\n");
        bad(METHOD, "NUL inside", "G\0T / HTTP/1.1\r\nHost: h\r\n\r\n");
        bad(METHOD, "none", " / HTTP/1.1\r\nHost: h\r\n\r\n");
        refused(METHOD, "of 1,000 bytes", "M".repeat(1000) + " / HTTP/1.1\r\nHost: h\r\n\r\n", 400, 501);
        declined(
                METHOD,
                "an expectation nobody knows",
                POST + "Expect: 200-maybe\r\nContent-Length: 5\r\n\r\nhello",
                417);
    }

    private void floods() {
        refused(
                FLOOD,
                "a target of 100,000 bytes",
                "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: h\r\n\r\n",
                414);
        refused(FLOOD, "a target without an end", "GET /" + "a".repeat(100_000), 414);
        refused(FLOOD, "a value of 100,000 bytes", GET + "X: " + "y".repeat(100_000) + "\r\n\r\n", 431);
        refused(FLOOD, "a value without an end", GET + "X: " + "y".repeat(100_000), 431);
        refused(FLOOD, "a name without an end", GET + "X".repeat(100_000), 431);
        refused(FLOOD, "2,000 fields", GET + "X: y\r\n".repeat(2000) + "\r\n", 431);
        refused(
                FLOOD,
                "8,000 Connection options",
                GET + "Connection: " + "x,".repeat(8000) + "\r\n" + "X: y\r\n".repeat(90) + "\r\n",
                400,
                431);
        refused(FLOOD, "40 Connection fields", GET + "Connection: x\r\n".repeat(40) + "\r\n", 400, 431);
    }

    private void hopByHop() {
        served(HOP_BY_HOP, "Connection names Host", GET + "Connection: close, Host\r\n\r\n");
        served(
                HOP_BY_HOP,
                "Connection names CL",
                POST + "Connection: Content-Length\r\nContent-Length: 5\r\n\r\nhello");
        served(
                HOP_BY_HOP,
                "Connection names TE",
                POST + "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n" + HELLO + END);
        served(
                HOP_BY_HOP,
                "Connection names X-Forwarded-For",
                GET + "Connection: X-Forwarded-For\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n");
        served(HOP_BY_HOP, "Connection names itself", GET + "Connection: connection\r\nConnection: x\r\nX: y\r\n\r\n");
        served(
                HOP_BY_HOP,
                "Proxy-Connection",
                GET + "Proxy-Connection: keep-alive\r\nKeep-Alive: 5\r\nTE: trailers\r\n\r\n");
    }
}
