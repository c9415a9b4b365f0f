package dev.fairlead.server.ocsp;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with the OCSP answers about one certificate. Immutable.
 *
 * @param responder who is asked
 * @param until until when clients are shown the answer there is, in milliseconds since 1970; 0 when they are shown none
 * @param nextAt when the responder is asked next, in milliseconds since 1970; 0 for never
 * @param mustStaple whether clients are told to insist on an answer
 * @param problem why the last question brought nothing; {@code null} when it did, or none was asked
 */
public record StaplePicture(
        String responder,
        State state,
        long until,
        long nextAt,
        boolean mustStaple,
        @Nullable String problem) {
    /** What clients are shown, or why they are shown nothing. */
    public enum State {
        /** That the certificate is good. */
        GOOD,
        /** That it is revoked. */
        REVOKED,
        /** Nothing: the first answer has not come yet. */
        WAITING,
        /** Nothing: there is no answer that holds. */
        NONE,
        /** Nothing: the certificate's file has not that of its issuer. */
        NO_ISSUER,
        /** Nothing: who does TLS here cannot. */
        UNSUPPORTED,
        /** Nothing: the configuration does not want it. */
        OFF;

        /** As it stands in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** One about which nobody is asked. */
    public static StaplePicture without(String responder, State why, boolean mustStaple) {
        return new StaplePicture(responder, why, 0, 0, mustStaple, null);
    }
}
