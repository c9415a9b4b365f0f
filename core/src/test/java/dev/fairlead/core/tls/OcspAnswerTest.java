package dev.fairlead.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fairlead.testkit.Asn1;
import dev.fairlead.testkit.OcspAuthority;
import dev.fairlead.testkit.OcspAuthority.About;
import dev.fairlead.testkit.OcspAuthority.Answer;
import dev.fairlead.testkit.OcspAuthority.Holder;
import dev.fairlead.testkit.OcspAuthority.Says;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers as openssl and as an authority of the tests' own write them: taken when they hold, and no other. */
class OcspAnswerTest {
    private static final long HOUR = 3_600_000L;
    private static final long NOW = Instant.parse("2030-05-01T12:00:00Z").toEpochMilli();
    private static final OcspAuthority AUTHORITY =
            OcspAuthority.create("Authority", NOW - 24 * HOUR, NOW + 24 * 365 * HOUR);
    private static final Holder LEAF = AUTHORITY.leaf("a.example", false, "http://ocsp.example/");

    static byte[] file(String name) {
        try (InputStream in = OcspAnswerTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    static OcspQuery query(String chain, String key) {
        try {
            return Objects.requireNonNull(OcspTerms.of(Pair.of(chain, key)).query());
        } catch (BadPair e) {
            throw new AssertionError(e);
        }
    }

    private static OcspQuery query(Holder leaf) {
        return query(leaf.cert() + AUTHORITY.self().cert(), leaf.key());
    }

    private static OcspQuery openssl() {
        return query(
                new String(file("ocsp-chain.pem"), StandardCharsets.US_ASCII),
                new String(file("ocsp-leaf.key"), StandardCharsets.US_ASCII));
    }

    private static Answer answer() {
        return AUTHORITY.answer(LEAF.certificate(), NOW);
    }

    private static OcspAnswer read(Answer answer) throws BadAnswer {
        return OcspAnswer.read(answer.bytes(), query(LEAF), NOW);
    }

    private static BadAnswer refused(byte[] bytes, OcspQuery query, long now) {
        return Objects.requireNonNull(
                catchThrowableOfType(BadAnswer.class, () -> OcspAnswer.read(bytes, query, now)), "it was taken");
    }

    private static String refused(Answer answer) {
        BadAnswer refused = refused(answer.bytes(), query(LEAF), NOW);
        assertThat(refused.refused()).isFalse();
        return String.valueOf(refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ocsp-own.der", "ocsp-delegated.der"})
    void whatOpensslSaysIsGood(String file) throws BadAnswer {
        OcspAnswer answer = OcspAnswer.read(
                file(file), openssl(), Instant.parse("2026-11-25T00:00:00Z").toEpochMilli());

        assertThat(answer.revoked()).isFalse();
        assertThat(answer.bytes()).isEqualTo(file(file));
        assertThat(answer.nextUpdate() - answer.thisUpdate()).isEqualTo(7 * 24 * HOUR);
        assertThat(Instant.ofEpochMilli(answer.thisUpdate())).isBetween("2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z");
    }

    @Test
    void whatOpensslSaysIsRevoked() throws BadAnswer {
        OcspAnswer answer = OcspAnswer.read(
                file("ocsp-revoked.der"),
                openssl(),
                Instant.parse("2026-11-25T00:00:00Z").toEpochMilli());

        assertThat(answer.revoked()).isTrue();
        assertThat(answer.revokedAt())
                .isEqualTo(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
    }

    @Test
    void eachByteOfASignedAnswerCounts() {
        OcspQuery query = openssl();
        long now = Instant.parse("2026-11-25T00:00:00Z").toEpochMilli();
        byte[] good = file("ocsp-delegated.der");
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 0x55;
            assertThat(refused(bad, query, now)).as("byte %d", i).hasMessageMatching("(?s).+");
        }
    }

    @ParameterizedTest
    @CsvSource({"GOOD, false", "REVOKED, true"})
    void bothVerdictsAreTaken(Says says, boolean revoked) throws BadAnswer {
        OcspAnswer answer = read(answer().saying(says));

        assertThat(answer.revoked()).isEqualTo(revoked);
        assertThat(answer.thisUpdate()).isEqualTo(NOW - HOUR);
        assertThat(answer.nextUpdate()).isEqualTo(NOW + HOUR);
    }

    @Test
    void anAnswerAboutSeveralIsTakenForTheOneThatWasAsked() throws BadAnswer {
        assertThat(read(answer().about(About.IT_AND_ANOTHER)).revoked()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = About.class,
            names = {"ANOTHER", "ANOTHER_KEY", "NOTHING"})
    void anAnswerAboutSomethingElseIsNone(About about) {
        assertThat(refused(answer().about(about))).isEqualTo("the answer is about another certificate");
    }

    @Test
    void anAnswerThatSpeaksTwiceIsNone() {
        assertThat(refused(answer().about(About.IT_TWICE))).isEqualTo("the answer speaks of the certificate twice");
    }

    @Test
    void whoeverIsAllowedToByTheIssuerMaySign() throws BadAnswer {
        assertThat(read(answer().by(AUTHORITY.delegate(true))).revoked()).isFalse();
    }

    @Test
    void nobodyElseMay() {
        OcspAuthority other = OcspAuthority.create("Authority", NOW - 24 * HOUR, NOW + 24 * 365 * HOUR);

        assertThat(refused(answer().by(AUTHORITY.delegate(false)))).startsWith("the answer cannot be verified: ");
        assertThat(refused(answer().by(other.delegate(true)))).startsWith("the answer cannot be verified: ");
        assertThat(refused(answer().by(LEAF))).startsWith("the answer cannot be verified: ");
        assertThat(refused(answer().forged())).startsWith("the answer cannot be verified: ");
    }

    @Test
    void aRevocationMustBeSignedAsWell() {
        assertThat(refused(answer().saying(Says.REVOKED).forged())).startsWith("the answer cannot be verified: ");
    }

    @Test
    void anAnswerHoldsUpToItsEndAndNoLonger() throws BadAnswer {
        byte[] bytes = answer().bytes();

        assertThat(OcspAnswer.read(bytes, query(LEAF), NOW + HOUR - 1).revoked())
                .isFalse();
        assertThat(refused(bytes, query(LEAF), NOW + HOUR)).hasMessage("the answer held until 2030-05-01T13:00:00Z");
        assertThat(refused(answer().between(NOW, NOW - 1000))).startsWith("the answer held until ");
    }

    @Test
    void aClockMayBeALittleAheadAndNotMore() throws BadAnswer {
        assertThat(read(answer().between(NOW + 5 * 60_000, NOW + HOUR)).revoked())
                .isFalse();
        assertThat(refused(answer().between(NOW + 5 * 60_000 + 1000, NOW + HOUR)))
                .isEqualTo("the answer holds only from 2030-05-01T12:05:01Z on");
    }

    @Test
    void withoutAnEndItIsNone() {
        assertThat(refused(answer().between(NOW, null)))
                .isEqualTo("the answer does not say until when it holds (nextUpdate)");
    }

    @ParameterizedTest
    @CsvSource({"1, malformedRequest", "3, tryLater", "6, unauthorized", "77, 77"})
    void aRefusalIsARefusal(int status, String word) {
        BadAnswer refused = refused(OcspAuthority.error(status), query(LEAF), NOW);

        assertThat(refused.refused()).isTrue();
        assertThat(refused).hasMessageContaining(word);
    }

    @Test
    void notToKnowItIsARefusal() {
        BadAnswer refused = refused(answer().saying(Says.UNKNOWN).bytes(), query(LEAF), NOW);

        assertThat(refused.refused()).isTrue();
        assertThat(refused).hasMessageContaining("does not know the certificate");
    }

    @Test
    void moreThanTheMostIsNotLookedAt() {
        byte[] padded = Asn1.of(0x30, answer().bytes(), new byte[OcspAnswer.MOST_BYTES]);

        assertThat(refused(padded, query(LEAF), NOW)).hasMessageContaining("more than 65536 bytes");
    }

    @Test
    void whateverIsCutIsNoAnswer() {
        byte[] good = answer().bytes();
        for (int length = 0; length < good.length; length++) {
            assertThat(refused(Arrays.copyOf(good, length), query(LEAF), NOW))
                    .hasMessageStartingWith("the answer cannot be read: ");
        }
        assertThat(refused(Arrays.copyOf(good, good.length + 1), query(LEAF), NOW))
                .hasMessageStartingWith("the answer cannot be read: ");
    }

    @Test
    void noiseInAnAnswerIsNeverMoreThanABadAnswer() {
        OcspQuery query = query(LEAF);
        byte[] good = answer().by(AUTHORITY.delegate(true)).bytes();
        var random = new SplittableRandom(7);
        for (int i = 0; i < 3_000; i++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(1, 5); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(OcspAnswer.read(bad, query, NOW).nextUpdate()).isEqualTo(NOW + HOUR);
            } catch (BadAnswer e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void nobodyIsAskedWhileAnAnswerIsVerified() throws Exception {
        try (var responder = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Holder leaf = AUTHORITY.leaf("b.example", false, "http://127.0.0.1:" + responder.getLocalPort() + "/");
            byte[] bytes = AUTHORITY
                    .answer(leaf.certificate(), NOW)
                    .by(AUTHORITY.delegate(true))
                    .bytes();
            assertThat(OcspAnswer.read(bytes, query(leaf), NOW).revoked()).isFalse();
            byte[] forged = AUTHORITY.answer(leaf.certificate(), NOW).forged().bytes();
            assertThat(refused(forged, query(leaf), NOW)).hasMessageStartingWith("the answer cannot be verified: ");

            // Whoever connected would be in the queue by now.
            responder.setSoTimeout(50);
            assertThat(catchThrowableOfType(SocketTimeoutException.class, responder::accept))
                    .isNotNull();
        }
    }
}
