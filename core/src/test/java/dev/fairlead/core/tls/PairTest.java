package dev.fairlead.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fairlead.core.tls.BadPair.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates and keys as openssl writes them. */
class PairTest {
    private static String file(String name) {
        try (InputStream in = PairTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    private static BadPair refused(String certificates, String keys) {
        return Objects.requireNonNull(catchThrowableOfType(BadPair.class, () -> Pair.of(certificates, keys)));
    }

    @ParameterizedTest
    @CsvSource({
        "ec.pem, ec-sec1.key, EC_P256",
        "ec.pem, ec-pkcs8.key, EC_P256",
        "ec-params.pem, ec-params.key, EC_P256",
        "ec384.pem, ec384.key, EC_P384",
        "rsa.pem, rsa-pkcs1.key, RSA",
        "rsa.pem, rsa-pkcs8.key, RSA",
        "ed25519.pem, ed25519.key, ED25519",
    })
    void everyUsualFormOfKeyIsRead(String certificate, String key, KeyKind kind) throws BadPair {
        Pair pair = Pair.of(file(certificate), file(key));

        assertThat(pair.kind()).isEqualTo(kind);
        assertThat(pair.chain()).hasSize(1);
    }

    @Test
    void namesAreInLowerCaseAndAddressesAmongThem() throws BadPair {
        assertThat(Pair.of(file("ec.pem"), file("ec-sec1.key")).names())
                .containsExactly("ec.example", "*.wild.example", "127.0.0.1");
    }

    @Test
    void withoutAlternativeNamesTheCommonNameCounts() throws BadPair {
        assertThat(Pair.of(file("rsa.pem"), file("rsa-pkcs1.key")).names()).containsExactly("rsa.example");
    }

    @Test
    void bothMayStandInOneFileWithWordsAroundThem() throws BadPair {
        String both = "subject=some\n" + file("ec-sec1.key") + "more words\n" + file("ec.pem") + file("rsa.pem");

        assertThat(Pair.of(both, both).chain()).hasSize(2);
    }

    @Test
    void windowsLineEndsAreNoMatter() throws BadPair {
        assertThat(Pair.of(
                                file("ec.pem").replace("\n", "\r\n"),
                                file("ec-sec1.key").replace("\n", "\r\n"))
                        .kind())
                .isEqualTo(KeyKind.EC_P256);
    }

    @ParameterizedTest
    @CsvSource({
        "ec.pem, rsa-pkcs1.key, the key does not belong to the certificate",
        "ec.pem, ec-params.key, the key does not belong to the certificate",
        "rsa.pem, rsa-1024.key, the key does not belong to the certificate",
        "ec.pem, ec-encrypted.key, the key is encrypted",
        "rsa.pem, rsa-encrypted.key, the key is encrypted",
        "ec.pem, ec.pem, no block `BEGIN PRIVATE KEY`",
    })
    void whatIsWrongWithAKeyIsSaid(String certificate, String key, String why) {
        BadPair refused = refused(file(certificate), file(key));

        assertThat(refused.part()).isEqualTo(Part.KEY);
        assertThat(refused).hasMessageStartingWith(why);
    }

    @Test
    void whatIsWrongWithACertificateIsSaid() {
        String key = file("ec-sec1.key");
        String good = file("ec.pem");

        assertThat(refused(key, key)).hasMessage("no block `BEGIN CERTIFICATE`");
        assertThat(refused(good.replaceFirst("\n", "\n!"), key)).hasMessage("a damaged block CERTIFICATE: not Base64");
        assertThat(refused(good.replaceFirst("MI", "AA"), key)).hasMessage("certificate number 1 is damaged");
        assertThat(refused(file("rsa-1024.pem"), file("rsa-1024.key"))).hasMessageStartingWith("an RSA key of 1024");
        assertThat(refused(file("rsa.pem") + good, key))
                .hasMessage("the certificate of the key is number 2 in the file, and must be the first");
        assertThat(refused(good.repeat(17), key)).hasMessage("17 certificates, a chain has at most 16");
        assertThat(refused(good.substring(0, good.length() / 2), key)).hasMessage("no block `BEGIN CERTIFICATE`");
    }

    @Test
    void aDamagedKeyIsNotShown() {
        String key = file("ec-pkcs8.key");
        BadPair refused = refused(file("ec.pem"), key.replaceFirst("\nMI", "\nAA"));

        assertThat(refused).hasMessage("the key is damaged, or of a kind that is not RSA, ECDSA or Ed25519");
    }

    @Test
    void aPairNeverShowsItsKey() throws BadPair {
        assertThat(Pair.of(file("ec.pem"), file("ec-sec1.key")))
                .hasToString("certificate for ec.example, *.wild.example, 127.0.0.1");
    }
}
