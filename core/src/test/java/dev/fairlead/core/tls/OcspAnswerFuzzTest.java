package dev.fairlead.core.tls;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Tag;

/** Answers of responders: whatever they are, they are taken or a {@link BadAnswer}, and only with the issuer's signature. */
@Tag("fuzz")
class OcspAnswerFuzzTest {
    private static final OcspQuery QUERY = OcspAnswerTest.query(
            new String(OcspAnswerTest.file("ocsp-chain.pem"), StandardCharsets.US_ASCII),
            new String(OcspAnswerTest.file("ocsp-leaf.key"), StandardCharsets.US_ASCII));
    private static final long NOW = Instant.parse("2026-11-25T00:00:00Z").toEpochMilli();

    @FuzzTest
    void nothingElseIsThrown(byte[] bytes) {
        try {
            OcspAnswer answer = OcspAnswer.read(bytes, QUERY, NOW);
            if (answer.nextUpdate() <= NOW || answer.thisUpdate() > NOW + 300_000) {
                throw new AssertionError("taken: " + answer);
            }
        } catch (BadAnswer e) {
            // As it should be.
        }
    }
}
