package dev.fairlead.core.http;

import static dev.fairlead.core.http.Wire.GET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HopByHopTest {
    private static String forwarded(String lines) {
        Head head = Wire.accepted(GET + lines + "\r\n");
        HeadRules.dropHopByHop(head);
        String written = Wire.written(head);
        assertThat(written).startsWith(GET).endsWith("\r\n\r\n");
        return written.substring(GET.length(), written.length() - 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: keep-alive",
                "Connection:",
                "connection: CLOSE",
                "Keep-Alive: timeout=5",
                "Proxy-Connection: close",
                "Proxy-Authenticate: Basic",
                "Proxy-Authorization: Basic x",
                "Proxy: http://evil/",
                "TE: trailers",
                "Upgrade: h2c",
                "Upgrade: websocket",
                "HTTP2-Settings: AAMAAABk",
                "http2-settings: x"
            })
    void whatSpeaksAboutOneConnectionIsTakenOut(String line) {
        assertThat(forwarded("A: 1\r\n" + line + "\r\nB: 2\r\n")).isEqualTo("A: 1\r\nB: 2\r\n");
    }

    @Test
    void theCodingIsTakenOutAndWrittenAnew() {
        Head head = Wire.accepted(GET + "Transfer-Encoding:  Chunked\r\nA: 1\r\n\r\n");
        HeadRules.dropHopByHop(head);
        assertThat(Wire.written(head)).isEqualTo(GET + "A: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    @Test
    void aRequestIsWrittenWithOneCodingEvenIfNothingElseIsDropped() {
        Head head = Wire.accepted(GET + "Transfer-Encoding: chunked\r\n\r\n");
        assertThat(Wire.written(head)).isEqualTo(GET + "Transfer-Encoding: chunked\r\n\r\n");
    }

    @Test
    void whatConnectionNamesIsTakenOut() {
        assertThat(
                        forwarded(
                                "Connection: x-a, close ,\tX-B,,x-missing, x-c\r\nX-A: 1\r\nx-b: 2\r\nX-AB: 3\r\nX-C: 4\r\nx-a: 5\r\n"))
                .isEqualTo("X-AB: 3\r\n");
        assertThat(forwarded("X-A: 1\r\nConnection: x-a\r\nX-B: 2\r\nConnection: x-b\r\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "Content-Length",
                "X-Forwarded-For",
                "X-Forwarded-Proto",
                "X-Forwarded-Host",
                "X-Forwarded-Port",
                "Forwarded",
                "X-Request-Id",
                "Via"
            })
    void whatTheBalancerAnswersForCannotBeNamedAway(String name) {
        String line = name.equals("Host") ? "" : name + ": 1\r\n";
        assertThat(forwarded("Connection: close, " + name + "\r\n" + line)).isEqualTo(line);
        assertThat(forwarded("Connection: " + name.toLowerCase(java.util.Locale.ROOT) + "\r\n" + line))
                .isEqualTo(line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Cookie", "Authorization", "Cache-Control", "Content-Type", "Date", "X-Mine", "Accept"})
    void whateverElseIsNamedGoes(String name) {
        assertThat(forwarded("Connection: close, " + name + "\r\n" + name + ": 1\r\n"))
                .isEmpty();
    }

    @Test
    void namingConnectionItselfOrNothingChangesNothing() {
        assertThat(forwarded("Connection: connection\r\nA: 1\r\n")).isEqualTo("A: 1\r\n");
        assertThat(forwarded("Connection: ,, ,\t,\r\nA: 1\r\n")).isEqualTo("A: 1\r\n");
        assertThat(forwarded("Connection: a b, \"A\", A;x\r\nA: 1\r\n")).isEqualTo("A: 1\r\n");
    }

    @Test
    void namingConnectionHidesNoOtherConnectionField() {
        assertThat(forwarded("Connection: connection, x-a\r\nConnection: x-b\r\nX-A: 1\r\nX-B: 2\r\n"))
                .isEmpty();
    }

    @Test
    void namesKeepAliveAndCloseAsOptionsAreNoFields() {
        assertThat(forwarded("Connection: close\r\nClose: 1\r\n")).isEqualTo("Close: 1\r\n");
    }

    @Test
    void asManyConnectionOptionsAsAnyoneNeedsPassAndMoreAreRefused() {
        assertThat(Wire.refusal(GET + "Connection: " + "a,".repeat(31) + "a\r\n\r\n"))
                .isNull();
        assertThat(Wire.refusal(GET + "Connection: " + "a,".repeat(32) + "a\r\n\r\n"))
                .isEqualTo(Failure.HEAD_TOO_LARGE);
        assertThat(Wire.refusal(GET + ("Connection: " + "a,".repeat(15) + "a\r\n").repeat(2) + "\r\n"))
                .isNull();
        assertThat(Wire.refusal(GET + ("Connection: " + "a,".repeat(15) + "a\r\n").repeat(2) + "Connection: a\r\n\r\n"))
                .isEqualTo(Failure.HEAD_TOO_LARGE);
    }

    @Test
    void thousandsOfConnectionOptionsTimesManyFieldsAreRefusedRatherThanWorkedOff() {
        String flood = "Connection: " + "ab,".repeat(16_000) + "\r\n" + "Ab: c\r\n".repeat(97);
        assertThat(Wire.refusal(GET + flood + "\r\n")).isEqualTo(Failure.HEAD_TOO_LARGE);
        assertThat(Wire.answerRefusal(Wire.OK + flood + "\r\n")).isEqualTo(Failure.BAD_ANSWER);
    }

    @Test
    void anAnswerLosesItsHopByHopFieldsToo() {
        Head head = Wire.answer(Wire.OK
                + "Connection: x-hop\r\nX-Hop: 1\r\nSet-Cookie: a=b\r\nKeep-Alive: 5\r\nContent-Length: 0\r\n\r\n");
        HeadRules.dropHopByHop(head);
        assertThat(Wire.writtenAnswer(head)).isEqualTo(Wire.OK + "Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
    }

    @Test
    void listsAreSearchedElementByElementOverAllFields() {
        Head head = Wire.accepted(GET + "Connection: close , Upgrade\r\nA: b\r\nConnection:keep-alive,\r\n\r\n");
        assertThat(HeadRules.lists(head, Known.CONNECTION, "close")).isTrue();
        assertThat(HeadRules.lists(head, Known.CONNECTION, "upgrade")).isTrue();
        assertThat(HeadRules.lists(head, Known.CONNECTION, "keep-alive")).isTrue();
        assertThat(HeadRules.lists(head, Known.CONNECTION, "keep")).isFalse();
        assertThat(HeadRules.lists(head, Known.CONNECTION, "alive")).isFalse();
        assertThat(HeadRules.lists(head, Known.UPGRADE, "close")).isFalse();
        head.drop(Known.CONNECTION);
        assertThat(HeadRules.lists(head, Known.CONNECTION, "close")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"closed", "xclose", "close;x", "\"close\"", "close x", "", ",", "clo,se"})
    void whatOnlyResemblesAnElementIsNotIt(String value) {
        Head head = Wire.accepted(GET + "Connection: " + value + "\r\n\r\n");
        assertThat(HeadRules.lists(head, Known.CONNECTION, "close")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "Close", " close", "a,close", "close,a", "a ,\tclose\t, b", ",,close,,"})
    void anElementIsFoundWhereverItStands(String value) {
        Head head = Wire.accepted(GET + "Connection: " + value + "\r\n\r\n");
        assertThat(HeadRules.lists(head, Known.CONNECTION, "close")).isTrue();
    }
}
