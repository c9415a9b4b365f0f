package dev.fairlead.core.tls;

/** What a responder sent is no answer about a certificate that could be shown to anyone; the message says why, for the operator. */
public final class BadAnswer extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean refused;

    BadAnswer(boolean refused, String why) {
        super(why);
        this.refused = refused;
    }

    /** Whether the responder itself said that it has no answer. */
    public boolean refused() {
        return refused;
    }
}
