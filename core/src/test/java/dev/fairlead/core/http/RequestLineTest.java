package dev.fairlead.core.http;

import static dev.fairlead.core.http.Wire.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.HeadParser.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestLineTest {
    private static final String REST = "\r\nHost: h\r\n\r\n";

    @Test
    void methodTargetAndVersionAreTakenApart() {
        Head head = Wire.parsed("POST /a/b?c=d HTTP/1.1" + REST);
        assertThat(head.method()).isEqualTo(Method.POST);
        assertThat(head.text(head.methodStart(), head.methodEnd())).isEqualTo("POST");
        assertThat(Wire.target(head)).isEqualTo("/a/b?c=d");
        assertThat(head.http10()).isFalse();
        assertThat(head.length()).isEqualTo(head.size());
    }

    @Test
    void versionOneZeroIsTakenAndTold() {
        assertThat(Wire.accepted("GET / HTTP/1.0\r\n\r\n").http10()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/9.9"})
    void otherVersionsAreNotSupported(String version) {
        assertThat(refusal("GET / " + version + REST)).isEqualTo(Failure.VERSION_NOT_SUPPORTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.10",
                "HTTP/1.",
                "HTTP/1",
                "HTTP/",
                "HTTP",
                "http/1.1",
                "HTTP/1,1",
                "HTTP/11.1",
                "HTTP/01.1",
                "HTTP/1.1x",
                "HTTP/+1.1",
                "HTTP/a.b",
                "HTTP 1.1",
                "HTTPS/1.1",
                "FTTP/1.1",
                "HTTP/1.1 ",
                "HTTP/1.1\t",
                " HTTP/1.1",
                "HTTP/1.1 HTTP/1.1"
            })
    void malformedVersionsAreBadRequests(String version) {
        assertThat(refusal("GET / " + version + REST)).isEqualTo(Failure.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /\r\n",
                "GET\r\n",
                "GET \r\n",
                " GET / HTTP/1.1\r\n",
                "\tGET / HTTP/1.1\r\n",
                "GET  / HTTP/1.1\r\n",
                "GET\t/ HTTP/1.1\r\n",
                "GET /  HTTP/1.1\r\n",
                "GET /\tHTTP/1.1\r\n",
                "GET: / HTTP/1.1\r\n",
                "G@T / HTTP/1.1\r\n",
                "G\u00c9T / HTTP/1.1\r\n",
                "\u00ef\u00bb\u00bfGET / HTTP/1.1\r\n",
                "G\0T / HTTP/1.1\r\n",
                "(GET) / HTTP/1.1\r\n",
                "\"GET\" / HTTP/1.1\r\n",
                "/ HTTP/1.1\r\n",
                "\u0016\u0003\u0001\u0002\r\n",
                "\n",
                "\r\r\n",
                "GET / HTTP/1.1\n",
                "GET / HTTP/1.1\r\r\n",
                "GET / HTTP/1.1\r \n"
            })
    void anythingButThreePartsWithOneSpaceBetweenIsABadRequest(String line) {
        Progress progress = Wire.grammar(line + "Host: h\r\n\r\n");
        assertThat(progress).isInstanceOf(Progress.Bad.class);
        assertThat(((Progress.Bad) progress).failure()).isIn(Failure.BAD_REQUEST, Failure.BAD_TARGET);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 8, 9, 10, 11, 12, 13, 27, 31, 127, 128, 160, 255})
    void controlAndEightBitBytesInTheTargetAreRefused(int b) {
        assertThat(refusal("GET /a" + (char) b + "b HTTP/1.1" + REST)).isIn(Failure.BAD_TARGET, Failure.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/#", "/a#b", "#", "/?q#f", "http://h/#x"})
    void aFragmentIsRefused(String target) {
        assertThat(refusal("GET " + target + " HTTP/1.1" + REST)).isEqualTo(Failure.BAD_TARGET);
    }

    @Test
    void oneEmptyLineBeforeTheRequestIsForgivenAndASecondIsNot() {
        assertThat(Wire.accepted("\r\nGET / HTTP/1.1" + REST).method()).isEqualTo(Method.GET);
        assertThat(refusal("\r\n\r\nGET / HTTP/1.1" + REST)).isEqualTo(Failure.BAD_REQUEST);
    }

    @Test
    void theForgivenEmptyLineIsNotWritten() {
        assertThat(Wire.written(Wire.accepted("\r\nGET / HTTP/1.1" + REST))).startsWith("GET / HTTP/1.1\r\nHost");
    }

    @Test
    void whatCannotBecomeARequestIsRefusedBeforeItsLineEnds() {
        var bad = new Progress.Bad(Failure.BAD_REQUEST);
        assertThat(Wire.grammar("\u0016\u0003\u0001")).isEqualTo(bad);
        assertThat(Wire.grammar("\r\n\u0016")).isEqualTo(bad);
        assertThat(Wire.grammar("\rG")).isEqualTo(bad);
        assertThat(Wire.grammar(" ")).isEqualTo(bad);
        assertThat(Wire.grammar("\r")).isEqualTo(Progress.MORE);
        assertThat(Wire.grammar("\r\n")).isEqualTo(Progress.MORE);
        assertThat(Wire.grammar("G")).isEqualTo(Progress.MORE);
        assertThat(Wire.grammar("")).isEqualTo(Progress.MORE);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,GET",
        "HEAD,HEAD",
        "POST,POST",
        "PUT,PUT",
        "DELETE,DELETE",
        "OPTIONS,OPTIONS",
        "PATCH,PATCH",
        "CONNECT,CONNECT",
        "TRACE,TRACE",
        "get,OTHER",
        "GETS,OTHER",
        "GE,OTHER",
        "BREW,OTHER",
        "OTHER,OTHER",
        "M-SEARCH,OTHER"
    })
    void methodsAreKnownByTheirExactSpelling(String spelt, Method method) {
        assertThat(Wire.parsed(spelt + " / HTTP/1.1" + REST).method()).isEqualTo(method);
    }

    @Test
    void anUnknownMethodIsWrittenAsItCame() {
        assertThat(Wire.written(Wire.accepted("BrEw /pot HTTP/1.1" + REST))).startsWith("BrEw /pot HTTP/1.1\r\n");
    }

    @Test
    void aMethodOfMoreThan32BytesIsRefused() {
        assertThat(refusal("M".repeat(32) + " / HTTP/1.1" + REST)).isNull();
        assertThat(refusal("M".repeat(33) + " / HTTP/1.1" + REST)).isEqualTo(Failure.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT h:443", "CONNECT /", "TRACE /", "TRACE http://h/"})
    void tunnelsAndEchoesAreNotAllowed(String start) {
        assertThat(refusal(start + " HTTP/1.1" + REST)).isEqualTo(Failure.METHOD_NOT_ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%2F",
                "/%00",
                "/%0d%0a",
                "/..%2f..",
                "/%",
                "/%zz",
                "//h//",
                "/a;b=c",
                "/\\",
                "/{}|^`\"<>",
                "/?",
                "/??"
            })
    void originFormPassesByteForByte(String target) {
        assertThat(Wire.written(Wire.accepted("GET " + target + " HTTP/1.1" + REST)))
                .startsWith("GET " + target + " HTTP/1.1\r\n");
    }
}
