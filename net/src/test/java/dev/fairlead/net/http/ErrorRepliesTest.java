package dev.fairlead.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.ErrorsConfig;
import dev.fairlead.core.config.ErrorsConfig.PageConfig;
import dev.fairlead.core.config.TextFile;
import dev.fairlead.core.fail.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is in the answers the balancer gives by itself. */
class ErrorRepliesTest {
    private static final ErrorReplies BUILT_IN = ErrorReplies.of(new ErrorsConfig(Map.of()));

    /** A flat object in JSON, of numbers and of texts whose odd characters are all escaped. */
    private static final String OBJECT = "\\{(,?\"[a-z_]+\":([0-9]+|\"([ -~&&[^\"\\\\]]|\\\\u[0-9a-f]{4})*\"))+}\n";

    private static String body(ErrorReplies replies, Failure failure, String accept, String id) {
        ErrorReplies.Reply reply = replies.reply(failure, Heads.get("Accept: " + accept, "X-Request-Id: " + id));
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private static PageConfig page(@Nullable String html, @Nullable String text, @Nullable String json) {
        return new PageConfig(file(html), file(text), file(json));
    }

    private static @Nullable TextFile file(@Nullable String text) {
        return text == null ? null : new TextFile("file", text);
    }

    @Test
    void eachFormSaysWhatHappenedAndWhichRequestItWas() {
        assertThat(body(BUILT_IN, Failure.ALL_DOWN, "*/*", "abc"))
                .isEqualTo("503 Service Unavailable: no backend is healthy (all-down)\nrequest abc\n");
        assertThat(body(BUILT_IN, Failure.ALL_DOWN, "application/json", "abc"))
                .isEqualTo("{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
                        + "\"detail\":\"no backend is healthy\",\"reason\":\"all-down\",\"request_id\":\"abc\"}\n");
        assertThat(body(BUILT_IN, Failure.BAD_FRAMING, "text/html", "abc"))
                .startsWith("<!doctype html>")
                .contains("<title>400 Bad Request</title>", "<code>bad-framing</code>", "<code>abc</code>")
                .contains("the request&#39;s length is ambiguous or invalid")
                .doesNotContain("{status}", "{title}", "{detail}", "{reason}", "{request_id}");
    }

    @Test
    void fieldsSayTheFormTheIdAndWhenToComeBack() {
        ErrorReplies.Reply reply =
                BUILT_IN.reply(Failure.ALL_BUSY, Heads.get("Accept: text/html", "X-Request-Id: abc"));
        assertThat(new String(reply.fieldLines(), StandardCharsets.US_ASCII)).isEqualTo("""
                        Content-Type: text/html; charset=utf-8
                        X-Content-Type-Options: nosniff
                        Cache-Control: no-store
                        Retry-After: 1
                        Server: fairlead
                        X-Request-Id: abc
                        """.replace("\n", "\r\n"));
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void everyFailureHasAReplyInEachForm(Failure failure) {
        String json = body(BUILT_IN, failure, "application/json", "abc");
        assertThat(json).matches(OBJECT);
        assertThat(json).contains("\"status\":" + failure.status(), "\"reason\":\"" + failure.code() + "\"");
        assertThat(body(BUILT_IN, failure, "*/*", "abc")).contains(failure.code(), "abc");
        assertThat(body(BUILT_IN, failure, "text/html", "abc")).contains(failure.code(), "abc");
    }

    @Test
    void anIdIsNeverMarkup() {
        String hostile = "</script><img src=x onerror='a'>&\"\\\u00e9`";
        String html = body(BUILT_IN, Failure.NO_ROUTE, "text/html", hostile);
        assertThat(html).contains("&#60;/script&#62;").doesNotContain("</script>", "<img", "onerror='", "\u00e9");
        String json = body(BUILT_IN, Failure.NO_ROUTE, "application/json", hostile);
        assertThat(json).contains("\\u003c/script\\u003e").contains("\\u0022\\u005c\\u00e9`\"}");
        assertThat(json).matches(OBJECT);
        assertThat(body(BUILT_IN, Failure.NO_ROUTE, "*/*", "a\u00e9\tb")).contains("request a??b\n");
    }

    @Test
    void theMostSpecificPageThatHasTheFormWins() {
        ErrorReplies replies = ErrorReplies.of(new ErrorsConfig(Map.of(
                "default", page("<p>any", null, null),
                "5xx", page("<p>{status}", "text of 5xx", null),
                "503", page(null, null, "{\"code\": {status}}"))));
        assertThat(body(replies, Failure.ALL_DOWN, "application/json", "a")).isEqualTo("{\"code\": 503}");
        assertThat(body(replies, Failure.ALL_DOWN, "text/html", "a")).isEqualTo("<p>503");
        assertThat(body(replies, Failure.ALL_DOWN, "*/*", "a")).isEqualTo("text of 5xx");
        assertThat(body(replies, Failure.BAD_ANSWER, "application/json", "a")).contains("about:blank");
        assertThat(body(replies, Failure.NO_ROUTE, "text/html", "a")).isEqualTo("<p>any");
        assertThat(body(replies, Failure.NO_ROUTE, "*/*", "a")).startsWith("404 Not Found");
    }

    @Test
    void placesAreFilledAndOtherBracesStay() {
        ErrorReplies replies = ErrorReplies.of(new ErrorsConfig(Map.of(
                "404",
                page("{request_id}<style>p{color:red}</style>{Status} {} {{reason}} Späti {request_id}", null, null))));
        assertThat(body(replies, Failure.NO_ROUTE, "text/html", "i<d"))
                .isEqualTo("i&#60;d<style>p{color:red}</style>{Status} {} {no-route} Späti i&#60;d");
        ErrorReplies empty = ErrorReplies.of(new ErrorsConfig(Map.of("404", page("", null, null))));
        assertThat(body(empty, Failure.NO_ROUTE, "text/html", "a")).isEmpty();
    }
}
