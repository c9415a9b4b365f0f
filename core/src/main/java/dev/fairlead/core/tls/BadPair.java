package dev.fairlead.core.tls;

/** A certificate or its key cannot be used; the message says why, for the operator. */
public final class BadPair extends Exception {
    private static final long serialVersionUID = 1;

    /** Whose fault it is. */
    public enum Part {
        CERTIFICATE,
        KEY
    }

    private final Part part;

    BadPair(Part part, String why) {
        super(why);
        this.part = part;
    }

    /** Whose fault it is. */
    public Part part() {
        return part;
    }
}
