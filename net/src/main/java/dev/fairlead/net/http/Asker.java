package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Head;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Who asks a backend: sends a request through one of its streams and is told here what comes of it, whatever the protocol.
 *
 * <p>Confined to one event loop. What was asked of a {@link Connector} is answered by one call of {@link #onBackendReady} or
 * {@link #onConnectFailed}; a stream then ends with {@link #onAnswerEnd}, with {@link #onBackendFailed}, or with
 * {@link HttpStream#cut}, after which it tells nothing more. Heads and trailers stay the stream's, buffers change hands.
 */
public interface Asker {
    /** A stream to the leased backend is there; {@code kept} when its connection has served before. */
    void onBackendReady(BackendStream stream, boolean kept);

    /** No stream to the leased backend can be had. */
    void onConnectFailed(Failure why);

    /** An interim answer (1xx, not 101). */
    void onInterim(Head head);

    /** The answer's head. */
    void onAnswerHead(Head head);

    /** Part of the answer's body; takes ownership. */
    void onAnswerBody(ByteBuf data);

    /** The answer is whole. In a tunnel: the backend has ended its side. */
    void onAnswerEnd(@Nullable Head trailers);

    /**
     * The stream is over before the answer was whole, or answered what cannot be passed on.
     *
     * @param untouched whether it is certain that the backend saw no whole request head
     */
    void onBackendFailed(Failure why, boolean untouched);

    /** The stream takes more again. */
    void onBackendWritable();

    /** Nothing more comes for now: what was passed on is to be handed to the kernel. */
    void flushClient();

    /**
     * Whether it waits for the first byte of an answer and another backend could give it one; asked when its backend has
     * gone down, which may still answer.
     */
    boolean movable();
}
