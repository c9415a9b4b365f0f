package dev.fairlead.core.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Whether a certificate is for a name, and how it is called in messages (RFC 9525). Pure functions. */
public final class Names {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;

    private Names() {}

    /** Whether it is for this host name or address. Common names do not count. */
    public static boolean fits(X509Certificate certificate, String host) {
        String wanted = host.toLowerCase(Locale.ROOT);
        return all(certificate).stream().anyMatch(name -> same(name, wanted));
    }

    private static boolean same(String name, String wanted) {
        if (name.startsWith("*.")) {
            int dot = wanted.indexOf('.');
            // A star stands for one label, and not for part of an address.
            return dot > 0 && wanted.substring(dot).equals(name.substring(1)) && !wanted.matches("[0-9.]+");
        }
        return name.equals(wanted);
    }

    /** Host names and addresses it is for, in lower case. */
    static List<String> all(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives =
                    Objects.requireNonNullElse(certificate.getSubjectAlternativeNames(), List.of());
            for (List<?> alternative : alternatives) {
                if (alternative.get(0) instanceof Integer type && (type == DNS || type == ADDRESS)) {
                    names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
                }
            }
        } catch (CertificateParsingException e) {
            // Then it is for nobody.
            return List.of();
        }
        return names;
    }

    /** Such as {@code certificate for CN=a (issuer CN=b, serial 1f)}. */
    public static String of(X509Certificate certificate) {
        return "certificate for " + certificate.getSubjectX500Principal().getName() + " (issuer "
                + certificate.getIssuerX500Principal().getName() + ", serial "
                + certificate.getSerialNumber().toString(16) + ")";
    }
}
