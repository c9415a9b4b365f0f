package dev.fairlead.net.probe;

import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.HealthReport;
import dev.fairlead.core.health.HealthReport.Level;
import dev.fairlead.core.health.HealthReport.Told;
import dev.fairlead.core.health.HealthReport.Unreadable;
import dev.fairlead.net.probe.AnswerReader.Progress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and the judgement of its answer. Confined to its connection's loop.
 *
 * <p>The answer's head must be whole, strict and at most 16 KiB. First comes the identity: who is not the right service is
 * not even sick. Then the status, then what else was expected. The body is waited for only where it matters, save that a
 * failing one may explain itself for {@value #EXPLAIN_MILLIS} ms.
 */
final class HttpTalk extends SimpleChannelInboundHandler<ByteBuf> {
    private static final long EXPLAIN_MILLIS = 100;
    private static final int MAX_EXPLANATION = 100;
    private static final int MAX_SHOWN = 60;

    /**
     * What a check wants to see, prepared once.
     *
     * @param names of all fields that are looked at, in lower case
     */
    record Wanted(
            HttpCheck check,
            List<FieldMatch> identity,
            List<FieldMatch> expected,
            Set<String> names,
            byte @Nullable [] identityBody,
            byte @Nullable [] expectedBody) {}

    private final Attempt attempt;
    private final Wanted wanted;
    private final HttpCheck check;
    private final byte[] request;
    private final AnswerReader reader;
    private final @Nullable Finder identityText;
    private final @Nullable Finder expectedText;
    private boolean answered;
    private boolean explaining;

    /** No more will come. */
    private boolean ended;

    HttpTalk(Attempt attempt, Wanted wanted, byte[] request) {
        this.attempt = attempt;
        this.wanted = wanted;
        this.check = wanted.check;
        this.request = request;
        int keep = check.readsBody() ? check.bodyLimit().clampedInt() : AnswerReader.FOR_EVIDENCE;
        this.reader = new AnswerReader(wanted.names, keep);
        this.identityText = wanted.identityBody == null ? null : new Finder(wanted.identityBody);
        this.expectedText = wanted.expectedBody == null ? null : new Finder(wanted.expectedBody);
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
        Progress progress = reader.feed(in);
        if (progress == Progress.BAD) {
            attempt.silent(reader.problem());
        } else if (progress == Progress.HEAD) {
            answered = true;
            attempt.awaits("no whole body");
            judge(context);
        }
    }

    /** Whether all of the body that matters is there. */
    private boolean whole() {
        return ended || reader.body().settled();
    }

    private boolean holds(Finder text) {
        return text.in(reader.body().kept(), reader.body().length());
    }

    /** Comes to a result if what has been read so far allows one. */
    private void judge(ChannelHandlerContext context) {
        String other = FieldMatch.misfit(wanted.identity, reader.fields());
        if (other != null) {
            attempt.silent("another service answers: " + other);
            return;
        }
        if (identityText != null && !holds(identityText)) {
            if (whole()) {
                attempt.silent("another service answers: " + shown());
            }
            return;
        }
        attempt.awaitsRest("no whole body");
        if (!check.status().contains(reader.status())) {
            failed(context);
            return;
        }
        String misfit = FieldMatch.misfit(wanted.expected, reader.fields());
        if (misfit != null) {
            attempt.sick(status() + ", but " + misfit);
        } else if (expectedText != null && !holds(expectedText)) {
            if (whole()) {
                attempt.sick(status() + ", but another body: " + shown());
            }
        } else if (check.json().enabled() && reader.status() / 100 == 2 && reader.status() != 204) {
            if (whole()) {
                report();
            }
        } else {
            attempt.pass(status());
        }
    }

    private void report() {
        if (reader.body().over()) {
            attempt.sick(status() + ", but a body over " + check.bodyLimit());
            return;
        }
        switch (HealthReport.read(reader.body().kept(), reader.body().length())) {
            case Told told
            when told.level() == Level.UP ->
                attempt.pass(told.unwell().isEmpty() ? status() : status() + ", not well: " + told.names());
            case Told told
            when told.level() == Level.DEGRADED -> {
                long share = Math.round(check.json().degradedShare().fraction() * CheckResult.WHOLE);
                attempt.degraded(Math.clamp(share, 1, CheckResult.WHOLE), told.words());
            }
            case Told told -> attempt.sick(told.words());
            case Unreadable(String why) -> attempt.sick(status() + ", but " + why + ": " + shown());
        }
    }

    /** The status is wrong: the body may say why, if it is quick about it. */
    private void failed(ChannelHandlerContext context) {
        boolean enough = !check.json().enabled() && reader.body().length() >= AnswerReader.FOR_EVIDENCE;
        if (whole() || enough) {
            explain();
        } else if (!explaining) {
            explaining = true;
            context.executor().schedule(this::explain, EXPLAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void explain() {
        String why = reader.body().text(MAX_EXPLANATION);
        if (check.json().enabled()
                && HealthReport.read(reader.body().kept(), reader.body().length()) instanceof Told told
                && told.level() != Level.UP) {
            why = told.words();
        }
        attempt.sick(why.isEmpty() ? status() : status() + ": " + why);
    }

    private String status() {
        return "status " + reader.status();
    }

    private String shown() {
        String text = reader.body().text(MAX_SHOWN);
        return text.isEmpty() ? "nothing" : text;
    }

    private void end(ChannelHandlerContext context) {
        ended = true;
        if (!attempt.finished()) {
            judge(context);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (answered) {
            end(context);
        } else {
            attempt.silent(reader.empty() ? "closed without an answer" : "closed within the head of the answer");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (answered) {
            end(context);
        } else {
            attempt.broken(cause);
        }
    }
}
