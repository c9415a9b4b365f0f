package dev.fairlead.core.http;

import static dev.fairlead.core.http.Wire.GET;
import static dev.fairlead.core.http.Wire.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldLineTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                " folded: x\r\n",
                "\tfolded: x\r\n",
                "A: b\r\n folded\r\n",
                "A: b\r\n\tfolded\r\n",
                "A: b\r\n \r\n",
                "A : b\r\n",
                "A\t: b\r\n",
                "A b: c\r\n",
                ": b\r\n",
                " : b\r\n",
                "A\r\n",
                "A b\r\n",
                "A\0: b\r\n",
                "A: b\0\r\n",
                "A: \0\r\n",
                "A: b\rc\r\n",
                "A: b\r\r\n",
                "A: \r\r\n",
                "A\r: b\r\n",
                "\rA: b\r\n",
                "A: b\n",
                "A: b\nC: d\r\n",
                "\nA: b\r\n",
                "A: b\n\r\n",
                "A: b\r\u0000\n",
                "(A): b\r\n",
                "A\"B: c\r\n",
                "A/B: c\r\n",
                "A[]: c\r\n",
                "A{}: c\r\n",
                "A,B: c\r\n",
                "A;B: c\r\n",
                "A=B: c\r\n",
                "A@B: c\r\n",
                "A\u00e9: b\r\n",
                "\u00a0A: b\r\n",
                "A\u007f: b\r\n"
            })
    void aLineThatIsNotNameColonValueIsABadRequest(String line) {
        assertThat(refusal(GET + line + "\r\n")).isEqualTo(Failure.BAD_REQUEST);
    }

    @Test
    void noControlByteButTabStandsInAValue() {
        for (int b = 0; b < 256; b++) {
            boolean legal = b == '\t' || (b >= 0x20 && b != 0x7F);
            if (b == '\n') {
                continue; // ends the line, see above
            }
            for (String line :
                    new String[] {"A: x" + (char) b + "y", "A: " + (char) b + "12345678", "A: 12345678" + (char) b}) {
                // A CR at the end of a value would be one of two: still bad.
                assertThat(refusal(GET + line + "\r\n\r\n"))
                        .as("byte " + b)
                        .isEqualTo(legal ? null : Failure.BAD_REQUEST);
            }
        }
    }

    @Test
    void onlyTokenBytesStandInAName() {
        for (int b = 0; b < 256; b++) {
            boolean legal = (b < 0x80 && Character.isLetterOrDigit(b)) || "!#$%&'*+-.^_`|~".indexOf(b) >= 0;
            // A colon ends the name, and the rest is then a value; LF ends the line without a CR.
            boolean colon = b == ':';
            assertThat(refusal(GET + "x" + (char) b + "y: v\r\n\r\n"))
                    .as("byte " + b)
                    .isEqualTo(legal || colon ? null : Failure.BAD_REQUEST);
        }
    }

    @Test
    void bareLineEndsCannotEndTheHead() {
        assertThat(refusal("GET / HTTP/1.1\r\nHost: h\r\n\n")).isEqualTo(Failure.BAD_REQUEST);
        assertThat(refusal("GET / HTTP/1.1\nHost: h\n\n")).isEqualTo(Failure.BAD_REQUEST);
        assertThat(refusal("GET / HTTP/1.1\r\nHost: h\n\r\n")).isEqualTo(Failure.BAD_REQUEST);
        assertThat(refusal("GET / HTTP/1.1\r\nHost: h\r\n\r\r\n")).isEqualTo(Failure.BAD_REQUEST);
    }

    @Test
    void whiteSpaceAroundAValueIsNoPartOfIt() {
        Head head = Wire.accepted(GET + "A: \t b c \t\r\nB:d\r\nC:\r\nD: \r\nE:\t\t\r\nF:  g\r\n\r\n");
        assertThat(Wire.value(head, "a")).isEqualTo("b c");
        assertThat(Wire.value(head, "b")).isEqualTo("d");
        assertThat(Wire.value(head, "c")).isEmpty();
        assertThat(Wire.value(head, "d")).isEmpty();
        assertThat(Wire.value(head, "e")).isEmpty();
        assertThat(Wire.value(head, "f")).isEqualTo("g");
    }

    @Test
    void eightBitValuesPassUnchanged() {
        String line = "X: caf\u00c3\u00a9 \u0080\u00ff\r\n";
        assertThat(Wire.written(Wire.accepted(GET + line + "\r\n"))).isEqualTo(GET + line + "\r\n");
    }

    @Test
    void colonsInAValueBelongToIt() {
        assertThat(Wire.value(Wire.accepted(GET + "A::b:c\r\n\r\n"), "a")).isEqualTo(":b:c");
    }

    @Test
    void knownNamesAreFoundInAnyCase() {
        for (Known known : Known.values()) {
            for (String spelt : new String[] {
                known.text(),
                known.text().toUpperCase(java.util.Locale.ROOT),
                known.text().toLowerCase(java.util.Locale.ROOT)
            }) {
                Head head = Wire.parsed("GET / HTTP/1.1\r\n" + spelt + ": v\r\n\r\n");
                assertThat(head.known(0)).as(spelt).isEqualTo(known);
                assertThat(head.find(known)).isZero();
                assertThat(head.find(known.text().toLowerCase(java.util.Locale.ROOT)))
                        .isZero();
            }
        }
    }

    @Test
    void namesThatOnlyResembleKnownOnesAreNotThem() {
        for (Known known : Known.values()) {
            String text = known.text();
            for (String spelt : new String[] {
                text + "x",
                "x" + text,
                text.substring(1),
                text.replace('-', '_') + "_",
                text.substring(0, text.length() - 1)
            }) {
                if (spelt.isEmpty()) {
                    continue;
                }
                Head head = Wire.parsed("GET / HTTP/1.1\r\n" + spelt + ": v\r\n\r\n");
                Known found = head.known(0);
                assertThat(found == null || found.text().equalsIgnoreCase(spelt))
                        .as(spelt)
                        .isTrue();
            }
        }
    }

    @Test
    void noOtherByteOfATokenPassesForOneOfAKnownName() {
        for (Known known : Known.values()) {
            String text = known.text();
            for (int at = 0; at < text.length(); at++) {
                for (char b = '!'; b < 0x7F; b++) {
                    if (Ascii.token((byte) b)) {
                        String spelt = text.substring(0, at) + b + text.substring(at + 1);
                        byte[] bytes = Wire.bytes(spelt);
                        assertThat(known.matches(bytes, 0, bytes.length))
                                .as(spelt)
                                .isEqualTo(spelt.equalsIgnoreCase(text));
                    }
                }
            }
        }
    }
}
