package dev.fairlead.core.http;

import dev.fairlead.testkit.HostileRequest;
import dev.fairlead.testkit.HostileRequests;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Makes messages that are nearly right: real ones and hostile ones, cut, joined and spoilt. */
final class Mutation {
    private static final int LONGEST = 2000;

    private static final String[] REQUEST_LINES = {
        "GET / HTTP/1.1",
        "POST /a?b HTTP/1.1",
        "GET / HTTP/1.0",
        "HEAD http://h/x HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "OPTIONS http://h HTTP/1.1",
        "GET http://h?x HTTP/1.0",
        "BREW //x HTTP/1.1",
        "PUT https://[::1]:80/ HTTP/1.1"
    };

    private static final String[] STATUS_LINES = {
        "HTTP/1.1 200 OK",
        "HTTP/1.1 200",
        "HTTP/1.1 204 ",
        "HTTP/1.0 404 Not Found",
        "HTTP/1.1 304 Not Modified",
        "HTTP/1.1 100 Continue",
        "HTTP/1.1 101 Switching",
        "HTTP/1.1 503 \u00e9 \t"
    };

    private static final String[] FIELDS = {
        "Host: h",
        "Host: h",
        "Host: [::1]:80",
        "Host:a.example:8080",
        "host: 1.2.3.4",
        "Content-Length: 5",
        "Content-Length: 0",
        "Content-Length: 05",
        "content-length:12",
        "Transfer-Encoding: chunked",
        "transfer-encoding: Chunked",
        "Transfer-Encoding: gzip, chunked",
        "Connection: close",
        "Connection: keep-alive, X-A",
        "Connection: x-a,,connection",
        "X-A: 1",
        "x-a:2",
        "X_A: 3",
        "X-Forwarded-For: 1.1.1.1",
        "X_Forwarded_For: 2.2.2.2",
        "Content_Length: 1",
        "Upgrade: h2c",
        "Accept: */*",
        "Cookie: a=b; c=d",
        "User-Agent: x/1.0 (y)",
        "Empty:",
        "Empty: ",
        "Tabs:\t x\t",
        "Eight: \u00e9\u00ff",
        "Expect: 100-continue",
        "TE: trailers",
        "Trailer: X"
    };

    private static final String[] CHUNKED = {
        "5\r\nhello\r\n",
        "1\r\nx\r\n",
        "00a\r\n0123456789\r\n",
        "3;a=b\r\nabc\r\n",
        "2;a=\"\\\"x\";b\r\nxy\r\n",
        "0\r\n",
        "0\r\n\r\n",
        "0\r\nX: y\r\n\r\n"
    };

    private static final String[] SPOILERS = {
        "\r",
        "\n",
        "\r\n",
        "\0",
        " ",
        "\t",
        ":",
        ",",
        ";",
        "\"",
        "\u007f",
        "\u0080",
        "\u00ff",
        "\u000b",
        "-",
        "+",
        "0",
        "x",
        "_",
        "%",
        "[",
        "]",
        "#",
        "/",
        "*",
        "\r\n ",
        "\r\n\r\n",
        "\\",
        "@"
    };

    private static final List<String> SAMPLES = Stream.concat(
                    HostileRequests.table().stream(), HostileRequests.harmless().stream())
            .map(HostileRequest::text)
            .filter(text -> text.length() <= LONGEST)
            .toList();

    private Mutation() {}

    /** A request, perhaps with bytes behind it. */
    static String request(SplittableRandom random) {
        String text = random.nextInt(3) == 0 ? pick(random, SAMPLES) : head(random, REQUEST_LINES);
        return spoilt(random, text, SAMPLES);
    }

    static String answer(SplittableRandom random) {
        return spoilt(random, head(random, STATUS_LINES), SAMPLES);
    }

    /** A chunked body up to its trailers, and perhaps beyond. */
    static String chunked(SplittableRandom random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(pick(random, CHUNKED));
        }
        return spoilt(random, text.append("0\r\n").toString(), List.of(CHUNKED));
    }

    private static String head(SplittableRandom random, String[] lines) {
        var text = new StringBuilder(pick(random, lines)).append("\r\n");
        if (lines == REQUEST_LINES && random.nextInt(8) > 0) {
            text.append("Host: h\r\n");
        }
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(pick(random, FIELDS)).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    private static String spoilt(SplittableRandom random, String text, List<String> others) {
        var result = new StringBuilder(text);
        // Half stay as they are.
        for (int i = Math.max(0, random.nextInt(8) - 3); i > 0; i--) {
            int at = random.nextInt(result.length() + 1);
            int end = Math.min(result.length(), at + random.nextInt(1, 9));
            switch (random.nextInt(8)) {
                case 0 -> result.delete(at, end);
                case 1 -> result.insert(at, result.substring(at, end));
                case 2 ->
                    result.replace(at, Math.min(at + 1, result.length()), String.valueOf((char) random.nextInt(256)));
                case 3 -> {
                    String other = pick(random, others);
                    int from = random.nextInt(other.length() + 1);
                    result.insert(at, other, from, random.nextInt(from, other.length() + 1));
                }
                case 4 -> result.insert(at, pick(random, FIELDS) + "\r\n");
                case 5 -> result.setLength(at);
                case 6, 7 -> result.insert(at, pick(random, SPOILERS));
                default -> throw new IllegalStateException();
            }
        }
        return result.toString();
    }

    private static String pick(SplittableRandom random, String[] from) {
        return from[random.nextInt(from.length)];
    }

    private static String pick(SplittableRandom random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
