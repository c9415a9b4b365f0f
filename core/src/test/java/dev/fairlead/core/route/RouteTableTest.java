package dev.fairlead.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.config.BalanceConfig;
import dev.fairlead.core.config.Rate;
import dev.fairlead.core.config.RateLimitConfig;
import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.config.RouteConfig.MatchConfig;
import dev.fairlead.core.config.RouteConfig.RedirectConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
    private final List<RouteConfig> routes = new ArrayList<>();
    private final List<String> pools = new ArrayList<>();

    /** A route to a pool named after it. */
    private RouteTableTest route(@Nullable String host, @Nullable String path) {
        String pool = (host == null ? "any" : host) + " " + (path == null ? "all" : path);
        pools.add(pool);
        routes.add(new RouteConfig(new MatchConfig(host, path), pool, null));
        return this;
    }

    private @Nullable String match(String host, String target) {
        byte[] bytes = ("GET " + target + " Host:" + host + "!").getBytes(StandardCharsets.ISO_8859_1);
        int hostFrom = bytes.length - 1 - host.length();
        RouteAction action =
                RouteTable.of(routes, pools, 7).match(bytes, hostFrom, bytes.length - 1, bytes, 4, 4 + target.length());
        if (action instanceof RouteAction.Forward forward) {
            assertThat(pools.get(forward.index())).isEqualTo(forward.pool());
            return forward.pool();
        }
        assertThat(action).isNull();
        return null;
    }

    @Test
    void limitsAreNumberedInTheOrderOfTheRoutesThatHaveOne() {
        var limit = new RateLimitConfig(Rate.parse("1/s"), null, new BalanceConfig.HashKey.Source(), 1000, false);
        List<RouteConfig> some = List.of(
                new RouteConfig(new MatchConfig(null, "/none"), "app", null),
                new RouteConfig(new MatchConfig(null, "/z"), "app", null, limit, null),
                new RouteConfig(new MatchConfig(null, null), "app", null),
                new RouteConfig(
                        new MatchConfig(null, "/old"), null, new RedirectConfig(null, null, "/new", 308), limit, null),
                new RouteConfig(new MatchConfig("a", "/a"), "app", null, limit, null));
        RouteTable table = RouteTable.of(some, List.of("app"), 7);
        assertThat(limit(table, "/none")).isEqualTo(RouteAction.UNLIMITED);
        assertThat(limit(table, "/z")).isZero();
        assertThat(limit(table, "/")).isEqualTo(RouteAction.UNLIMITED);
        assertThat(limit(table, "/old")).isEqualTo(1);
        assertThat(limit(table, "/a")).isEqualTo(2);
        assertThat(limit(RouteTable.of(List.of(), List.of("app"), 7), "/")).isEqualTo(RouteAction.UNLIMITED);
    }

    private static int limit(RouteTable table, String path) {
        byte[] bytes = ("a" + path).getBytes(StandardCharsets.ISO_8859_1);
        RouteAction action = table.match(bytes, 0, 1, bytes, 1, bytes.length);
        return action == null ? Integer.MIN_VALUE : action.limit();
    }

    @Test
    void theExactHostBeatsTheLongerWildcardBeatsTheShorterBeatsAny() {
        route(null, null).route("*.com", null).route("*.example.com", null).route("api.example.com", null);
        assertThat(match("api.example.com", "/")).isEqualTo("api.example.com all");
        assertThat(match("www.example.com", "/")).isEqualTo("*.example.com all");
        assertThat(match("a.b.example.com", "/")).isEqualTo("*.example.com all");
        assertThat(match("example.com", "/")).isEqualTo("*.com all");
        assertThat(match("com", "/")).isEqualTo("any all");
        assertThat(match("example.org", "/")).isEqualTo("any all");
        assertThat(match("", "/")).isEqualTo("any all");
    }

    @Test
    void aWildcardDoesNotMatchItsOwnNameNorAnEmptyLabelNorAMereEnding() {
        route("*.example.com", null);
        assertThat(match("example.com", "/")).isNull();
        assertThat(match(".example.com", "/")).isNull();
        assertThat(match("badexample.com", "/")).isNull();
        assertThat(match("x.example.com.evil", "/")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "example.com",
        "EXAMPLE.Com",
        "example.com:8080",
        "example.com.",
        "example.com.:8080",
        "example.com:",
    })
    void hostsMatchWithoutRegardToCasePortAndTrailingDot(String host) {
        route("Example.COM.", null);
        assertThat(match(host, "/")).isEqualTo("Example.COM. all");
    }

    @Test
    void literalAddressesMatchWithTheirBrackets() {
        route("[::1]", null).route("127.0.0.1", null);
        assertThat(match("[::1]:8080", "/")).isEqualTo("[::1] all");
        assertThat(match("[::1]", "/")).isEqualTo("[::1] all");
        assertThat(match("127.0.0.1:80", "/")).isEqualTo("127.0.0.1 all");
        assertThat(match("[::2]", "/")).isNull();
        assertThat(match("[::1", "/")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1, true", "/v1/, true", "/v1/x, true", "/v1/x/y, true", "/v1?q=1, true", "/v1/?q, true", "/v1//, true",
        "/v10, false", "/v, false", "/, false", "/V1, false", "/v1%2Fx, false", "/x/v1, false", "//v1, false",
        "/v1;a, false", "*, false",
    })
    void prefixesMatchOnSegmentBorders(String target, boolean matches) {
        route(null, "/v1/*");
        assertThat(match("h", target) != null).isEqualTo(matches);
    }

    @Test
    void theExactPathBeatsPrefixesAndTheLongestPrefixBeatsShorterOnes() {
        route("h", "/*")
                .route("h", "/a/*")
                .route("h", "/a/b/*")
                .route("h", "/a/b")
                .route("h", "/a/b/c/");
        assertThat(match("h", "/")).isEqualTo("h /*");
        assertThat(match("h", "/ab")).isEqualTo("h /*");
        assertThat(match("h", "/a")).isEqualTo("h /a/*");
        assertThat(match("h", "/a/bc")).isEqualTo("h /a/*");
        assertThat(match("h", "/a/b")).isEqualTo("h /a/b");
        assertThat(match("h", "/a/b?c")).isEqualTo("h /a/b");
        assertThat(match("h", "/a/b/")).isEqualTo("h /a/b/*");
        assertThat(match("h", "/a/b/c/")).isEqualTo("h /a/b/c/");
        assertThat(match("h", "/a/b/c/d")).isEqualTo("h /a/b/*");
    }

    @Test
    void aHostWithoutAMatchingPathYieldsToTheNextLessSpecificOne() {
        route("api.example.com", "/v1/*")
                .route("*.example.com", "/v2/*")
                .route("*.com", "/v3")
                .route(null, "/v4/*");
        assertThat(match("api.example.com", "/v1/x")).isEqualTo("api.example.com /v1/*");
        assertThat(match("api.example.com", "/v2/x")).isEqualTo("*.example.com /v2/*");
        assertThat(match("api.example.com", "/v3")).isEqualTo("*.com /v3");
        assertThat(match("api.example.com", "/v4")).isEqualTo("any /v4/*");
        assertThat(match("api.example.com", "/v5")).isNull();
        assertThat(match("example.com", "/v2")).isNull();
    }

    @Test
    void escapesAreNeverDecodedAndDotSegmentsNeverResolved() {
        route("h", "/a/*").route("h", "/b").route("h", "/%61/*");
        assertThat(match("h", "/a/../b")).isEqualTo("h /a/*");
        assertThat(match("h", "/%61/x")).isEqualTo("h /%61/*");
        assertThat(match("h", "/a%2Fb")).isNull();
        assertThat(match("h", "/./b")).isNull();
    }

    @Test
    void everyPathIsMatchedByNoPathAndByTheRootPrefixEvenTheStarOfOptions() {
        route("a", null).route("b", "/*");
        assertThat(match("a", "*")).isEqualTo("a all");
        assertThat(match("b", "*")).isEqualTo("b /*");
    }

    @Test
    void pathsOfManySegmentsAreFound() {
        String deep = "/s".repeat(100);
        route("h", deep + "/*").route("h", "/s/*");
        assertThat(match("h", deep + "/x")).isEqualTo("h " + deep + "/*");
        assertThat(match("h", "/s".repeat(99))).isEqualTo("h /s/*");
        assertThat(match("h", "/s".repeat(4000))).isEqualTo("h " + deep + "/*");
    }

    @Test
    void withoutRoutesASinglePoolGetsEverythingAndSeveralGetNothing() {
        pools.add("app");
        assertThat(match("h", "/")).isEqualTo("app");
        pools.add("other");
        assertThat(match("h", "/")).isNull();
    }

    @Test
    void rangesAreRespected() {
        route("b.c", "/x");
        byte[] bytes = "a.b.cd/x/y".getBytes(StandardCharsets.US_ASCII);
        RouteTable table = RouteTable.of(routes, pools, 1);
        assertThat(table.match(bytes, 2, 5, bytes, 6, 8)).isNotNull();
        assertThat(table.match(bytes, 1, 5, bytes, 6, 8)).isNull();
        assertThat(table.match(bytes, 2, 6, bytes, 6, 8)).isNull();
        assertThat(table.match(bytes, 2, 5, bytes, 6, 9)).isNull();
    }

    @Test
    void theSamePatternTwiceIsRefusedHoweverItIsWritten() {
        route("Example.com", "/*").route("example.com.", null);
        assertThatThrownBy(() -> RouteTable.of(routes, pools, 1))
                .hasMessage("routes[1].match: the same host and path as routes[0]: example.com /*");
    }
}
