package dev.fairlead.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TextTest {
    @ParameterizedTest
    @CsvSource({
        "HOST_PATTERN,www.example.com",
        "HOST_PATTERN,*.example.com",
        "HOST_PATTERN,localhost",
        "HOST_PATTERN,10.0.0.1",
        "HOST_PATTERN,[::1]",
        "HOST_PATTERN,xn--bcher-kva.example",
        "HOST_PATTERN,my_host",
        "PATH_PATTERN,/",
        "PATH_PATTERN,/*",
        "PATH_PATTERN,/v1",
        "PATH_PATTERN,/v1/*",
        "PATH_PATTERN,/a%2Fb",
        "PATH_PATTERN,//",
        "PATH_PATTERN,/a;b=c/@:!$&'()+~",
        "PATH,/healthz?full=1&x=*",
        "PATH,/",
        "AUTHORITY,example.com:8443",
        "AUTHORITY,[::1]:80",
        "AUTHORITY,a",
        "NAME,app-1.v2_x",
        "NAME,0",
        "TOKEN,X-Request-Id",
        "SCHEME,https",
        "CHECK_METHOD,HEAD"
    })
    void textsOfTheRightFormPass(Text kind, String text) {
        assertThat(kind.check(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "HOST_PATTERN,https://a.example:1/x,a.example",
        "HOST_PATTERN,.a.example,*.a.example",
        "HOST_PATTERN,a.example.,a.example",
        "HOST_PATTERN,a.example:80,a.example",
        "HOST_PATTERN,bücher.example,xn--bcher-kva.example",
        "HOST_PATTERN,a.*.b,",
        "HOST_PATTERN,**.a,",
        "HOST_PATTERN,a b,",
        "HOST_PATTERN,a..b,",
        "HOST_PATTERN,-a,",
        "HOST_PATTERN,*,",
        "PATH_PATTERN,v1,/v1",
        "PATH_PATTERN,/v1*,/v1/*",
        "PATH_PATTERN,/v1/**,/v1/*",
        "PATH_PATTERN,/*/b,",
        "PATH_PATTERN,/a b,/a%20b",
        "PATH_PATTERN,/a?b,/a",
        "PATH_PATTERN,/a#b,/a",
        "PATH_PATTERN,/%2,",
        "PATH_PATTERN,/ä,",
        "PATH,healthz,/healthz",
        "PATH,http://a/b,/b",
        "CHECK_METHOD,get,GET",
        "SCHEME,HTTPS,https",
        "SCHEME,https://,https",
        "NAME,a b,",
        "TOKEN,a b,",
        "TOKEN,a:b,"
    })
    void othersAreRefusedWithAProposal(Text kind, String text, String meant) {
        BadValue bad = catchThrowableOfType(BadValue.class, () -> kind.check(text));

        assertThat(bad).isNotNull();
        assertThat(bad.meant()).isEqualTo(meant);
        assertThat(bad.expected()).isEqualTo(kind.expected());
    }

    @ParameterizedTest
    @EnumSource(Text.class)
    void emptyAndOverlongTextsAreRefused(Text kind) {
        assertThat(catchThrowableOfType(BadValue.class, () -> kind.check(""))).isNotNull();
        assertThat(catchThrowableOfType(BadValue.class, () -> kind.check("a".repeat(Text.LONGEST + 1)))
                        .kind())
                .isEqualTo(ProblemKind.TOO_LONG);
    }

    /** Expressions with nested repetition can take for ever, or overflow the stack, on texts made for it. */
    @ParameterizedTest
    @EnumSource(Text.class)
    void noTextTakesLong(Text kind) {
        for (String piece : new String[] {"a", "/", "a.", "%20", "a-", "*.", "_", ":", "[", "/*", "%"}) {
            String text = "/" + piece.repeat(Text.LONGEST / piece.length() - 3) + " ";
            assertTimeout(Duration.ofSeconds(5), () -> {
                tryIt(kind, text);
                tryIt(kind, text.substring(1));
            });
        }
    }

    private static void tryIt(Text kind, String text) {
        try {
            assertThat(kind.check(text)).isEqualTo(text);
        } catch (BadValue e) {
            assertThat(e.found()).isNotEmpty();
        }
    }

    @Test
    void nearestFindsWhatWasMeant() {
        var words = List.of("per-backend", "balance", "backends", "health");

        assertThat(Nearest.of("perBackend", words)).isEqualTo("per-backend");
        assertThat(Nearest.of("balanec", words)).isEqualTo("balance");
        assertThat(Nearest.of("heatlh", words)).isEqualTo("health");
        assertThat(Nearest.of("HEALTH", words)).isEqualTo("health");
        assertThat(Nearest.of("back", words)).isEqualTo("backends");
        assertThat(Nearest.of("colour", words)).isNull();
        assertThat(Nearest.of("x".repeat(10_000), words)).isNull();
        assertThat(Nearest.of("", words)).isNull();
    }

    @Test
    void pathsNameAPlaceAndLeadUp() {
        String path = Paths.item(Paths.key(Paths.key(Paths.key("", "pools"), "a.b"), "backends"), 2);

        assertThat(path).isEqualTo("pools.\"a.b\".backends[2]");
        assertThat(Paths.parent(path)).isEqualTo("pools.\"a.b\".backends");
        assertThat(Paths.parent(Paths.parent(path))).isEqualTo("pools.\"a.b\"");
        assertThat(Paths.parent("pools.\"a.b\"")).isEqualTo("pools");
        assertThat(Paths.parent("pools")).isEmpty();
        assertThat(Paths.key("", "a\"\u001b\n")).isEqualTo("\"a???\"");
    }
}
