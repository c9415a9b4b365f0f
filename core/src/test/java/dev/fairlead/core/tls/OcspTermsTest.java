package dev.fairlead.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.testkit.OcspAuthority;
import dev.fairlead.testkit.OcspAuthority.Holder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is asked about a certificate, and how. */
class OcspTermsTest {
    private static final long NOW = Instant.parse("2030-05-01T12:00:00Z").toEpochMilli();
    private static final OcspAuthority AUTHORITY =
            OcspAuthority.create("Authority", NOW - 86_400_000, NOW + 86_400_000);

    private static OcspTerms terms(Holder leaf, String behind) throws BadPair {
        return OcspTerms.of(Pair.of(leaf.cert() + behind, leaf.key()));
    }

    private static OcspTerms terms(String... responders) throws BadPair {
        return terms(
                AUTHORITY.leaf("a.example", false, responders), AUTHORITY.self().cert());
    }

    private static OcspQuery query(String responder) throws BadPair {
        return Objects.requireNonNull(terms(responder).query());
    }

    @Test
    void theFirstPlainHttpResponderOfACertificateOfOpensslIsAsked() throws BadPair {
        String chain = new String(OcspAnswerTest.file("ocsp-chain.pem"), StandardCharsets.US_ASCII);
        String key = new String(OcspAnswerTest.file("ocsp-leaf.key"), StandardCharsets.US_ASCII);
        OcspTerms terms = OcspTerms.of(Pair.of(chain, key));

        assertThat(terms.responder()).isEqualTo(URI.create("http://ocsp.example:8080/answers"));
        assertThat(terms.mustStaple()).isTrue();
        OcspQuery query = Objects.requireNonNull(terms.query());
        assertThat(query.request()).isEqualTo(OcspAnswerTest.file("ocsp-request.der"));
        String encoded = Base64.getEncoder()
                .encodeToString(OcspAnswerTest.file("ocsp-request.der"))
                .replace("+", "%2B")
                .replace("/", "%2F")
                .replace("=", "%3D");
        assertThat(query.get()).isEqualTo(URI.create("http://ocsp.example:8080/answers/" + encoded));
    }

    @Test
    void aCertificateThatNamesNobodyAsksNobody() throws BadPair {
        assertThat(terms()).isEqualTo(new OcspTerms(null, null, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://ocsp.example/",
                "ldap://ocsp.example/",
                "file:///etc/passwd",
                "http:///",
                "http:ocsp",
                "http://user@ocsp.example/",
                "http://ocsp.example:0/",
                "http://ocsp.example:70000/",
                "http://ocsp.example/#a",
                "http://ocsp.example/a b",
                "http://ocsp.example/\r\nHost: other",
                "ocsp.example",
                ""
            })
    void whatIsNotPlainHttpIsNotAsked(String responder) throws BadPair {
        assertThat(terms(responder).responder()).isNull();
        assertThat(terms(responder, "http://b.example").responder()).isEqualTo(URI.create("http://b.example"));
    }

    @Test
    void theIssuerMustBeInTheChainAndHaveSigned() throws BadPair {
        Holder leaf = AUTHORITY.leaf("a.example", true, "http://ocsp.example");
        OcspAuthority namesake = OcspAuthority.create("Authority", NOW - 86_400_000, NOW + 86_400_000);

        assertThat(terms(leaf, "")).isEqualTo(new OcspTerms(URI.create("http://ocsp.example"), null, true));
        assertThat(terms(leaf, namesake.self().cert()).query()).isNull();
        OcspQuery query = Objects.requireNonNull(
                terms(leaf, namesake.self().cert() + AUTHORITY.self().cert()).query());
        assertThat(query.issuer()).isEqualTo(AUTHORITY.self().certificate());
        assertThat(query.leaf()).isEqualTo(leaf.certificate());
    }

    @Test
    void longQuestionsAndThoseWithAQueryAreNotAskedByGet() throws BadPair {
        assertThat(Objects.requireNonNull(query("http://a.example").get()).toString())
                .startsWith("http://a.example/ME");
        assertThat(Objects.requireNonNull(query("http://a.example/x/").get()).toString())
                .startsWith("http://a.example/x/ME");
        assertThat(query("http://a.example/?q").get()).isNull();
    }
}
