package dev.fairlead.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AsciiTest {
    private static int plainly(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] < 0 || (bytes[at] >= 0x20 && bytes[at] != 0x7F))) {
            at++;
        }
        return at;
    }

    @Test
    void theFirstControlByteIsFoundWhateverStandsAround() {
        Cases.forAll(20_000, random -> {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            for (int i = 0; i < bytes.length; i++) {
                // Mostly none, so that there is something to search.
                if (random.nextInt(20) > 0) {
                    bytes[i] = (byte) (random.nextBoolean() ? bytes[i] | 0x80 : 0x20 + (bytes[i] & 0x7F) % 0x5F);
                }
            }
            int from = random.nextInt(bytes.length + 1);
            int to = random.nextInt(from, bytes.length + 1);
            assertThat(Ascii.control(bytes, from, to)).isEqualTo(plainly(bytes, from, to));
        });
    }

    @Test
    void everyPairOfBytesIsSearchedRight() {
        byte[] bytes = new byte[16];
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                java.util.Arrays.fill(bytes, (byte) 'x');
                bytes[3] = (byte) a;
                bytes[4] = (byte) b;
                assertThat(Ascii.control(bytes, 0, 16)).isEqualTo(plainly(bytes, 0, 16));
                assertThat(Ascii.control(bytes, 4, 5)).isEqualTo(plainly(bytes, 4, 5));
            }
        }
    }
}
