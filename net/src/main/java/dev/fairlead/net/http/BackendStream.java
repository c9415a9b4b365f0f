package dev.fairlead.net.http;

/** The backend's side of an exchange: an {@link HttpStream} that can change hands before its answer has begun. */
public interface BackendStream extends HttpStream {
    /** From now on {@code other} is told what comes of it, if only the head that is just being told. */
    void passTo(Asker other);
}
