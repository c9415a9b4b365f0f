package dev.fairlead.server.admin;

import dev.fairlead.server.admin.Routes.Hit;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request in work, on a virtual thread that may wait; interrupted when whoever asked has gone. */
final class Work implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Work.class);

    private final House house;
    private final ChannelHandlerContext ctx;
    private final AdminConnection connection;
    private final Hit hit;
    private final HttpRequest asked;
    private final String query;
    private final byte[] given;
    private final boolean keep;
    private final boolean head;

    Work(
            House house,
            ChannelHandlerContext ctx,
            AdminConnection connection,
            Hit hit,
            HttpRequest asked,
            String query,
            byte[] given,
            boolean keep,
            boolean head) {
        this.house = house;
        this.ctx = ctx;
        this.connection = connection;
        this.hit = hit;
        this.asked = asked;
        this.query = query;
        this.given = given;
        this.keep = keep;
        this.head = head;
    }

    @Override
    public void run() {
        try {
            switch (answer()) {
                case Answer.Whole whole -> onLoop(() -> connection.answer(ctx, whole, keep, head));
                case Answer.Stream stream -> stream(stream);
            }
        } catch (InterruptedException e) {
            // Nobody waits for an answer any more.
            ctx.close();
        }
    }

    private Answer answer() throws InterruptedException {
        try {
            return hit.route().verb().answer(ask());
        } catch (Refusal refusal) {
            return house.json().problem(refusal);
        } catch (RuntimeException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (house.stopping().getAsBoolean()) {
                return house.json().problem(new Refusal(503, "the engine is stopping"));
            }
            LOG.error("{} {} failed", asked.method(), hit.route().path(), e);
            return house.json().problem(new Refusal(500, "see the log"));
        }
    }

    private Ask ask() {
        Route route = hit.route();
        HttpHeaders fields = asked.headers();
        List<Field> keys = route.body();
        Form body = new Form(Map.of());
        if (keys != null && (route.bodyNeeded() || given.length > 0)) {
            body = Form.ofJson(given, keys);
        }
        return new Ask(
                hit.path(),
                Form.ofQuery(query, route.query(), route.lenient()),
                body,
                List.of(query.split("&")).contains("pretty"),
                fields.get(HttpHeaderNames.ACCEPT, ""),
                fields.get(HttpHeaderNames.IF_MATCH),
                fields.get("Last-Event-ID"));
    }

    private void onLoop(Runnable what) {
        try {
            ctx.executor().execute(what);
        } catch (RejectedExecutionException e) {
            LOG.debug("the admin side was closed before an answer", e);
        }
    }

    private void stream(Answer.Stream stream) throws InterruptedException {
        try {
            onLoop(connection::streams);
            // Without a length and without chunks: it ends with the connection, which every client understands.
            var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            AdminConnection.always(response.headers(), stream.type()).set(HttpHeaderNames.CONNECTION, "close");
            if (written(response) && !head) {
                stream.feed().run(this::write);
            }
        } finally {
            stream.end().run();
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
            ctx.close();
        }
    }

    private boolean write(String text) throws InterruptedException {
        return written(new DefaultHttpContent(ByteBufUtil.writeUtf8(ctx.alloc(), text)));
    }

    /** Waits, so that at most one piece is ever under way; who does not take it in time does not read. */
    private boolean written(HttpObject part) throws InterruptedException {
        Channel channel = ctx.channel();
        ChannelFuture future = channel.writeAndFlush(part);
        if (!future.await(house.limits().unread().toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.info("a stream of events to {} was cut: it is not read", channel.remoteAddress());
            channel.close();
            return false;
        }
        return future.isSuccess();
    }
}
