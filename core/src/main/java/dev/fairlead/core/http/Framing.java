package dev.fairlead.core.http;

/** How the end of a message's body is told (RFC 9112 section 6.3). */
public enum Framing {
    /** There is no body. */
    NONE,
    /** As many bytes as {@link Head#contentLength()} says. */
    LENGTH,
    /** The chunked coding, with trailers. */
    CHUNKED,
    /** Answers only: until the connection closes. */
    UNTIL_CLOSE
}
