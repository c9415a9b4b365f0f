package dev.fairlead.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.PoolConfig.BackendConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComposeTest {
    @Test
    void mapsListsAndPlainValuesBecomeJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", List.of(1, "two", true));
        map.put("b", Map.of());
        map.put("c", List.of());
        assertThat(Compose.text(map)).isEqualTo("{\"a\": [1, \"two\", true], \"b\": {}, \"c\": []}");
    }

    @Test
    void whatIsComposedIsReadLikeAFile() {
        String text = Compose.text(Map.of(
                "listeners", Map.of("web", Map.of("address", "127.0.0.1:0")),
                "pools", Map.of("app", Map.of("backends", List.of("3000", Map.of("address", "3001", "weight", 7))))));
        assertThat(Loader.parse(text, "", name -> null))
                .isInstanceOfSatisfying(
                        Loaded.Good.class,
                        good -> assertThat(good.config().pools().get("app").backends())
                                .extracting(BackendConfig::weight)
                                .containsExactly(1, 7));
    }

    private static Loaded withLog(String to) {
        String composed = Compose.text(Map.of(
                "listeners", Map.of("web", Map.of("address", "127.0.0.1:0")),
                "pools", Map.of("app", Map.of("backends", List.of("3000"))),
                "access-log", Map.of("to", to)));
        return Loader.parse(composed, "", name -> "replaced");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${HOME}", "$${x}", "a\"b\\c", "ünï😀", "no", "1", " "})
    void textsComeBackAsTheyWere(String text) {
        assertThat(withLog(text))
                .isInstanceOfSatisfying(
                        Loaded.Good.class,
                        good -> assertThat(good.config().accessLog().to()).isEqualTo(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tab\t line\n", "\u0000\u007f\u0085"})
    void controlCharactersReachTheChecks(String text) {
        assertThat(withLog(text))
                .isInstanceOfSatisfying(
                        Loaded.Bad.class,
                        bad -> assertThat(bad.problems().getFirst().found()).isEqualTo(Source.shown(text)));
    }
}
