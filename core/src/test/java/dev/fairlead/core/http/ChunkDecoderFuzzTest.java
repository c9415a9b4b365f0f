package dev.fairlead.core.http;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/** Chunked bodies: never an exception, and read as the reference reads them. */
@Tag("fuzz")
class ChunkDecoderFuzzTest {
    @FuzzTest
    void chunksAreReadAsTheReferenceReadsThem(byte[] bytes) {
        Agreement.onChunked(Wire.text(bytes));
    }
}
