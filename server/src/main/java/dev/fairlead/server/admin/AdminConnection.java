package dev.fairlead.server.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an operator or a scraper. Confined to the admin loop.
 *
 * <p>One request at a time: whoever sends the next before the answer to the last has left is cut, so that nothing piles
 * up. A request's body is ignored, up to {@value #MOST_BODY} bytes. Every state has a deadline.
 */
final class AdminConnection extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);
    private static final int MOST_BODY = 64 * 1024;
    private static final int FIRST_REQUEST_SECONDS = 10;
    private static final int NEXT_REQUEST_SECONDS = 75;
    private static final int ANSWER_SECONDS = 30;

    private final Pages pages;
    private @Nullable HttpRequest request;
    private @Nullable Future<?> deadline;
    private int body;
    private boolean answering;

    AdminConnection(Pages pages) {
        this.pages = pages;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        within(ctx, FIRST_REQUEST_SECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private void within(ChannelHandlerContext ctx, int seconds) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline = ctx.executor().schedule((Runnable) ctx::close, seconds, TimeUnit.SECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (answering) {
            ctx.close();
            return;
        }
        if (part.decoderResult().isFailure()) {
            boolean tooLong = part.decoderResult().cause() instanceof TooLongFrameException;
            answer(
                    ctx,
                    tooLong
                            ? pages.problem(431, "Request Header Fields Too Large", "the head is too large")
                            : pages.problem(400, "Bad Request", "the request is malformed"),
                    false,
                    false);
            return;
        }
        if (part instanceof HttpRequest head) {
            request = head;
            body = 0;
        }
        if (part instanceof HttpContent content) {
            body += content.content().readableBytes();
        }
        HttpRequest asked = request;
        if (asked == null) {
            ctx.close();
        } else if (body > MOST_BODY) {
            answer(ctx, pages.problem(413, "Content Too Large", "no body is expected here"), false, false);
        } else if (HttpUtil.is100ContinueExpected(asked)) {
            answer(ctx, pages.problem(417, "Expectation Failed", "no body is expected here"), false, false);
        } else if (part instanceof LastHttpContent) {
            request = null;
            answer(
                    ctx,
                    answerTo(asked),
                    HttpUtil.isKeepAlive(asked),
                    asked.method().equals(HttpMethod.HEAD));
        }
    }

    private Pages.Answer answerTo(HttpRequest asked) {
        List<String> hosts = asked.headers().getAll(HttpHeaderNames.HOST);
        // Checks of other balancers ask without one; browsers, against which the rule is, never do.
        boolean none = hosts.isEmpty() && asked.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if ((hosts.size() != 1 && !none) || !asked.uri().startsWith("/")) {
            return pages.problem(400, "Bad Request", "expected: one Host field and a path");
        }
        if (!none && !HostRule.passes(hosts.getFirst())) {
            return pages.problem(403, "Forbidden", "Host: only localhost and loopback addresses are answered");
        }
        if (!asked.method().equals(HttpMethod.GET) && !asked.method().equals(HttpMethod.HEAD)) {
            return pages.problem(405, "Method Not Allowed", "expected: GET or HEAD");
        }
        String accept = asked.headers().get(HttpHeaderNames.ACCEPT, "");
        try {
            return pages.get(asked.uri(), accept);
        } catch (RuntimeException e) {
            LOG.error("the admin page {} failed", asked.uri(), e);
            return pages.problem(500, "Internal Server Error", "see the log");
        }
    }

    private void answer(ChannelHandlerContext ctx, Pages.Answer answer, boolean keep, boolean withoutBody) {
        answering = true;
        within(ctx, ANSWER_SECONDS);
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                withoutBody ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("X-Content-Type-Options", "nosniff");
        if (answer.status() == 405) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        if (!keep) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        ctx.writeAndFlush(response).addListener((ChannelFutureListener) written -> {
            if (!keep || !written.isSuccess()) {
                ctx.close();
            } else {
                answering = false;
                within(ctx, NEXT_REQUEST_SECONDS);
            }
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("an admin connection failed", cause);
        ctx.close();
    }
}
