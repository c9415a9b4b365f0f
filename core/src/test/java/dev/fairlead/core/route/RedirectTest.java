package dev.fairlead.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.config.RouteConfig.MatchConfig;
import dev.fairlead.core.config.RouteConfig.RedirectConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectTest {
    private static String location(@Nullable String match, RedirectConfig config, String host, String target) {
        byte[] hostBytes = ("Host:" + host + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] targetBytes = ("GET " + target + " H").getBytes(StandardCharsets.ISO_8859_1);
        int to = targetBytes.length - 2;
        RouteTable table =
                RouteTable.of(List.of(new RouteConfig(new MatchConfig(null, match), null, config)), List.of(), 1);
        RouteAction action = table.match(hostBytes, 5, hostBytes.length - 2, targetBytes, 4, to);
        assertThat(action).isInstanceOf(Redirect.class);
        Redirect redirect = (Redirect) java.util.Objects.requireNonNull(action);
        assertThat(redirect.status()).isEqualTo(config.status());
        byte[] location = redirect.location("http", hostBytes, 5, hostBytes.length - 2, targetBytes, 4, to);
        return new String(location, StandardCharsets.ISO_8859_1);
    }

    private static RedirectConfig path(@Nullable String path) {
        return new RedirectConfig(null, null, path, 308);
    }

    @ParameterizedTest
    @CsvSource({
        "/old, /new",
        "/old/, /new/",
        "/old/x/y, /new/x/y",
        "/old/x?q=1&r, /new/x?q=1&r",
        "/old?q, /new?q",
        "/old//x, /new//x",
        "/old/a%2Fb, /new/a%2Fb",
        "/old/?, /new/?",
    })
    void theStarKeepsWhatItStoodForAndTheQueryStays(String target, String expected) {
        assertThat(location("/old/*", path("/new/*"), "h:8080", target)).isEqualTo("http://h:8080" + expected);
    }

    @Test
    void aPathWithoutStarReplacesTheWholePath() {
        assertThat(location("/old/*", path("/new"), "h", "/old/x?q")).isEqualTo("http://h/new?q");
    }

    @Test
    void thePrefixCanBeDroppedAndIsNeverReplacedByNothing() {
        assertThat(location("/old/*", path("/*"), "h", "/old/x")).isEqualTo("http://h/x");
        assertThat(location("/old/*", path("/*"), "h", "/old")).isEqualTo("http://h/");
        assertThat(location("/old/*", path("/*"), "h", "/old?q")).isEqualTo("http://h/?q");
    }

    @Test
    void withoutAMatchedPathTheStarStoodForAllOfIt() {
        assertThat(location(null, path("/new/*"), "h", "/x/y?q")).isEqualTo("http://h/new/x/y?q");
        assertThat(location(null, path("/new/*"), "h", "*")).isEqualTo("http://h/new");
    }

    @Test
    void aNewSchemeKeepsPathAndQueryAndLeavesTheOldPortOut() {
        var https = new RedirectConfig("https", null, null, 301);
        assertThat(location("/a/*", https, "example.com:8080", "/a/b?c")).isEqualTo("https://example.com/a/b?c");
        assertThat(location(null, https, "[::1]:8080", "/")).isEqualTo("https://[::1]/");
        var both = new RedirectConfig("https", "other:8443", null, 301);
        assertThat(location(null, both, "example.com:8080", "/")).isEqualTo("https://other:8443/");
    }

    @Test
    void aPathCanNotBecomeAHost() {
        assertThat(location("/old/*", path("/*"), "h", "/old//evil.com")).isEqualTo("http://h//evil.com");
        assertThat(location(null, new RedirectConfig("https", null, null, 308), "h", "//evil.com"))
                .isEqualTo("https://h//evil.com");
    }

    @Test
    void bytesThatAUriMayNotHoldAreEscaped() {
        assertThat(location("/old/*", path("/new/*"), "h\r\nX: y@evil/", "/old/\r\nSet-Cookie: a\0\"<\u00e9>?\r\n#[x]"))
                .isEqualTo("http://h%0D%0AX:%20y%40evil%2F/new/%0D%0ASet-Cookie:%20a%00%22%3C%E9%3E?%0D%0A%23%5Bx%5D");
    }

    @Test
    void whateverComesInTheLocationIsAnAbsoluteUriOfTheRightHost() {
        var random = new SplittableRandom(5);
        for (int i = 0; i < 3000; i++) {
            var target = new StringBuilder("/old");
            int length = random.nextInt(12);
            for (int c = 0; c < length; c++) {
                target.append(c == 0 ? '/' : (char) random.nextInt(256));
            }
            String location = location("/old/*", path("/new/*"), "h", target.toString());
            assertThat(location).matches("http://h/new[!-~]*");
            // java.net.URI wants two digits after each percent sign; a client may have sent less.
            URI uri = URI.create(location.replace("%", "%25"));
            assertThat(uri.getHost()).isEqualTo("h");
            assertThat(uri.getRawFragment()).isNull();
        }
    }
}
