package dev.fairlead.core.http;

import static dev.fairlead.core.http.Wire.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostTest {
    private static String host(String value) {
        return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n";
    }

    private static String absolute(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
    }

    @Test
    void oneHostIsNeeded() {
        assertThat(refusal("GET / HTTP/1.1\r\n\r\n")).isEqualTo(Failure.BAD_HOST);
        assertThat(refusal("GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n")).isEqualTo(Failure.BAD_HOST);
        assertThat(refusal("GET / HTTP/1.1\r\nHost: h\r\nHOST: i\r\n\r\n")).isEqualTo(Failure.BAD_HOST);
        assertThat(refusal("GET / HTTP/1.1\r\nHost: h\r\nHost:\r\n\r\n")).isEqualTo(Failure.BAD_HOST);
        assertThat(refusal("GET http://h/ HTTP/1.1\r\n\r\n")).isEqualTo(Failure.BAD_HOST);
    }

    @Test
    void versionOneZeroMayHaveNoneButNotTwo() {
        assertThat(refusal("GET / HTTP/1.0\r\n\r\n")).isNull();
        assertThat(refusal("GET / HTTP/1.0\r\nHost: h\r\nHost: h\r\n\r\n")).isEqualTo(Failure.BAD_HOST);
        assertThat(refusal("GET / HTTP/1.0\r\nHost: a b\r\n\r\n")).isEqualTo(Failure.BAD_HOST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "h",
                "H",
                "a.example",
                "a.example.",
                "xn--bcher-kva.example",
                "1.2.3.4",
                "a_b",
                "h:80",
                "h:0",
                "h:65535",
                "h:",
                "[::1]",
                "[::]",
                "[::1]:8080",
                "[2001:db8::1]",
                "[1:2:3:4:5:6:7:8]",
                "[::ffff:1.2.3.4]",
                "[FE80::a]",
                "[1::]",
                "[1:2:3:4:5:6:1.2.3.4]",
                "[1:2:3:4:5:6:7::]",
                "a%20b",
                "*",
                "a+b"
            })
    void namesAndAddressesWithOrWithoutPortAreHosts(String value) {
        assertThat(refusal(host(value))).as(value).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":80",
                "a b",
                "a, b",
                "a,b",
                "a/b",
                "a?b",
                "a#b",
                "a\\b",
                "u@h",
                "u:p@h",
                "@h",
                "http://h",
                "h:x",
                "h:8x",
                "h:-1",
                "h:+1",
                "h: 80",
                "h:80:80",
                "h::80",
                "h:123456",
                "h:65536",
                "h:99999",
                "a\tb",
                "a\"b",
                "<h>",
                "a|b",
                "a^b",
                "a{b}",
                "a`b",
                "h\u00e9",
                "[",
                "[]",
                "[:]",
                "[::1",
                "::1",
                "[::1]x",
                "[::1]80",
                "[::1]:x",
                "[::1]:65536",
                "[::1%25eth0]",
                "[v1.x]",
                "[g::1]",
                "[1.2.3.4]",
                "[:::]",
                "[1:2:3:4:5:6:7]",
                "[1:2:3:4:5:6:7:8:9]",
                "[1::2::3]",
                "[12345::]",
                "[::1.2.3]",
                "[::1.2.3.256]",
                "[::1.2.3.4:1]",
                "[1:]",
                "[:1]",
                "[1:2:3:4:5:6:7:1.2.3.4]",
                "[dead]",
                "x[::1]",
                "a%",
                "a%2",
                "a%zz",
                "a%2g"
            })
    void anythingElseIsNoHost(String value) {
        assertThat(refusal(host(value))).as(value).isEqualTo(Failure.BAD_HOST);
    }

    @ParameterizedTest
    @CsvSource({
        "http://h/, /",
        "http://h, /",
        "http://h/a%2Fb?c, /a%2Fb?c",
        "http://h?x, /?x",
        "http://h?, /?",
        "http://h?/, /?/",
        "HTTP://H/a, /a",
        "https://h/a, /a",
        "http://h//, //"
    })
    void anAbsoluteTargetBecomesItsOriginForm(String target, String origin) {
        Head head = Wire.accepted(absolute(target));
        assertThat(Wire.target(head)).isEqualTo(origin);
        assertThat(Wire.written(head)).isEqualTo("GET " + origin + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http:///",
                "http://",
                "http:/",
                "http:",
                "http:/h/",
                "http//h/",
                "ftp://h/",
                "file:///x",
                "ws://h/",
                "h",
                "h/",
                "h:80",
                "*",
                "**",
                "*/",
                "?x",
                "http://u@h/",
                "http://u:p@h/",
                "http://h:x/",
                "http://[::1/",
                "http://h\\/",
                "http://h:65536/",
                "javascript:x",
                "\\\\h\\x",
                ".",
                "../x"
            })
    void targetsOfOtherFormsAreRefused(String target) {
        assertThat(refusal(absolute(target))).as(target).isEqualTo(Failure.BAD_TARGET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://i/",
                "http://h.i/",
                "http://hh/",
                "http://h:81/",
                "http://h:443/",
                "https://h:80/",
                "http://h:080/",
                "http://h./",
                "http://[::1]/",
                "http://http://h/"
            })
    void anAbsoluteTargetThatSaysAnotherHostIsRefused(String target) {
        assertThat(refusal(absolute(target))).isEqualTo(Failure.BAD_HOST);
    }

    @Test
    void anAbsoluteTargetAgreesWithItsHostInAnyCaseAndWithItsPort() {
        assertThat(refusal("GET http://A.Example:80/ HTTP/1.1\r\nHost: a.example:80\r\n\r\n"))
                .isNull();
        assertThat(refusal("GET http://[::A]/ HTTP/1.1\r\nHost: [::a]\r\n\r\n")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"http://h:80/,h", "http://h/,h:80", "https://H:443/,h", "https://h/,h:443", "http://[::1]:80/,[::1]"})
    void aSchemesOwnPortMayBeLeftOut(String target, String host) {
        Head head = Wire.accepted("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertThat(Wire.written(head)).isEqualTo("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    @Test
    void anAbsoluteTargetOfVersionOneZeroGivesTheHost() {
        Head head = Wire.accepted("GET http://a.example:81?q HTTP/1.0\r\nAccept: x\r\n\r\n");
        assertThat(Wire.written(head)).isEqualTo("GET /?q HTTP/1.1\r\nAccept: x\r\nHost: a.example:81\r\n\r\n");
    }

    @Test
    void theAsteriskIsForOptionsAlone() {
        assertThat(Wire.target(Wire.accepted("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")))
                .isEqualTo("*");
        assertThat(refusal("OPTIONS *x HTTP/1.1\r\nHost: h\r\n\r\n")).isEqualTo(Failure.BAD_TARGET);
        assertThat(refusal("GET * HTTP/1.1\r\nHost: h\r\n\r\n")).isEqualTo(Failure.BAD_TARGET);
    }

    @Test
    void optionsOfAnAbsoluteTargetWithoutPathAsksTheServerItself() {
        assertThat(Wire.target(Wire.accepted("OPTIONS http://h HTTP/1.1\r\nHost: h\r\n\r\n")))
                .isEqualTo("*");
        assertThat(Wire.target(Wire.accepted("OPTIONS http://h/ HTTP/1.1\r\nHost: h\r\n\r\n")))
                .isEqualTo("/");
        assertThat(Wire.target(Wire.accepted("OPTIONS http://h?x HTTP/1.1\r\nHost: h\r\n\r\n")))
                .isEqualTo("/?x");
    }

    @Test
    void convertingATargetMayGrowTheHead() {
        String query = "x".repeat(5000);
        Head head = Wire.accepted(absolute("http://h?" + query));
        assertThat(Wire.target(head)).isEqualTo("/?" + query);
        assertThat(Wire.written(head)).isEqualTo("GET /?" + query + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }
}
