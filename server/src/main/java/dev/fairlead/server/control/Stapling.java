package dev.fairlead.server.control;

import dev.fairlead.core.tls.OcspQuery;
import dev.fairlead.core.tls.OcspTerms;
import dev.fairlead.core.tls.Pair;
import dev.fairlead.net.tls.CertStore.Shown;
import dev.fairlead.server.ocsp.StaplePicture;
import dev.fairlead.server.ocsp.StaplePicture.State;
import dev.fairlead.server.ocsp.Stapled;
import dev.fairlead.server.ocsp.Staples;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The OCSP answers of one listener's certificates: which of them are wanted, and why not. Confined to its {@link Secured}. */
final class Stapling {
    private static final Logger LOG = LoggerFactory.getLogger(Stapling.class);

    /** What is done about one certificate; without {@code stapled} nothing is, for {@code why}. */
    private record Held(OcspTerms terms, @Nullable Stapled stapled, State why) {}

    private final String listener;
    private final boolean wanted;
    private final boolean able;
    private final Staples staples;
    private final Map<Pair, Held> all = new HashMap<>();

    /**
     * Makes one without any certificates.
     *
     * @param wanted whether the configuration wants answers to be stapled
     * @param able whether who does TLS can
     */
    Stapling(String listener, boolean wanted, boolean able, Staples staples) {
        this.listener = listener;
        this.wanted = wanted;
        this.able = able;
        this.staples = staples;
    }

    /** What clients are shown with these certificates, for which answers are asked for from now on. */
    List<Shown> shown(List<Pair> pairs) {
        return pairs.stream()
                .map(pair -> {
                    Stapled stapled = all.computeIfAbsent(pair, this::held).stapled();
                    return new Shown(pair, stapled == null ? null : stapled.staple());
                })
                .toList();
    }

    private Held held(Pair pair) {
        OcspTerms terms = OcspTerms.of(pair);
        OcspQuery query = terms.query();
        if (query != null && wanted && able) {
            return new Held(terms, staples.hold(query, pair.toString(), terms.mustStaple()), State.WAITING);
        }
        State why = !wanted ? State.OFF : query == null ? State.NO_ISSUER : State.UNSUPPORTED;
        tell(pair, terms, why);
        return new Held(terms, null, why);
    }

    private void tell(Pair pair, OcspTerms terms, State why) {
        String words = "it names no responder that is asked over plain HTTP";
        if (terms.responder() != null) {
            words = switch (why) {
                case OFF -> "tls.ocsp is off";
                case NO_ISSUER -> "the file of the certificate must hold that of its issuer, too";
                default -> "Java's own TLS, which is in use here, does not do it";
            };
        }
        if (terms.mustStaple()) {
            LOG.warn(
                    "listener {}: {} tells clients to insist on a stapled OCSP answer (Must-Staple), and there is none: {}",
                    listener,
                    pair,
                    words);
        } else if (terms.responder() != null && why != State.OFF) {
            LOG.info("listener {}: {}: no OCSP answer is stapled: {}", listener, pair, words);
        }
    }

    /** Others than these are wanted no more. */
    void only(Collection<Pair> pairs) {
        all.entrySet().removeIf(entry -> {
            boolean gone = !pairs.contains(entry.getKey());
            Stapled stapled = entry.getValue().stapled();
            if (gone && stapled != null) {
                staples.drop(stapled);
            }
            return gone;
        });
    }

    /** How it stands with one; {@code null} where it names no responder. */
    @Nullable
    StaplePicture picture(Pair pair) {
        Held held = all.get(pair);
        if (held == null || held.terms().responder() == null) {
            return null;
        }
        Stapled stapled = held.stapled();
        return stapled == null
                ? StaplePicture.without(
                        held.terms().responder().toString(),
                        held.why(),
                        held.terms().mustStaple())
                : staples.picture(stapled);
    }
}
