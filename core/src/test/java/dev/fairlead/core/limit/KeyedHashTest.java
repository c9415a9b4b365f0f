package dev.fairlead.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

class KeyedHashTest {
    private final KeyedHash paper = new KeyedHash(0x0706050403020100L, 0x0F0E0D0C0B0A0908L);

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    @Test
    void publishedValuesOfSipHash() {
        assertThat(paper.of(counting(0), 0, 0)).isEqualTo(0x726FDB47DD0E0E31L);
        assertThat(paper.of(counting(1), 0, 1)).isEqualTo(0x74F839C593DC67FDL);
        assertThat(paper.of(counting(8), 0, 8)).isEqualTo(0x93F5F5799A932462L);
        assertThat(paper.of(counting(15), 0, 15)).isEqualTo(0xA129CA6149BE45E5L);
    }

    @Test
    void onlyTheRangeCounts() {
        byte[] whole = counting(80);
        for (int length = 0; length < 40; length++) {
            byte[] part = new byte[length];
            System.arraycopy(whole, 17, part, 0, length);
            assertThat(paper.of(whole, 17, 17 + length)).isEqualTo(paper.of(part, 0, length));
        }
    }

    @Test
    void anotherSecretAndAnotherLengthMakeAnotherHash() {
        byte[] zeros = new byte[64];
        var seen = new HashSet<Long>();
        for (int secret = 0; secret < 8; secret++) {
            for (int length = 0; length <= 64; length++) {
                seen.add(new KeyedHash(secret, -secret).of(zeros, 0, length));
            }
        }
        assertThat(seen).hasSize(8 * 65);
    }
}
