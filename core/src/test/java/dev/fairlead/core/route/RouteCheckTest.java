package dev.fairlead.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.config.RouteConfig.BufferConfig;
import dev.fairlead.core.config.RouteConfig.MatchConfig;
import dev.fairlead.core.config.RouteConfig.RedirectConfig;
import dev.fairlead.core.config.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteCheckTest {
    private static List<String> problems(RouteConfig... routes) {
        return RouteTable.problems(List.of(routes), List.of("app")).stream()
                .map(RouteProblem::toString)
                .toList();
    }

    private static RouteConfig to(@Nullable String host, @Nullable String path) {
        return new RouteConfig(new MatchConfig(host, path), "app", null);
    }

    private static RouteConfig redirect(@Nullable String match, RedirectConfig redirect) {
        return new RouteConfig(new MatchConfig(null, match), null, redirect);
    }

    @Test
    void soundRoutesHaveNoProblems() {
        assertThat(problems(
                        to(null, null),
                        to("*.example.com", "/v1/*"),
                        to("*.example.com", "/v1"),
                        to("[::1]", "/a%2Fb;c=d/"),
                        redirect("/old/*", new RedirectConfig("https", "x.com:81", "/new/*", 301)),
                        redirect("/older", new RedirectConfig(null, "[::1]:81", "/new", 308))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "*",
                "*.",
                "*x.com",
                "a.*.com",
                "a..b",
                "example.com:80",
                "a b",
                "a/b",
                "::1",
                "*.[::1]",
                "é.com",
            })
    void oddHostsAreRefused(String host) {
        assertThat(problems(to(host, null))).singleElement().asString().startsWith("routes[0].match.host: host: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "v1", "*", "v1/*", "/v1*", "/*/v1", "/*/*", "/a b", "/a?b", "/a#b", "/é", "/a\\b", "/a\r\nb"
            })
    void oddPathsAreRefused(String path) {
        assertThat(problems(to(null, path))).singleElement().asString().startsWith("routes[0].match.path: path: ");
    }

    @Test
    void everyProblemOfEveryRouteIsReportedAtOnce() {
        assertThat(problems(
                        new RouteConfig(new MatchConfig("h", "/a"), null, null),
                        new RouteConfig(
                                new MatchConfig("H", "/a"), "nowhere", new RedirectConfig("ftp", "a/b", "x", 200)),
                        redirect("/b", new RedirectConfig(null, null, "/c/*", 302)),
                        redirect("/d", new RedirectConfig(null, null, null, 302))))
                .containsExactly(
                        "routes[0]: exactly one of forward and redirect is needed",
                        "routes[1]: exactly one of forward and redirect is needed",
                        "routes[1].forward: forward: nowhere (expected: the name of a pool)",
                        "routes[1].match: the same host and path as routes[0]: h /a",
                        "routes[1].redirect.status: status: 200 (expected: 301, 302, 303, 307 or 308)",
                        "routes[1].redirect.scheme: scheme: ftp (expected: http or https)",
                        "routes[1].redirect.host: host: a/b (expected: a name or address, with :port if need be)",
                        "routes[1].redirect.path: path: x (expected: an exact path such as /v1, or a prefix such as"
                                + " /v1/*; escaped where a URI needs it)",
                        "routes[2].redirect.path: path: /c/* (expected: no /*, for the match's path has none)",
                        "routes[3].redirect: sends the client to where it came from (expected: a new scheme, host or"
                                + " path)");
    }

    @Test
    void aRedirectWaitsForNoBody() {
        var buffer = new BufferConfig(BufferConfig.Mode.FULL, new Size(0), new Size(1));
        var redirect = new RedirectConfig("https", null, null, 308);
        assertThat(RouteTable.problems(
                        List.of(new RouteConfig(new MatchConfig(null, null), null, redirect, null, buffer)), List.of()))
                .singleElement()
                .asString()
                .contains("a redirect waits for no body");
    }
}
