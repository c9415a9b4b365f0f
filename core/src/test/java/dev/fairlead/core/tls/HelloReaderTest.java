package dev.fairlead.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.tls.HelloReader.State;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelloReaderTest {
    private static final String[] BOTH = {"TLSv1.3", "TLSv1.2"};
    private static final byte[] HELLO = Hellos.of("WWW.Example.com", BOTH, "h2", "http/1.1");

    private static State read(byte[] bytes) {
        return new HelloReader().feed(bytes, 0, bytes.length);
    }

    private static ClientHello hello(byte[] bytes) {
        var reader = new HelloReader();
        assertThat(reader.feed(bytes, 0, bytes.length)).isEqualTo(State.WHOLE);
        return reader.hello();
    }

    @Test
    void aHelloSaysWhoIsMeantAndWhatIsSpoken() {
        ClientHello hello = hello(HELLO);

        assertThat(hello.serverName()).isEqualTo("www.example.com");
        assertThat(hello.protocols()).containsExactly("h2", "http/1.1");
        assertThat(hello.tls13()).isTrue();
        assertThat(hello.encrypted()).isFalse();
        assertThat(hello.takes(KeyKind.RSA)).isTrue();
        assertThat(hello.takes(KeyKind.EC_P256)).isTrue();
    }

    @Test
    void withoutNameAndProtocolsThereAreNone() {
        ClientHello hello = hello(Hellos.of("", new String[] {"TLSv1.2"}));

        assertThat(hello.serverName()).isNull();
        assertThat(hello.protocols()).isEmpty();
        assertThat(hello.tls13()).isFalse();
    }

    @Test
    void itIsTheSameWhereverItIsSplit() {
        ClientHello whole = hello(HELLO);
        for (int at = 1; at < HELLO.length; at++) {
            var reader = new HelloReader();
            assertThat(reader.feed(HELLO, 0, at)).isEqualTo(State.MORE);
            assertThat(reader.feed(HELLO, at, HELLO.length)).isEqualTo(State.WHOLE);
            assertThat(reader.hello()).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 17, 100, 200})
    void itIsTheSameInRecordsOfAnySize(int most) {
        assertThat(hello(Hellos.fragmented(HELLO, most))).isEqualTo(hello(HELLO));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n", "SSH-2.0", "\u0080.\u0001", "\u0016GET", "\u0015\u0003\u0001"})
    void whatIsNoTlsIsSeenAtItsFirstBytes(String text) {
        assertThat(read(text.getBytes(StandardCharsets.ISO_8859_1))).isEqualTo(State.NOT_TLS);
    }

    @Test
    void brokenRecordsAreBad() {
        assertThat(read(new byte[] {22, 3, 1, 0, 0})).isEqualTo(State.BAD);
        assertThat(read(new byte[] {22, 3, 1, 0x40, 1})).isEqualTo(State.BAD);
        // A server's hello.
        assertThat(read(new byte[] {22, 3, 1, 0, 4, 2, 0, 0, 0})).isEqualTo(State.BAD);
        // One that says it is longer than any may be.
        assertThat(read(new byte[] {22, 3, 1, 0, 4, 1, 0, 0x40, 0})).isEqualTo(State.BAD);
    }

    @Test
    void nothingMayFollowInItsRecord() {
        byte[] more = Arrays.copyOf(HELLO, HELLO.length + 1);
        int size = more.length - 5;
        more[3] = (byte) (size >>> 8);
        more[4] = (byte) size;

        assertThat(read(more)).isEqualTo(State.BAD);
    }

    @Test
    void whateverIsChangedItIsReadOrRefused() {
        RandomGenerator random = new java.util.SplittableRandom(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = HELLO.clone();
            for (int j = random.nextInt(1, 4); j > 0; j--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            assertThat(read(changed)).isNotNull();
        }
    }

    @Test
    void everyCutInsideTheMessageIsBadWithTheLengthsSetRight() {
        for (int length = 6; length < HELLO.length - 5 - 4; length++) {
            byte[] cut = Arrays.copyOf(HELLO, 5 + 4 + length);
            cut[3] = (byte) (length + 4 >>> 8);
            cut[4] = (byte) (length + 4);
            cut[7] = (byte) (length >>> 8);
            cut[8] = (byte) length;
            State state = read(cut);
            // Where extensions would begin it is a hello without any.
            assertThat(state).as("cut to %s", length).isIn(State.BAD, State.WHOLE);
        }
    }
}
