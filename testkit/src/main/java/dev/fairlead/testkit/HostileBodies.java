package dev.fairlead.testkit;

import static dev.fairlead.testkit.HostileRequest.Threat.CHUNKS;
import static dev.fairlead.testkit.HostileRequest.Threat.HIDDEN_IN_BODY;
import static dev.fairlead.testkit.HostileRequest.Threat.ODD_CODING;
import static dev.fairlead.testkit.HostileRequest.Threat.ODD_LENGTH;
import static dev.fairlead.testkit.HostileRequest.Threat.TWO_LENGTHS;

/** Attacks by the framing of bodies: lengths, codings and chunks. */
final class HostileBodies extends HostileRows {
    HostileBodies() {
        twoLengths();
        oddCodings();
        oddLengths();
        hiddenInBodies();
        chunkSizes();
        chunkExtensions();
        chunkEnds();
    }

    private void twoLengths() {
        String chunks = HELLO + END;
        bad(
                TWO_LENGTHS,
                "CL then TE",
                POST + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG" + HIDDEN);
        bad(
                TWO_LENGTHS,
                "TE then CL",
                POST + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunks + HIDDEN);
        bad(TWO_LENGTHS, "CL 0 and TE", POST + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
        bad(
                TWO_LENGTHS,
                "CL and TE that agree",
                POST + "Content-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
        bad(
                TWO_LENGTHS,
                "CL and TE on GET",
                GET + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + END + HIDDEN);
        bad(TWO_LENGTHS, "CL and TE identity", POST + "Content-Length: 5\r\nTransfer-Encoding: identity\r\n\r\nhello");
        bad(
                TWO_LENGTHS,
                "CL and TE gzip, chunked",
                POST + "Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n\r\nhello");
        bad(TWO_LENGTHS, "CL and empty TE", POST + "Content-Length: 5\r\nTransfer-Encoding:\r\n\r\nhello");
        bad(
                TWO_LENGTHS,
                "CL, TE and Connection: close",
                POST + "Connection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + END);
        bad(
                TWO_LENGTHS,
                "CL and TE, one named by Connection",
                POST + "Connection: Content-Length\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + END
                        + HIDDEN);
        bad(
                TWO_LENGTHS,
                "TE named by Connection, and CL",
                POST + "Connection: Transfer-Encoding\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + END
                        + HIDDEN);
        bad(TWO_LENGTHS, "two equal CLs", POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
        bad(TWO_LENGTHS, "two different CLs", POST + "Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello" + HIDDEN);
        bad(TWO_LENGTHS, "CL as a list of equals", POST + "Content-Length: 5, 5\r\n\r\nhello");
        bad(TWO_LENGTHS, "CL as a list of differing", POST + "Content-Length: 5,0\r\n\r\nhello");
        bad(
                TWO_LENGTHS,
                "CL and TE far apart",
                POST + "Content-Length: 5\r\n" + "X: y\r\n".repeat(50) + "Transfer-Encoding: chunked\r\n\r\n" + END);
    }

    private void coding(String name, String value) {
        bad(ODD_CODING, name, POST + "Transfer-Encoding: " + value + "\r\n\r\n" + HELLO + END + HIDDEN);
    }

    private void oddCodings() {
        coding("xchunked", "xchunked");
        coding("chunkedx", "chunkedx");
        coding("chunked twice", "chunked, chunked");
        coding("chunked then identity", "chunked, identity");
        coding("identity then chunked", "identity, chunked");
        coding("chunked then gzip", "chunked, gzip");
        coding("identity", "identity");
        coding("gzip alone", "gzip");
        coding("chunked with a parameter", "chunked;q=1");
        coding("chunked in quotes", "\"chunked\"");
        coding("chunked in single quotes", "'chunked'");
        coding("an empty element first", ", chunked");
        coding("an empty element last", "chunked,");
        coding("an empty coding", "");
        coding("chunked behind a word", "x chunked");
        coding("chunked before a word", "chunked x");
        coding("chunked cut in two", "chun ked");
        coding("half of chunked", "chunk");
        coding("vertical tab before chunked", "\u000bchunked");
        coding("form feed before chunked", "\fchunked");
        coding("NUL behind chunked", "chunked\0");
        coding("no-break space before chunked", "\u00a0chunked");
        coding("CR before chunked", "\rchunked");
        coding("LF before chunked", "\nchunked");
        coding("chunked on a folded line", "\r\n chunked");
        coding("chunked folded at its end", "chunked\r\n ,identity");
        coding("two codings, both chunked", "chunked\r\nTransfer-Encoding: chunked");
        coding("two codings, the second odd", "chunked\r\nTransfer-encoding: x");
        coding("two codings, the first odd", "x\r\nTransfer-Encoding: chunked");
        refused(ODD_CODING, "gzip, chunked", POST + "Transfer-Encoding: gzip, chunked\r\n\r\n" + HELLO + END, 400, 501);
    }

    private void length(String name, String value) {
        bad(ODD_LENGTH, name, POST + "Content-Length: " + value + "\r\n\r\nhello" + HIDDEN);
    }

    private void oddLengths() {
        length("plus", "+5");
        length("minus", "-5");
        length("minus zero", "-0");
        length("hexadecimal", "0x5");
        length("hexadecimal digits", "a");
        length("decimal point", "5.0");
        length("exponent", "5e0");
        length("underscore", "1_0");
        length("two numbers", "5 5");
        length("nothing", "");
        length("comma behind", "5,");
        length("semicolon behind", "5;");
        length("quotes", "\"5\"");
        length("vertical tab", "\u000b5");
        length("no-break space", "5\u00a0");
        length("superscript", "\u00b2");
        length("beyond 64 bits", "18446744073709551621");
        length("beyond 63 bits", "9223372036854775813");
        length("beyond 32 bits by far", "99999999999999999999999999999999999");
        length("on a folded line", "\r\n 5");
        length("folded at its end", "5\r\n 0");
        length("behind a bare CR", "\r5");
        served(ODD_LENGTH, "leading zeros", POST + "Content-Length: 0000005\r\n\r\nhello");
    }

    private void hiddenInBodies() {
        String length = "Content-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN;
        String chunks = "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(HIDDEN.length()) + "\r\n" + HIDDEN
                + "\r\n" + END;
        for (String method : new String[] {"POST", "GET", "HEAD", "DELETE", "OPTIONS", "BREW"}) {
            served(
                    HIDDEN_IN_BODY,
                    "a request as the body of " + method,
                    method + " / HTTP/1.1\r\nHost: h\r\n" + length);
            served(HIDDEN_IN_BODY, "a request as a chunk of " + method, method + " / HTTP/1.1\r\nHost: h\r\n" + chunks);
        }
        served(HIDDEN_IN_BODY, "a request as the body of HTTP/1.0", "POST / HTTP/1.0\r\nHost: h\r\n" + length);
        served(
                HIDDEN_IN_BODY,
                "a request as the body with Connection: Content-Length",
                POST + "Connection: Content-Length\r\n" + length);
        servedThenClosed(HIDDEN_IN_BODY, "a body without a length", POST + "\r\nx=" + HIDDEN);
        servedThenClosed(
                HIDDEN_IN_BODY, "a body behind a length of 0", POST + "Content-Length: 0\r\n\r\n\0\0" + HIDDEN);
    }

    private void size(String name, String line) {
        bad(CHUNKS, "size: " + name, CHUNKED + line + "hello\r\n" + END + HIDDEN);
    }

    private void chunkSizes() {
        size("none", "\r\n");
        size("plus", "+5\r\n");
        size("minus", "-5\r\n");
        size("0x", "0x5\r\n");
        size("no hexadecimal digit", "5g\r\n");
        size("space before", " 5\r\n");
        size("space behind", "5 \r\n");
        size("tab behind", "5\t\r\n");
        size("underscore", "0_5\r\n");
        size("comma", "5,5\r\n");
        size("beyond 64 bits", "10000000000000005\r\n");
        size("negative as 64 bits", "fffffffffffffffb\r\n");
        size("many leading zeros", "0000000000000000000000000000005\r\n");
        size("ended by a bare LF", "5\n");
        size("ended by a bare CR", "5\r");
        size("ended by CR CR LF", "5\r\r\n");
        size("ended by LF CR", "5\n\r");
        size("NUL behind", "5\0\r\n");
    }

    private void extension(String name, String extension) {
        bad(CHUNKS, "extension: " + name, CHUNKED + "5" + extension + "\r\nhello\r\n" + END + HIDDEN);
    }

    private void chunkExtensions() {
        extension("empty", ";");
        extension("no name", ";=x");
        extension("no value", ";a=");
        extension("space before", " ;a");
        extension("space inside", "; a=b");
        extension("a bare LF", ";a\nhello");
        extension("a bare LF at once", ";\nhello");
        extension("a bare CR", ";a\rb");
        extension("an open quote", ";a=\"b");
        extension("a line end in quotes", ";a=\"\r\n\r\n0\r\n\r\n\"");
        extension("a bare LF in quotes", ";a=\"b\nc\"");
        extension("an escaped line end in quotes", ";a=\"\\\r\n\"");
        extension("text behind quotes", ";a=\"b\"c");
        extension("NUL", ";a=\0");
        extension("of 20,000 bytes", ";a=" + "b".repeat(20_000));
        bad(CHUNKS, "extension: in every one of 20,000 chunks", CHUNKED + "1;a=bcdefgh\r\nx\r\n".repeat(20_000) + END);
    }

    private void end(String name, String rest) {
        bad(CHUNKS, "end: " + name, CHUNKED + rest + HIDDEN);
    }

    private void chunkEnds() {
        end("data longer than its size", "4\r\nhello\r\n" + END);
        end("data shorter than its size", "6\r\nhello\r\n" + END);
        end("no line end behind data", "5\r\nhello" + END);
        end("a bare LF behind data", "5\r\nhello\n" + END);
        end("a bare CR behind data", "5\r\nhello\r" + END);
        end("an extra line end behind data", "5\r\nhello\r\n\r\n" + END);
        end("two bytes that are no line end behind data", "5\r\nhelloXX" + END);
        end("a bare LF behind the last size", HELLO + "0\n\r\n");
        end("a bare LF for the last line", HELLO + "0\r\n\n");
        end("a space behind the last size", HELLO + "0 \r\n\r\n");
        end("no empty line behind the last size", HELLO + "0\r\n");
        end("a trailer without a colon", HELLO + "0\r\nX\r\n\r\n");
        end("a trailer with a space before its colon", HELLO + "0\r\nX : y\r\n\r\n");
        end("a folded trailer", HELLO + "0\r\nX: y\r\n z\r\n\r\n");
        end("a trailer with a bare CR", HELLO + "0\r\nX: y\rZ: 1\r\n\r\n");
        end("a trailer with a bare LF", HELLO + "0\r\nX: y\nZ: 1\r\n\r\n");
        end("a trailer with NUL", HELLO + "0\r\nX: \0\r\n\r\n");
        refused(
                CHUNKS,
                "end: trailers of 100,000 bytes",
                CHUNKED + "0\r\n" + ("X: " + "y".repeat(95) + "\r\n").repeat(1000) + "\r\n",
                400,
                431);
        refused(
                CHUNKS,
                "end: a trailer of 100,000 bytes",
                CHUNKED + "0\r\nX: " + "y".repeat(100_000) + "\r\n\r\n",
                400,
                431);
        served(
                CHUNKS,
                "end: framing fields as trailers",
                CHUNKED + HELLO
                        + "0\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\nHost: evil\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n");
    }
}
