package dev.fairlead.core.fail;

/**
 * What one use of a backend came to, as the pool and the watchdog see it. Immutable.
 *
 * <p>Only {@link #blamesBackend()} outcomes count towards ejection: a client that leaves, a request that another
 * backend answered first, or one that never reached the backend, says nothing about the backend.
 */
public enum Outcome {
    /** An answer below 500 went through whole. */
    OK(false),
    /** The backend answered 500 to 599. */
    SERVER_ERROR(true),
    /** No connection could be made. */
    CONNECT_FAILED(true),
    /** The backend did not answer, or stalled, within its time. */
    TIMED_OUT(true),
    /** The backend closed or reset the connection before the answer was whole. */
    BROKEN(true),
    /** A kept connection turned out to be closed; the ordinary keep-alive race. */
    STALE(false),
    /** The client left first. */
    CLIENT_GONE(false),
    /** It was asked first and had not answered when another backend did. */
    OVERTAKEN(false),
    /** It was asked beside another backend, which answered first. */
    DROPPED(false),
    /** Nothing was sent. */
    UNUSED(false);

    private final boolean blamesBackend;

    Outcome(boolean blamesBackend) {
        this.blamesBackend = blamesBackend;
    }

    /** Whether this counts against the backend. */
    public boolean blamesBackend() {
        return blamesBackend;
    }

    /** The outcome of an answer with this status that went through whole. */
    public static Outcome ofStatus(int status) {
        return status >= 500 && status != 501 && status != 505 ? SERVER_ERROR : OK;
    }

    /** The outcome of a try that ended with {@code failure}. */
    public static Outcome of(Failure failure) {
        return switch (failure) {
            case CONNECT_REFUSED, CONNECT_TIMEOUT, CONNECT_FAILED, BACKEND_TLS -> CONNECT_FAILED;
            case FIRST_BYTE_TIMEOUT, ANSWER_STALLED, EXCHANGE_TIMEOUT -> TIMED_OUT;
            case BACKEND_STALE -> STALE;
            default ->
                switch (failure.side()) {
                    case BACKEND -> BROKEN;
                    case CLIENT -> CLIENT_GONE;
                    case SELF -> UNUSED;
                };
        };
    }
}
