package dev.fairlead.net.http;

/** The client's side of an exchange: an {@link HttpStream} that can also be answered by the balancer itself. */
public interface ClientStream extends HttpStream {
    /**
     * Answers whole. Ends the answer.
     *
     * @param close whether the connection cannot go on after it
     */
    void sendReply(ErrorReplies.Reply reply, boolean close);

    /** The connection ends with the present answer, whose head is not out yet and will say so. */
    void last();

    /** Whether the client can take interim answers. */
    boolean takesInterim();

    /** The exchange is finished and forgets this stream; the connection may go on with the next. */
    void exchangeDone();

    /** Whether the client has ended its side, or left altogether, as far as can be seen. */
    boolean ending();

    /** Who is there. */
    Peer peer();
}
