package dev.fairlead.core.fail;

/**
 * Every way an exchange can go wrong: on which side, what the client is told, and whether another backend may be tried.
 *
 * <p>Immutable. {@link #code()} is the stable word used in access logs, metrics and answers; adding a kind of failure
 * means adding one constant here.
 */
public enum Failure {
    BAD_REQUEST(Side.CLIENT, 400, Retry.NEVER, "the request is malformed"),
    BAD_FRAMING(Side.CLIENT, 400, Retry.NEVER, "the request's length is ambiguous or invalid"),
    BAD_HOST(Side.CLIENT, 400, Retry.NEVER, "the Host field is missing, repeated or invalid"),
    BAD_TARGET(Side.CLIENT, 400, Retry.NEVER, "the request target is invalid"),
    BAD_CHUNK(Side.CLIENT, 400, Retry.NEVER, "the chunked request body is malformed"),
    BAD_TRAILER(Side.CLIENT, 400, Retry.NEVER, "a trailer field of the request is invalid"),
    URI_TOO_LONG(Side.CLIENT, 414, Retry.NEVER, "the request line is too long"),
    HEAD_TOO_LARGE(Side.CLIENT, 431, Retry.NEVER, "the request head is too large or has too many fields"),
    BODY_TOO_LARGE(Side.CLIENT, 413, Retry.NEVER, "the request body is too large"),
    VERSION_NOT_SUPPORTED(Side.CLIENT, 505, Retry.NEVER, "the HTTP version is not supported"),
    METHOD_NOT_ALLOWED(Side.CLIENT, 405, Retry.NEVER, "the method is not allowed here"),
    METHOD_NOT_IMPLEMENTED(Side.CLIENT, 501, Retry.NEVER, "the method or transfer coding is not implemented"),
    EXPECTATION_FAILED(Side.CLIENT, 417, Retry.NEVER, "the expectation cannot be met"),
    HEAD_TIMEOUT(Side.CLIENT, 408, Retry.NEVER, "the request head took too long"),
    BODY_TIMEOUT(Side.CLIENT, 408, Retry.NEVER, "the request body stalled"),
    BODY_TOO_SLOW(Side.CLIENT, 408, Retry.NEVER, "the request body came too slowly"),
    ANSWER_NOT_READ(Side.CLIENT, 499, Retry.NEVER, "the client stopped reading the answer"),
    ANSWER_READ_TOO_SLOW(Side.CLIENT, 499, Retry.NEVER, "the client read the answer too slowly"),
    TUNNEL_IDLE(Side.CLIENT, 408, Retry.NEVER, "nothing moved on the upgraded connection"),
    CLIENT_GONE(Side.CLIENT, 499, Retry.NEVER, "the client closed the connection"),
    LEFT_QUEUE(Side.CLIENT, 499, Retry.NEVER, "the client left while its request waited for a place"),
    RATE_LIMITED(Side.CLIENT, 429, Retry.NEVER, "more requests than the rate limit allows"),

    NO_ROUTE(Side.SELF, 404, Retry.NEVER, "no route matches this host and path"),
    POOL_EMPTY(Side.SELF, 503, Retry.NEVER, "the pool has no backends"),
    ALL_DOWN(Side.SELF, 503, Retry.NEVER, "no backend is healthy"),
    ALL_OUT(Side.SELF, 503, Retry.NEVER, "every backend is drained, in maintenance or without weight"),
    ALL_BUSY(Side.SELF, 503, Retry.NEVER, "every backend is at its cap"),
    QUEUE_FULL(Side.SELF, 503, Retry.NEVER, "every backend is at its cap, and so is the queue for them"),
    QUEUE_TIMEOUT(Side.SELF, 503, Retry.NEVER, "no backend had a place in time"),
    ALL_TRIED(Side.SELF, 502, Retry.NEVER, "every backend was tried"),
    STOPPING(Side.SELF, 503, Retry.NEVER, "the balancer is stopping"),
    DRAIN_CUT(Side.SELF, 503, Retry.IF_IDEMPOTENT, "the backend was drained, and its time to finish was over"),
    NO_SOCKET(Side.SELF, 503, Retry.NEVER, "the balancer has no socket left for a connection"),
    OVERLOADED(Side.SELF, 503, Retry.NEVER, "the balancer has as many requests in work as it may"),
    BUFFERS_FULL(Side.SELF, 503, Retry.NEVER, "the balancer holds as many bytes as it may"),
    SPILL_FULL(Side.SELF, 503, Retry.NEVER, "the balancer has no room left on disk for request bodies"),
    INTERNAL(Side.SELF, 500, Retry.NEVER, "an internal error"),

    CONNECT_REFUSED(Side.BACKEND, 503, Retry.SAFE, "the backend refused the connection"),
    CONNECT_TIMEOUT(Side.BACKEND, 504, Retry.SAFE, "connecting to the backend took too long"),
    CONNECT_FAILED(Side.BACKEND, 503, Retry.SAFE, "the backend cannot be reached"),
    BACKEND_TLS(Side.BACKEND, 502, Retry.SAFE, "the TLS handshake with the backend failed"),
    BACKEND_STALE(Side.BACKEND, 502, Retry.IF_UNTOUCHED, "the backend closed a kept connection"),
    BACKEND_CLOSED(Side.BACKEND, 502, Retry.IF_IDEMPOTENT, "the backend closed before answering"),
    BACKEND_RESET(Side.BACKEND, 502, Retry.IF_IDEMPOTENT, "the backend reset the connection"),
    FIRST_BYTE_TIMEOUT(Side.BACKEND, 504, Retry.IF_IDEMPOTENT, "the backend did not answer in time"),
    EXCHANGE_TIMEOUT(Side.BACKEND, 504, Retry.NEVER, "request and answer took longer than they may"),
    BAD_ANSWER(Side.BACKEND, 502, Retry.NEVER, "the backend's answer is malformed"),
    ANSWER_HEAD_TOO_LARGE(Side.BACKEND, 502, Retry.NEVER, "the backend's answer head is too large"),
    ANSWER_TRUNCATED(Side.BACKEND, 502, Retry.NEVER, "the backend's answer ended early"),
    ANSWER_STALLED(Side.BACKEND, 504, Retry.NEVER, "the backend's answer stalled");

    /** Who is at fault. */
    public enum Side {
        CLIENT,
        SELF,
        BACKEND
    }

    /** What must hold for the request to be sent to another backend. */
    public enum Retry {
        /** Nothing reached a backend: any method. */
        SAFE,
        /** A kept connection was closed: any method if no byte was written, else an idempotent one. */
        IF_UNTOUCHED,
        /** The backend may have acted: idempotent methods with a replayable body only. */
        IF_IDEMPOTENT,
        NEVER
    }

    private final Side side;
    private final int status;
    private final Retry retry;
    private final String text;
    private final String code;

    Failure(Side side, int status, Retry retry, String text) {
        this.side = side;
        this.status = status;
        this.retry = retry;
        this.text = text;
        this.code = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** Who is at fault. */
    public Side side() {
        return side;
    }

    /** The HTTP status a client gets, or 499 where the client is past hearing one. */
    public int status() {
        return status;
    }

    /** What must hold for another try. */
    public Retry retry() {
        return retry;
    }

    /** One clause for people, without a full stop. */
    public String text() {
        return text;
    }

    /** The stable word for logs and metrics, such as {@code connect-refused}. */
    public String code() {
        return code;
    }
}
