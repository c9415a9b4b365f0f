package dev.fairlead.server.load;

import dev.fairlead.core.config.Config;
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

    private Certificates() {}

    static List<Problem> check(Config config, Rules.Known known, WallClock wall) {
        List<Problem> problems = new ArrayList<>();
        config.listeners().forEach((name, listener) -> {
            TlsConfig tls = listener.tls();
            String path = Paths.key("listeners", name) + ".tls.certificates";
            if (tls != null && !known.broken(path)) {
                for (int i = 0; i < tls.certificates().size(); i++) {
                    Problem problem = check(tls.certificates().get(i), Paths.item(path, i), known, wall);
                    if (problem != null) {
                        problems.add(problem);
                    }
                }
            }
        });
        return problems;
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
