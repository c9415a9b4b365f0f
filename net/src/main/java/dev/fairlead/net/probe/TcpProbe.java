package dev.fairlead.net.probe;

import dev.fairlead.core.config.HealthConfig.TcpCheck;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.Evidence;
import dev.fairlead.core.pool.Backend;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes when a connection can be made, and what is said on it is as expected where anything is. Thread-safe.
 *
 * <p>The kernel makes connections for a process that hangs, too, until its backlog is full; only a check that asks for an
 * answer notices that. At most {@value #MAX_ANSWER} bytes of an answer are read.
 */
final class TcpProbe implements Probe {
    static final int MAX_ANSWER = 4096;

    private static final int MAX_SHOWN = 60;

    private final Dialer dialer;
    private final byte @Nullable [] send;
    private final byte @Nullable [] expect;

    TcpProbe(Dialer dialer, TcpCheck check) {
        this.dialer = dialer;
        this.send = check.send() == null ? null : Escapes.bytes(check.send());
        this.expect = check.expect() == null ? null : Escapes.bytes(check.expect());
    }

    @Override
    public void probe(Backend backend, Consumer<CheckResult> done) {
        dialer.dial(backend, done, attempt -> new Talk(attempt, expect == null ? null : new Finder(expect)));
    }

    /** What is said on one connection. Confined to its loop. */
    private final class Talk extends SimpleChannelInboundHandler<ByteBuf> {
        private final Attempt attempt;
        private final @Nullable Finder expected;
        private final byte[] answer;
        private int length;

        Talk(Attempt attempt, @Nullable Finder expected) {
            this.attempt = attempt;
            this.expected = expected;
            this.answer = new byte[expected == null ? 0 : MAX_ANSWER];
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (expected != null) {
                attempt.awaits("no answer");
            }
            if (send != null) {
                context.writeAndFlush(Unpooled.wrappedBuffer(send)).addListener(written -> {
                    if (!written.isSuccess()) {
                        attempt.broken(written.cause());
                    } else if (expected == null) {
                        attempt.pass("connected and sent");
                    }
                });
            } else if (expected == null) {
                attempt.pass("connected");
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
            if (expected == null || attempt.finished()) {
                return;
            }
            int more = Math.min(in.readableBytes(), answer.length - length);
            in.readBytes(answer, length, more);
            length += more;
            if (expected.in(answer, length)) {
                attempt.pass("answered: " + shown());
            } else if (length == answer.length) {
                attempt.sick("another answer: " + shown());
            } else if (length > 0) {
                attempt.awaitsRest("another answer: " + shown());
            }
        }

        private String shown() {
            return Evidence.printable(answer, 0, length, MAX_SHOWN);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (length == 0) {
                attempt.silent("closed without an answer");
            } else {
                attempt.sick("another answer: " + shown());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            attempt.broken(cause);
        }
    }
}
