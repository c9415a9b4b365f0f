package dev.fairlead.net.probe;

import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Asks for a path and passes when the status is one of those configured. Thread-safe.
 *
 * <p>Speaks just enough HTTP/1.1 itself, so that a check depends on nothing the data plane does. The answer's head must
 * be whole, strict and at most 16 KiB; the body is not waited for, save that a failing one may explain itself for
 * {@value #EXPLAIN_MILLIS} ms.
 */
final class HttpProbe implements Probe {
    private static final long EXPLAIN_MILLIS = 100;
    private static final int MAX_EXPLANATION = 100;

    private final Dialer dialer;
    private final HttpCheck check;

    HttpProbe(Dialer dialer, HttpCheck check) {
        requireWord("path", check.path());
        requireWord("method", check.method());
        String host = check.host();
        if (host != null) {
            requireWord("host", host);
        }
        this.dialer = dialer;
        this.check = check;
    }

    /** What goes into the request as it is must not be able to end a line or a word of it. */
    private static void requireWord(String name, String word) {
        if (word.isEmpty() || !word.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new IllegalArgumentException(name + ": '" + word + "' (expected: printable ASCII without spaces)");
        }
    }

    @Override
    public void probe(Backend backend, Consumer<CheckResult> done) {
        byte[] request = request(backend);
        dialer.dial(backend, done, attempt -> new Talk(attempt, request));
    }

    private byte[] request(Backend backend) {
        String host = check.host();
        if (host == null) {
            String address = backend.key().address();
            host = address.startsWith("unix:") ? "localhost" : address;
        }
        String text = check.method() + " " + check.path() + " HTTP/1.1\r\n"
                + "Host: " + host + "\r\n"
                + "User-Agent: fairlead-check\r\n"
                + "Accept: */*\r\n"
                + "Connection: close\r\n\r\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** One request and its answer. Confined to its connection's loop. */
    private final class Talk extends SimpleChannelInboundHandler<ByteBuf> {
        private final Attempt attempt;
        private final byte[] request;
        private final AnswerReader reader = new AnswerReader();
        private boolean explaining;

        Talk(Attempt attempt, byte[] request) {
            this.attempt = attempt;
            this.request = request;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            attempt.awaits("no status");
            context.writeAndFlush(Unpooled.wrappedBuffer(request));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
            if (attempt.finished()) {
                return;
            }
            switch (reader.feed(in)) {
                case MORE -> {}
                case BAD -> attempt.silent(reader.problem());
                case HEAD -> answered(context);
            }
        }

        private void answered(ChannelHandlerContext context) {
            if (check.status().contains(reader.status())) {
                attempt.pass("status " + reader.status());
            } else if (reader.full()) {
                explain();
            } else if (!explaining) {
                explaining = true;
                context.executor().schedule(this::explain, EXPLAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private void explain() {
            String body = reader.body(MAX_EXPLANATION);
            attempt.sick("status " + reader.status() + (body.isEmpty() ? "" : ": " + body));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (explaining) {
                explain();
            } else {
                attempt.silent(reader.empty() ? "closed without an answer" : "closed within the head of the answer");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (explaining) {
                explain();
            } else {
                attempt.broken(cause);
            }
        }
    }
}
