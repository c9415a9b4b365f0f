package dev.fairlead.testkit;

import static dev.fairlead.testkit.HostileRequest.Threat.CHUNKS;
import static dev.fairlead.testkit.HostileRequest.Threat.HOP_BY_HOP;
import static dev.fairlead.testkit.HostileRequest.Threat.HOST;
import static dev.fairlead.testkit.HostileRequest.Threat.LINES;
import static dev.fairlead.testkit.HostileRequest.Threat.METHOD;
import static dev.fairlead.testkit.HostileRequest.Threat.NAMES;
import static dev.fairlead.testkit.HostileRequest.Threat.ODD_CODING;
import static dev.fairlead.testkit.HostileRequest.Threat.ODD_LENGTH;
import static dev.fairlead.testkit.HostileRequest.Threat.TARGET;
import static dev.fairlead.testkit.HostileRequest.Threat.VERSION;

/** Odd but valid requests. */
final class HarmlessRows extends HostileRows {
    HarmlessRows() {
        served(LINES, "one empty line before the request", "\r\n" + GET + "\r\n");
        served(LINES, "no space behind colons", "GET / HTTP/1.1\r\nHost:h\r\nX:y\r\n\r\n");
        served(LINES, "tabs and spaces around values", "GET / HTTP/1.1\r\nHost: \th\t \r\nX:\t y \r\n\r\n");
        served(LINES, "empty values", GET + "X:\r\nY: \r\n\r\n");
        served(LINES, "eight-bit values", GET + "X: \u00e4\u00ff\r\n\r\n");
        served(
                NAMES,
                "names in other cases and of odd tokens",
                "GET / HTTP/1.1\r\nhOST: h\r\n!#$%&'*+-.^_`|~9: y\r\n\r\n");
        served(VERSION, "HTTP/1.0", "GET / HTTP/1.0\r\nHost: h\r\n\r\n");
        served(HOST, "none of HTTP/1.0", "GET / HTTP/1.0\r\n\r\n");
        served(HOST, "a port", "GET / HTTP/1.1\r\nHost: h:8080\r\n\r\n");
        served(HOST, "an IPv6 address", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n");
        served(TARGET, "an absolute one", "GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n");
        served(TARGET, "an absolute one without a path", "GET http://H HTTP/1.1\r\nHost: h\r\n\r\n");
        served(TARGET, "escapes", "GET /%2F%2e%2e/%00%0d%0a HTTP/1.1\r\nHost: h\r\n\r\n");
        served(TARGET, "two slashes", "GET //a//b HTTP/1.1\r\nHost: h\r\n\r\n");
        served(TARGET, "an asterisk for OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
        served(METHOD, "unknown", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n");
        served(CHUNKS, "nothing but the last", CHUNKED + END);
        served(
                CHUNKS,
                "sizes in both cases, with zeros",
                CHUNKED + "00A\r\n0123456789\r\n0a\r\n0123456789\r\n000\r\n\r\n");
        served(CHUNKS, "extensions", CHUNKED + "5;a;b=c;d=\"e\\\"\"\r\nhello\r\n0;z\r\n\r\n");
        served(CHUNKS, "trailers", CHUNKED + HELLO + "0\r\nX: y\r\nZ:\r\n\r\n");
        served(ODD_CODING, "CHUNKED", POST + "transfer-encoding:CHUNKED\r\n\r\n" + HELLO + END);
        served(ODD_LENGTH, "white space around a length", POST + "Content-Length: \t5 \r\n\r\nhello");
        served(ODD_LENGTH, "0", POST + "Content-Length: 0\r\n\r\n");
        served(HOP_BY_HOP, "empty elements in Connection", GET + "Connection: ,, keep-alive ,\r\n\r\n");
    }
}
