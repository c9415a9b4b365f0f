package dev.fairlead.server.ocsp;

/** A responder gave nothing that could be an answer; the message says what instead, for the operator. */
final class NoAnswer extends Exception {
    private static final long serialVersionUID = 1;

    private final Fetched how;

    NoAnswer(Fetched how, String why) {
        super(why);
        this.how = how;
    }

    Fetched how() {
        return how;
    }
}
