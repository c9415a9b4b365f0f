package dev.fairlead.net.tls;

import java.util.Locale;

/** How a client's handshake can end. */
public enum HandshakeResult {
    /** A new session. */
    FULL,
    /** An earlier session went on. */
    RESUMED,
    /** None of ours: the connection was passed on by its name, for a backend to answer. */
    PASSED,
    /** No TLS was spoken; with plain HTTP the client was told. */
    NOT_TLS,
    /** What came was no hello, or a damaged one. */
    BAD_HELLO,
    /** Nobody here has the name that the client asked for, and it is to be refused. */
    UNKNOWN_NAME,
    /** The client speaks none of our protocols. */
    NO_PROTOCOL,
    /** No version, cipher or kind of certificate in common, a certificate the client did not like, or nonsense. */
    FAILED,
    /** It took longer than {@code timeouts.handshake}. */
    LATE,
    /** The client went. */
    GONE,
    /** One more than {@code limits.handshakes}. */
    TOO_MANY;

    /** As it stands in labels and JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
