package dev.fairlead.server.admin;

import dev.fairlead.server.admin.Routes.Hit;
import dev.fairlead.server.admin.Routes.Miss;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an operator or a scraper. Confined to the admin loop; what it is asked for is done by a {@link Work}
 * on a thread of its own.
 *
 * <p>One request at a time: whoever sends the next before the answer to the last has left is cut, so that nothing piles
 * up. A body may have {@value #MOST_BODY} bytes. Every state has a deadline, and whoever leaves ends the work for them.
 */
final class AdminConnection extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);
    private static final int MOST_BODY = 64 * 1024;
    private static final int FIRST_REQUEST_SECONDS = 10;
    private static final int NEXT_REQUEST_SECONDS = 75;
    private static final int BODY_SECONDS = 10;
    private static final int ANSWER_SECONDS = 30;

    private final House house;
    private @Nullable ChannelHandlerContext context;
    private @Nullable HttpRequest request;
    private @Nullable Future<?> deadline;
    private java.util.concurrent.@Nullable Future<?> work;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private boolean answering;
    private boolean waits;
    private boolean over;

    AdminConnection(House house) {
        this.house = house;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        within(ctx, FIRST_REQUEST_SECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        house.seats().leave(this);
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (work != null) {
            work.cancel(true);
        }
    }

    /** Makes room for another one. */
    void leave() {
        if (context != null) {
            context.close();
        }
    }

    private void within(ChannelHandlerContext ctx, long seconds) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline = ctx.executor().schedule((Runnable) ctx::close, seconds, TimeUnit.SECONDS);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            // Whoever ends their side may still read an answer that comes soon; to go on telling them is another thing.
            over = true;
            if (!answering || waits) {
                ctx.close();
            }
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (answering) {
            ctx.close();
            return;
        }
        if (part.decoderResult().isFailure()) {
            boolean tooLong = part.decoderResult().cause() instanceof TooLongFrameException;
            refuse(ctx, tooLong ? 431 : 400, tooLong ? "the head is too large" : "the request is malformed");
            return;
        }
        if (part instanceof HttpRequest head) {
            begin(ctx, head);
        }
        HttpRequest asked = request;
        if (answering) {
            return;
        } else if (asked == null) {
            ctx.close();
            return;
        }
        if (part instanceof HttpContent content) {
            int size = content.content().readableBytes();
            if (body.size() + size > MOST_BODY) {
                refuse(ctx, 413, "a body may have " + MOST_BODY + " bytes");
                return;
            }
            body.writeBytes(ByteBufUtil.getBytes(content.content()));
        }
        if (part instanceof LastHttpContent) {
            request = null;
            handle(ctx, asked, body.toByteArray());
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        request = head;
        body.reset();
        within(ctx, BODY_SECONDS);
        if (HttpUtil.getContentLength(head, 0L) > MOST_BODY) {
            refuse(ctx, 413, "a body may have " + MOST_BODY + " bytes");
        } else if (HttpUtil.is100ContinueExpected(head)) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        } else if (head.headers().contains(HttpHeaderNames.EXPECT)) {
            refuse(ctx, 417, "expected: 100-continue, or no expectation");
        }
    }

    private void refuse(ChannelHandlerContext ctx, int status, String detail) {
        request = null;
        answering = true;
        house.seats().busy(this);
        answer(ctx, house.json().problem(new Refusal(status, detail)), false, false);
    }

    private void handle(ChannelHandlerContext ctx, HttpRequest asked, byte[] given) {
        answering = true;
        house.seats().busy(this);
        boolean keep = HttpUtil.isKeepAlive(asked);
        boolean head = asked.method().equals(HttpMethod.HEAD);
        Refusal refusal = house.guard().refuse(asked, ctx.channel());
        if (refusal != null) {
            answer(ctx, house.json().problem(refusal), keep, head);
            return;
        }
        String uri = asked.uri();
        int mark = uri.indexOf('?');
        List<String> parts = Routes.parts(mark < 0 ? uri : uri.substring(0, mark));
        if (parts == null) {
            var broken = new Refusal(400, "expected: `%` only before two hexadecimal digits");
            answer(ctx, house.json().problem(broken), keep, head);
            return;
        }
        Refusal wrong = Guard.refuseBody(asked, given.length > 0);
        switch (house.routes().find(asked.method().name(), parts)) {
            case Miss(String allowed)
            when allowed.isEmpty() ->
                answer(ctx, house.json().problem(new Refusal(404, "there is no such page; / lists them")), keep, head);
            case Miss(String allowed) ->
                answer(
                        ctx,
                        house.json()
                                .problem(new Refusal(405, "expected: " + allowed))
                                .with("Allow", allowed),
                        keep,
                        head);
            case Hit _ when wrong != null -> answer(ctx, house.json().problem(wrong), keep, head);
            case Hit hit -> {
                waits = hit.route().waits();
                within(ctx, waits ? Backends.LONGEST_WAIT.toSeconds() + ANSWER_SECONDS : ANSWER_SECONDS);
                String query = mark < 0 ? "" : uri.substring(mark + 1);
                start(ctx, new Work(house, ctx, this, hit, asked, query, given, keep, head));
            }
        }
    }

    private void start(ChannelHandlerContext ctx, Work next) {
        try {
            work = house.workers().submit(next);
        } catch (RejectedExecutionException e) {
            // It is being closed, and all connections with it.
            ctx.close();
        }
    }

    /** A stream has begun, which keeps its own time. */
    void streams() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    void answer(ChannelHandlerContext ctx, Answer.Whole answer, boolean keepAsked, boolean withoutBody) {
        boolean keep = keepAsked && !over;
        within(ctx, ANSWER_SECONDS);
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                withoutBody ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
        always(response.headers(), answer.type()).set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        answer.fields().forEach(response.headers()::set);
        if (answer.status() == 401) {
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"fairlead\"");
        }
        if (!keep) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        ctx.writeAndFlush(response).addListener((ChannelFutureListener) written -> {
            if (!keep || !written.isSuccess()) {
                ctx.close();
            } else {
                answering = false;
                waits = false;
                work = null;
                house.seats().idle(this);
                within(ctx, NEXT_REQUEST_SECONDS);
            }
        });
    }

    /** What every answer has. */
    static HttpHeaders always(HttpHeaders fields, String type) {
        return fields.set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("X-Content-Type-Options", "nosniff");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("an admin connection failed", cause);
        ctx.close();
    }
}
