package dev.fairlead.core.tls;

/** Bytes are not the ASN.1 values that were expected; the message says in what. */
final class BadDer extends Exception {
    private static final long serialVersionUID = 1;

    BadDer(String why) {
        super(why);
    }
}
