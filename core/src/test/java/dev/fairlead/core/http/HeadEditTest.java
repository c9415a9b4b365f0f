package dev.fairlead.core.http;

import static dev.fairlead.core.http.Wire.GET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadEditTest {
    private static final String LINES = "A: 1\r\nCookie: 2\r\nB: 3\r\nCookie: 4\r\nC: 5\r\n";

    private final Head head = Wire.accepted(GET + LINES + "\r\n");

    private String fields() {
        String written = Wire.written(head);
        assertThat(written).startsWith(GET).endsWith("\r\n\r\n");
        return written.substring(GET.length(), written.length() - 2);
    }

    @Test
    void anUntouchedHeadIsWrittenAsItCame() {
        assertThat(fields()).isEqualTo(LINES);
    }

    @Test
    void droppedFieldsAreNeitherFoundNorWritten() {
        head.drop(head.find("b"));
        assertThat(head.find("b")).isNegative();
        assertThat(fields()).isEqualTo("A: 1\r\nCookie: 2\r\nCookie: 4\r\nC: 5\r\n");
        head.drop(Known.COOKIE);
        assertThat(head.find(Known.COOKIE)).isNegative();
        assertThat(head.find(Known.COOKIE, 1)).isNegative();
        assertThat(fields()).isEqualTo("A: 1\r\nC: 5\r\n");
    }

    @Test
    void restoredFieldsAreBackInTheirPlace() {
        int b = head.find("b");
        head.drop(b);
        assertThat(head.dropped(b)).isTrue();
        head.restore(b);
        assertThat(head.dropped(b)).isFalse();
        assertThat(fields()).isEqualTo(LINES);
    }

    @Test
    void everySubsetOfDroppedFieldsLeavesTheOthersWhole() {
        String[] lines = LINES.split("(?<=\r\n)");
        for (int subset = 0; subset < 1 << lines.length; subset++) {
            var expected = new StringBuilder();
            for (int i = 0; i < lines.length; i++) {
                head.restore(i + 1);
                if ((subset & 1 << i) != 0) {
                    head.drop(i + 1);
                } else {
                    expected.append(lines[i]);
                }
            }
            assertThat(fields()).isEqualTo(expected.toString());
        }
    }

    @Test
    void dropsWorkForAllFieldsAndNone() {
        for (int i = 0; i < head.count(); i++) {
            head.drop(i);
        }
        assertThat(Wire.written(head)).isEqualTo("GET / HTTP/1.1\r\n\r\n");
    }

    @Test
    void addedFieldsComeLastInTheirOrder() {
        head.add(Known.VIA, "1.1 x");
        head.add(Known.DATE, Wire.bytes("now"));
        head.beginField(Known.X_FORWARDED_FOR);
        head.append("10.0.0.1");
        head.append((byte) ',');
        head.append(Wire.bytes("xx10.0.0.2yy"), 2, 10);
        head.endField();
        head.add(Known.SERVER, "");
        assertThat(fields())
                .isEqualTo(LINES + "Via: 1.1 x\r\nDate: now\r\nX-Forwarded-For: 10.0.0.1,10.0.0.2\r\nServer: \r\n");
        assertThat(head.find(Known.VIA)).isEqualTo(6);
        assertThat(head.value(6)).isEqualTo("1.1 x");
        assertThat(head.valueIs(6, "1.1 x")).isTrue();
        head.drop(6);
        assertThat(fields()).isEqualTo(LINES + "Date: now\r\nX-Forwarded-For: 10.0.0.1,10.0.0.2\r\nServer: \r\n");
    }

    @Test
    void anAddedFieldMayQuoteTheHeadsOwnBytesWhileItGrows() {
        String long1 = "x".repeat(900);
        Head tight = Wire.accepted("GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + long1 + "\r\n\r\n");
        int own = tight.find("x-long");
        int start = tight.valueStart(own);
        int end = tight.valueEnd(own);
        tight.beginField(Known.FORWARDED);
        for (int i = 0; i < 5; i++) {
            tight.appendOwn(start, end);
            tight.append((byte) '|');
        }
        tight.endField();
        assertThat(tight.value(tight.find(Known.FORWARDED))).isEqualTo((long1 + "|").repeat(5));
        assertThat(Wire.written(tight))
                .isEqualTo("GET / HTTP/1.1\r\nHost: h\r\nX-Long: " + long1 + "\r\nForwarded: " + (long1 + "|").repeat(5)
                        + "\r\n\r\n");
    }

    @Test
    void moreFieldsThanWereThoughtOfMayBeAdded() {
        var expected = new StringBuilder(LINES);
        for (int i = 0; i < 100; i++) {
            head.add(Known.VIA, "v" + i);
            expected.append("Via: v").append(i).append("\r\n");
        }
        assertThat(fields()).isEqualTo(expected.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\rb",
                "a\nb",
                "a\r\nEvil: x",
                "\0",
                "\u007f",
                "\u001f",
                "a\u010ab",
                "\u010d\u010a",
                "\u0100",
                "\u20ac",
                "\u000b"
            })
    void anAddedValueThatCouldEndItsLineIsRefused(String value) {
        assertThatThrownBy(() -> head.add(Known.VIA, value)).isInstanceOf(IllegalArgumentException.class);
        assertThat(fields()).isEqualTo(LINES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb", "a\nb", "12345678\r\nEvil: x", "\0", "\u007f", "12345678\u001f", "1234567\u000b"})
    void addedBytesThatCouldEndTheirLineAreRefused(String value) {
        assertThatThrownBy(() -> head.add(Known.VIA, Wire.bytes(value))).isInstanceOf(IllegalArgumentException.class);
        assertThat(fields()).isEqualTo(LINES);
    }

    @Test
    void addedValuesMayHoldTabsAndEightBitBytes() {
        head.add(Known.VIA, Wire.bytes("1234567\t\u00e9 \u0080"));
        assertThat(fields()).isEqualTo(LINES + "Via: 1234567\t\u00e9 \u0080\r\n");
    }

    @Test
    void bodyBytesBehindTheHeadDoNotComeBetween() {
        Head more = Wire.holding(GET + "A: 1\r\n\r\nBODY");
        assertThat(HeadParser.request(more, Wire.LIMITS)).isEqualTo(HeadParser.Progress.DONE);
        more.dropRest();
        more.add(Known.VIA, "x");
        assertThat(Wire.written(more)).isEqualTo(GET + "A: 1\r\nVia: x\r\n\r\n");
    }

    @Test
    void aRequestNamesItself() {
        assertThat(Wire.accepted("PUT /x HTTP/1.1\r\nHost: h\r\n\r\n")).hasToString("PUT /x");
    }
}
