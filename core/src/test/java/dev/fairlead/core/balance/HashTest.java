package dev.fairlead.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HashTest {
    @Test
    void publishedValuesOfXxh64() {
        assertThat(Hash.of("")).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(Hash.of("a")).isEqualTo(0xD24EC4F1A98C6E5BL);
        assertThat(Hash.of("abc")).isEqualTo(0x44BC2CF5AD770999L);
        assertThat(Hash.of("Nobody inspects the spammish repetition")).isEqualTo(0xFBCEA83C8A378BF1L);
    }

    @Test
    void onlyTheRangeCounts() {
        for (int length = 0; length < 100; length++) {
            byte[] bytes = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
            byte[] padded = new byte[length + 7];
            Arrays.fill(padded, (byte) 0xEE);
            System.arraycopy(bytes, 0, padded, 3, length);
            assertThat(Hash.of(padded, 3, 3 + length)).isEqualTo(Hash.of(bytes, 0, length));
        }
    }

    @Test
    void everyBitOfAKeyChangesAboutHalfOfTheHash() {
        byte[] bytes = "/images/logo.png?v=42".getBytes(StandardCharsets.US_ASCII);
        long hash = Hash.of(bytes, 0, bytes.length);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(Long.bitCount(hash ^ Hash.of(bytes, 0, bytes.length))).isBetween(14, 50);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void belowStaysBelow() {
        assertThat(Hash.below(0, 10)).isZero();
        assertThat(Hash.below(-1, 10)).isEqualTo(9);
        assertThat(Hash.below(Long.MIN_VALUE, 10)).isEqualTo(5);
        assertThat(Hash.below(-1, Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE - 1);
    }
}
