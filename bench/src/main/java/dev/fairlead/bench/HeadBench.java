package dev.fairlead.bench;

import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadLimits;
import dev.fairlead.core.http.HeadParser;
import dev.fairlead.core.http.HeadParser.Progress;
import dev.fairlead.core.http.HeadRules;
import dev.fairlead.core.http.HeadWriter;
import dev.fairlead.core.http.Known;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What heads cost: read, checked, rewritten and written. Nothing here may allocate. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HeadBench {
    private static final HeadLimits LIMITS = new HeadLimits(8 * 1024, 32 * 1024, 100);

    private static final String WRK = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";

    private static final String BROWSER = """
            GET /assets/articles/2026/11/index.html?utm_source=start&page=2 HTTP/1.1
            Host: www.shop.example
            Connection: keep-alive
            Cache-Control: max-age=0
            User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36
            Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8
            Sec-Fetch-Site: same-origin
            Sec-Fetch-Mode: navigate
            Sec-Fetch-Dest: document
            Referer: https://www.shop.example/assets/articles/index.html
            Accept-Encoding: gzip, deflate, br, zstd
            Accept-Language: en-US,en;q=0.9,de;q=0.8
            Cookie: session=0b6f2a9d4c7e4f13a8d55e1c2b9f7a60; consent=all; theme=dark

            """.replace("\n", "\r\n");

    private static final String SMALL_ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Type: text/plain\r\n\r\n";

    private static final String LARGE_ANSWER = """
            HTTP/1.1 200 OK
            Date: Mon, 23 Nov 2026 10:00:00 GMT
            Server: nginx
            Content-Type: text/html; charset=utf-8
            Transfer-Encoding: chunked
            Connection: keep-alive
            Vary: Accept-Encoding
            Cache-Control: private, max-age=0, must-revalidate
            ETag: W/"5f3e-18c2a9b7d10"
            Set-Cookie: session=0b6f2a9d4c7e4f13a8d55e1c2b9f7a60; Path=/; HttpOnly; Secure; SameSite=Lax
            Strict-Transport-Security: max-age=31536000; includeSubDomains
            X-Content-Type-Options: nosniff

            """.replace("\n", "\r\n");

    private static final byte[] ADDRESS = bytes("203.0.113.195");
    private static final byte[] VIA = bytes("1.1 fairlead");
    private static final byte[] ID = bytes("0123456789abcdef0123456789abcdef");
    private static final byte[] DATE = bytes("Mon, 23 Nov 2026 10:00:00 GMT");

    /** {@code small} is what wrk sends and a small backend answers; {@code large} has twelve fields. */
    @Param({"small", "large"})
    private String message = "small";

    private final Head head = new Head();
    private final HeadWriter writer = new HeadWriter();
    private byte[] request = {};
    private byte[] answer = {};

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Setup
    public void messages() {
        boolean small = message.equals("small");
        request = bytes(small ? WRK : BROWSER);
        answer = bytes(small ? SMALL_ANSWER : LARGE_ANSWER);
        requestForwarded();
        answerForwarded();
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("the message was refused");
        }
    }

    /** The grammar alone. */
    @Benchmark
    public Progress requestParsed() {
        head.clear();
        head.append(request, 0, request.length);
        return HeadParser.request(head, LIMITS);
    }

    /** Grammar and rules. */
    @Benchmark
    public Head requestChecked() {
        require(requestParsed() == Progress.DONE);
        require(HeadRules.request(head) == null);
        return head;
    }

    /** All the way: what a proxy does with the head of one request. */
    @Benchmark
    public int requestForwarded() {
        requestChecked();
        HeadRules.dropHopByHop(head);
        head.drop(Known.X_FORWARDED_FOR);
        int host = head.find(Known.HOST);
        head.add(Known.X_FORWARDED_FOR, ADDRESS);
        head.add(Known.X_FORWARDED_PROTO, "http");
        head.beginField(Known.X_FORWARDED_HOST);
        head.appendOwn(head.valueStart(host), head.valueEnd(host));
        head.endField();
        head.add(Known.X_REQUEST_ID, ID);
        head.add(Known.VIA, VIA);
        writer.request(head, HeadWriter.Connection.DEFAULT);
        return writer.size();
    }

    @Benchmark
    public Progress answerParsed() {
        head.clear();
        head.append(answer, 0, answer.length);
        return HeadParser.answer(head, LIMITS);
    }

    @Benchmark
    public int answerForwarded() {
        require(answerParsed() == Progress.DONE);
        require(HeadRules.answer(head, false) == null);
        HeadRules.dropHopByHop(head);
        if (head.find(Known.DATE) < 0) {
            head.add(Known.DATE, DATE);
        }
        writer.answer(head, head.framing(), HeadWriter.Connection.DEFAULT);
        return writer.size();
    }
}
