package dev.fairlead.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.health.HealthReport.Level;
import dev.fairlead.core.health.HealthReport.Told;
import dev.fairlead.core.health.HealthReport.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthReportTest {
    private static HealthReport read(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return HealthReport.read(bytes, bytes.length);
    }

    private static Told told(String json) {
        HealthReport report = read(json);
        assertThat(report).as(json).isInstanceOf(Told.class);
        return (Told) report;
    }

    private static String why(String json) {
        HealthReport report = read(json);
        assertThat(report).as(json).isInstanceOf(Unreadable.class);
        return ((Unreadable) report).why();
    }

    @ParameterizedTest
    @CsvSource({
        "up, UP",
        "UP, UP",
        "ok, UP",
        "pass, UP",
        "Healthy, UP",
        "UNKNOWN, UP",
        "degraded, DEGRADED",
        "warn, DEGRADED",
        "Warning, DEGRADED",
        "down, DOWN",
        "DOWN, DOWN",
        "fail, DOWN",
        "OUT_OF_SERVICE, DOWN",
        "out of service, DOWN",
        "error, DOWN"
    })
    void theWordsOfSeveralFormatsMeanTheSame(String word, Level level) {
        assertThat(told("{\"status\":\"" + word + "\"}").level()).isEqualTo(level);
    }

    @Test
    void partsThatAreNotUpAreNamed() {
        assertThat(told("""
                        {"status": "degraded", "components": {
                          "db": {"status": "DOWN", "details": {"error": "refused"}},
                          "disk": {"status": "UP"}, "cache": {"status": "warn"}, "odd": 3, "other": {"status": 4}}}
                        """).words()).isEqualTo("degraded: db, cache");
        assertThat(told("""
                        {"status":"fail","checks":{"db:time":[{"status":"pass"},{"status":"fail"}],"cpu":[{"status":"pass"}]}}
                        """).words()).isEqualTo("down: db:time");
        assertThat(told("{\"status\":\"UP\",\"details\":{\"mail\":\"down\",\"db\":\"up\"}}")
                        .unwell())
                .containsExactly("mail");
        assertThat(told("{\"status\":\"warn\"}").words()).isEqualTo("degraded");
    }

    @Test
    void manyPartsAreCountedAndOddNamesMadePrintable() {
        var many = new StringBuilder("{\"status\":\"down\",\"components\":{");
        for (int i = 0; i < 8; i++) {
            many.append(i == 0 ? "" : ",").append("\"p").append(i).append("\":{\"status\":\"down\"}");
        }
        assertThat(told(many + "}}").words()).isEqualTo("down: p0, p1, p2, p3, p4 and 3 more");
        assertThat(told("{\"status\":\"down\",\"checks\":{\"a\\r\\n\\u001b[1m\":\"down\"}}")
                        .words())
                .isEqualTo("down: a .[1m");
    }

    @Test
    void whatIsNoReportSaysWhy() {
        assertThat(why("")).isEqualTo("the body is empty");
        assertThat(why("OK")).isEqualTo("no JSON: no value at character 1");
        assertThat(why("{\"status\":\"up\"} x")).isEqualTo("no JSON: something after the end at character 17");
        assertThat(why("{\"status\":\"up\",\"status\":\"down\"}")).startsWith("no JSON: a name twice");
        assertThat(why("{\"ok\":true}")).isEqualTo("JSON without a status");
        assertThat(why("{\"status\":200}")).isEqualTo("JSON without a status");
        assertThat(why("[]")).isEqualTo("JSON without a status");
        assertThat(why("{\"status\":\"splendid\"}")).isEqualTo("unknown status 'splendid'");
        assertThat(why("{\"status\":\"up\",\"a\":" + "[".repeat(1000))).startsWith("no JSON: nested too deeply");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "1.5e+3",
                "10E-2",
                "true",
                "false",
                "null",
                "\"\\u00e9\\n\\/\"",
                "[]",
                "[1,[2,{}]]",
                "{\"\":0}"
            })
    void everyKindOfValueIsUnderstood(String value) {
        assertThat(told(" {\"x\": " + value + " , \"status\" : \"up\"}\r\n").level())
                .isEqualTo(Level.UP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01",
                "+1",
                ".5",
                "1.",
                "1e",
                "-",
                "tru",
                "True",
                "nul",
                "NaN",
                "'a'",
                "\"a",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\t\"",
                "[1,]",
                "[,]",
                "[1 2]",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "{\"a\":1,}",
                "",
                "1}"
            })
    void whatIsNearlyJsonIsRefused(String value) {
        assertThat(why("{\"status\":\"up\",\"x\":" + value + "}")).startsWith("no JSON: ");
    }

    @Test
    void hostileBytesNeverThrow() {
        var random = new SplittableRandom(11);
        String sound =
                "{\"status\":\"down\",\"components\":{\"d\\u0062\":{\"status\":\"DOWN\",\"n\":[-1.5e3,true,null]}}}";
        byte[] pieces = "{}[]\",:\\u0123e+-.truefalsnl \u0000\u007f".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = sound.getBytes(StandardCharsets.UTF_8);
            for (int edits = random.nextInt(6); edits > 0; edits--) {
                bytes[random.nextInt(bytes.length)] =
                        random.nextInt(4) == 0 ? (byte) random.nextInt(256) : pieces[random.nextInt(pieces.length)];
            }
            HealthReport report = HealthReport.read(bytes, random.nextInt(bytes.length + 1));
            String words = report instanceof Told told ? told.words() : ((Unreadable) report).why();
            assertThat(words.chars().allMatch(c -> c >= ' ' && c < 0x7F))
                    .as(words)
                    .isTrue();
        }
    }
}
