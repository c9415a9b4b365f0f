package dev.fairlead.server.load;

import dev.fairlead.core.config.BackendTlsConfig;
import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.FilePath;
import dev.fairlead.core.config.Paths;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.core.config.Rules;
import dev.fairlead.core.config.TlsConfig;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.core.tls.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What must hold of the certificates that a configuration names. Pure functions but for reading the files. */
final class Certificates {
    private static final long SOON_DAYS = 30;
    private static final int TICKET_KEY = 48;

    private Certificates() {}

    static List<Problem> check(Config config, Rules.Known known, WallClock wall) {
        List<Problem> problems = new ArrayList<>();
        config.listeners().forEach((name, listener) -> {
            TlsConfig tls = listener.tls();
            String path = Paths.key("listeners", name) + ".tls";
            if (tls == null || known.broken(path)) {
                return;
            }
            for (int i = 0; i < tls.certificates().size() && !known.broken(path + ".certificates"); i++) {
                Problem problem = check(tls.certificates().get(i), Paths.item(path + ".certificates", i), known, wall);
                if (problem != null) {
                    problems.add(problem);
                }
            }
            others(tls, path, known, problems);
        });
        config.pools().forEach((name, pool) -> {
            String path = Paths.key("pools", name) + ".tls";
            if (pool.tls().enabled() && !known.broken(path)) {
                backends(pool.tls(), path, known, wall, problems);
            }
        });
        return problems;
    }

    private static void backends(
            BackendTlsConfig tls, String path, Rules.Known known, WallClock wall, List<Problem> problems) {
        FilePath ca = tls.ca();
        if (ca != null && !known.broken(path + ".ca")) {
            try {
                CertificateFiles.authorities(ca);
            } catch (CertificateFiles.Unusable e) {
                problems.add(problem(
                        ProblemKind.BAD_CERTIFICATE,
                        path + ".ca",
                        e.file() + ", " + e.getMessage(),
                        "certificates in PEM"));
            }
        }
        FilePath cert = tls.cert();
        if (cert != null) {
            Problem problem = check(new TlsConfig.CertificateConfig(cert, tls.key()), path, known, wall);
            if (problem != null) {
                problems.add(problem);
            }
        } else if (tls.key() != null && !known.broken(path + ".cert")) {
            problems.add(problem(ProblemKind.CONTRADICTION, path + ".key", "`key` without `cert`", "both, or `cert`"));
        }
    }

    private static void others(TlsConfig tls, String path, Rules.Known known, List<Problem> problems) {
        TlsConfig.ClientsConfig clients = tls.clients();
        if (clients != null && !known.broken(path + ".clients.ca") && !known.broken(path + ".clients.crl")) {
            try {
                CertificateFiles.read(clients);
            } catch (CertificateFiles.Unusable e) {
                boolean ca = e.file().equals(clients.ca());
                problems.add(problem(
                        ProblemKind.BAD_CERTIFICATE,
                        path + (ca ? ".clients.ca" : ".clients.crl"),
                        e.file() + ", " + e.getMessage(),
                        ca ? "certificates in PEM" : "revocation lists in PEM"));
            }
        }
        FilePath tickets = tls.ticketKeys();
        if (tickets != null && !known.broken(path + ".ticket-keys")) {
            try {
                CertificateFiles.tickets(tickets, TICKET_KEY);
            } catch (CertificateFiles.Unusable e) {
                problems.add(problem(
                        ProblemKind.BAD_CERTIFICATE,
                        path + ".ticket-keys",
                        e.file() + ", " + e.getMessage(),
                        "keys of " + TICKET_KEY + " bytes in Base64"));
            }
        }
        FilePath log = tls.keyLog();
        if (log != null && !known.broken(path + ".key-log")) {
            problems.add(problem(
                    ProblemKind.KEYS_LOGGED, path + ".key-log", log.toString(), "no key log, but for debugging"));
        }
    }

    private static @Nullable Problem check(
            TlsConfig.CertificateConfig config, String path, Rules.Known known, WallClock wall) {
        if (known.broken(path + ".cert") || known.broken(path + ".key")) {
            return null;
        }
        try {
            Pair pair = CertificateFiles.read(config);
            long now = wall.epochMillis();
            String expected = "valid for at least " + SOON_DAYS + " days";
            if (pair.notBefore() > now) {
                String found = config.cert() + ", not valid before "
                        + pair.certificate().getNotBefore().toInstant();
                return problem(ProblemKind.CERTIFICATE_EXPIRES, path + ".cert", found, expected);
            }
            return pair.notAfter() - now > TimeUnit.DAYS.toMillis(SOON_DAYS)
                    ? null
                    : problem(
                            ProblemKind.CERTIFICATE_EXPIRES,
                            path + ".cert",
                            config.cert() + ", valid until "
                                    + pair.certificate().getNotAfter().toInstant(),
                            expected);
        } catch (CertificateFiles.Unusable e) {
            return problem(
                    ProblemKind.BAD_CERTIFICATE,
                    path + (e.ofKey() ? ".key" : ".cert"),
                    e.file() + ", " + e.getMessage(),
                    e.ofKey() ? "the certificate's private key, in PEM" : "a certificate in PEM");
        }
    }

    private static Problem problem(ProblemKind kind, String path, String found, String expected) {
        return new Problem(kind, "", 0, 0, path, found, expected, null, "");
    }
}
