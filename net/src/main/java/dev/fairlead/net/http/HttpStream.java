package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Head;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One side of an exchange as the {@link Exchange} sees it, whatever the protocol: on the client's side answers go out
 * through it, on the backend's side requests do. What comes in is told to the exchange, on the backend's side as an
 * {@link Asker}.
 *
 * <p>Confined to its event loop. Calls come in the order head, bodies, end; a side that has ended or was cut ignores
 * nothing and expects no further call.
 */
public interface HttpStream {
    /** Sends the head, which already has its framing; the head stays the caller's. */
    void sendHead(Head head);

    /** Sends an interim answer (1xx, not 101); towards backends unused. The head stays the caller's. */
    void sendInterim(Head head);

    /** Sends a part of the body; takes ownership of {@code data}. */
    void sendBody(ByteBuf data);

    /** Ends the message; the trailers, if any, stay the caller's. */
    void sendEnd(@Nullable Head trailers);

    /** Hands what was sent to the kernel. */
    void flush();

    /** Gives up: the peer must be able to tell that the message is not whole. Afterwards the stream is over. */
    void cut(Failure why);

    /** Whether more may be sent without piling up; {@code false} is followed by a call of the exchange when it may. */
    boolean writable();

    /** Whether the exchange wants what comes in on this side; {@code false} stops reading from the peer. */
    void demand(boolean wanted);

    /** From now on bytes are passed as they are, both ways (RFC 9110 section 7.8). */
    void tunnel();
}
