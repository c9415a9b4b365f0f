package dev.fairlead.server.ocsp;

import java.util.Locale;

/** How asking a responder can end. */
public enum Fetched {
    /** The certificate is good. */
    GOOD,
    /** The certificate is revoked. */
    REVOKED,
    /** No connection, or it broke. */
    UNREACHABLE,
    /** No answer in time. */
    LATE,
    /** The responder has no answer, or none for this certificate, or says so with its HTTP status. */
    REFUSED,
    /** More than an answer may have. */
    TOO_LARGE,
    /** Something that is no answer about the certificate, or not one that its issuer stands for, or not one that holds now. */
    BAD;

    /** As it stands in labels and JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
