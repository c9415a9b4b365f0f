package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import dev.fairlead.core.http.Method;
import dev.fairlead.core.route.Redirect;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one exchange on its way to the client: the backend's, with the fields that are ours to set, or one of our
 * own. Confined to its exchange's event loop; reused with it. Buffers it is given are its own until it hands them to the
 * client.
 */
final class Answer {
    /** How many interim answers one request may have. */
    static final int MAX_INTERIM = 32;

    private final HttpDoor door;
    private final ClientStream client;
    private final Journal journal;
    private final RateTurn rate = new RateTurn();
    private boolean begun;
    private boolean ended;
    private int interims;

    Answer(HttpDoor door, ClientStream client, Journal journal) {
        this.door = door;
        this.client = client;
        this.journal = journal;
    }

    /** Forgets everything, for the next exchange. */
    void clear() {
        rate.clear();
        begun = ended = false;
        interims = 0;
    }

    /** Whether its head is out. */
    boolean begun() {
        return begun;
    }

    /** Whether it is whole. */
    boolean ended() {
        return ended;
    }

    /** Whether the backend has said anything yet. */
    boolean heard() {
        return begun || interims > 0;
    }

    /** Whether the request may pass the rate limit of its route; asked once, before it is rewritten. */
    boolean passes(@Nullable RateGate gate, Head request) {
        return rate.passes(gate, request, client.peer(), door);
    }

    // ---- a backend's -----------------------------------------------------------

    /** An interim answer, to be kept from the client or not; whether it is one that may come. */
    boolean interim(Head head, boolean hidden) {
        if (begun || ++interims > MAX_INTERIM) {
            return false;
        }
        if (!hidden && client.takesInterim()) {
            Rewriter.answer(head, door.date().http());
            client.sendInterim(head);
        }
        return true;
    }

    void head(Head head, Head request, long now) {
        begun = true;
        Rewriter.answer(head, door.date().http());
        DebugFields.answer(head, request, journal, now);
        rate.tell(head, now);
        byte[] hsts = door.policy().hsts();
        if (hsts.length > 0 && client.peer().secure()) {
            head.drop(Known.STRICT_TRANSPORT_SECURITY);
            head.add(Known.STRICT_TRANSPORT_SECURITY, hsts);
        }
        client.sendHead(head);
    }

    /** Part of its body; takes ownership. */
    void body(ByteBuf data) {
        journal.bytesOut += data.readableBytes();
        client.sendBody(data);
    }

    void end(@Nullable Head trailers) {
        ended = true;
        client.sendEnd(trailers);
    }

    // ---- our own ---------------------------------------------------------------

    /** What the client is told of this failure, with the request's id in it. */
    ErrorReplies.Reply error(Failure why, Head request, boolean identified) {
        if (!identified) {
            identify(request);
        }
        return door.errors().reply(why, request);
    }

    /** Where the client is sent instead; {@code null} when the request does not say which host it means. */
    ErrorReplies.@Nullable Reply redirect(Redirect redirect, Head request) {
        int host = request.find(Known.HOST);
        if (host < 0 && !redirect.namesHost()) {
            // Only HTTP/1.0 may leave it out, and a location needs one.
            return null;
        }
        byte[] location = redirect.location(
                client.peer().secure() ? "https" : "http",
                request.bytes(),
                host < 0 ? 0 : request.valueStart(host),
                host < 0 ? 0 : request.valueEnd(host),
                request.bytes(),
                request.targetStart(),
                request.targetEnd());
        identify(request);
        return ErrorReplies.redirect(redirect.status(), location);
    }

    private void identify(Head request) {
        Rewriter.identify(request, client.peer(), door.loop().random());
    }

    /** Sends a whole answer of our own; {@code close} ends the connection with it. */
    void whole(ErrorReplies.Reply reply, int status, Head request, boolean close) {
        begun = true;
        ended = true;
        journal.status = status;
        if (request.method() != Method.HEAD) {
            journal.bytesOut += reply.body().length;
        }
        long now = door.loop().now();
        client.sendReply(DebugFields.reply(rate.tell(strict(reply), now), request, journal, now), close);
    }

    private ErrorReplies.Reply strict(ErrorReplies.Reply reply) {
        byte[] hsts = door.policy().hsts();
        return hsts.length == 0 || !client.peer().secure()
                ? reply
                : reply.with("Strict-Transport-Security: " + new String(hsts, StandardCharsets.US_ASCII) + "\r\n");
    }
}
