package dev.fairlead.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.fairlead.core.http.Head;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which form of an error a client wants. */
class AcceptsTest {
    private static ErrorForm of(String accept) {
        return Accepts.of(Heads.get("Accept: " + accept));
    }

    @Test
    void whoSaysNothingGetsPlainText() {
        assertThat(Accepts.of(Heads.get())).isEqualTo(ErrorForm.TEXT);
        assertThat(of("")).isEqualTo(ErrorForm.TEXT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            curl, wget, requests, fetch      | TEXT    | */*
            Java's HttpURLConnection         | TEXT    | */*; q=0.2
            an older one                     | HTML    | text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2
            Chrome, a page                   | HTML    | text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7
            Firefox, a page                  | HTML    | text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
            Safari, a page                   | HTML    | text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
            Internet Explorer, a page        | HTML    | text/html, application/xhtml+xml, image/jxr, */*
            Lynx                             | HTML    | text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01
            Chrome, an image                 | TEXT    | image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8
            Firefox, a style sheet           | TEXT    | text/css,*/*;q=0.1
            EventSource                      | TEXT    | text/event-stream
            axios, Angular                   | PROBLEM | application/json, text/plain, */*
            jQuery                           | PROBLEM | application/json, text/javascript, */*; q=0.01
            GraphQL over HTTP                | PROBLEM | application/graphql-response+json, application/json;q=0.9
            kubectl                          | PROBLEM | application/json;as=Table;v=v1;g=meta.k8s.io,application/json
            JSON:API                         | PROBLEM | application/vnd.api+json
            GitHub's clients                 | PROBLEM | application/vnd.github+json
            Prometheus                       | TEXT    | application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2
            """)
    void realClientsGetWhatTheyCanShow(String who, ErrorForm form, String accept) {
        assertThat(of(accept)).as(who).isEqualTo(form);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PROBLEM | application/problem+json
            PROBLEM | application/json
            PROBLEM | application/*
            PROBLEM | APPLICATION/JSON
            PROBLEM | Application/Problem+JSON;Q=0.1
            HTML    | text/html
            TEXT    | text/*
            TEXT    | text/plain
            TEXT    | text/html;q=0.5, text/plain
            HTML    | text/html;q=0.5, text/plain;q=0.499
            HTML    | text/html;level=1;q=0.3, text/html;q=0.7, */*;q=0.5
            PROBLEM | text/*;q=0.3, application/json;q=0.4
            PROBLEM | */*, application/json
            HTML    | text/plain;q=0, */*
            PROBLEM | text/*;q=0, */*
            PROBLEM | text/plain;q=0, text/html;q=0.000, */*;q=0.001
            TEXT    | application/json;q=0, application/*
            PROBLEM | application/json;q=0, application/problem+json
            TEXT    | application/json;q=0
            TEXT    | image/png
            TEXT    | application/xml
            HTML    | text/html;a="x,application/json;q=1";q=0.9
            HTML    | text/html;a="\\",application/json";q=0.9
            PROBLEM | text/html ; q=0.2 ,application/json ; q=0.3
            HTML    | ,,text/html,,
            """)
    void qualityThenSpecificityThenOrderDecide(ErrorForm form, String accept) {
        assertThat(of(accept)).isEqualTo(form);
    }

    @Test
    void severalFieldsAreOneList() {
        assertThat(Accepts.of(Heads.get("Accept: text/html;q=0.5", "X: y", "accept: application/json")))
                .isEqualTo(ErrorForm.PROBLEM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html;q=",
                "text/html;q=x",
                "text/html;q=-1",
                "text/html;q=1.1",
                "text/html;q=10",
                "text/html;q=0.5.5",
                "text/html;q=99999999999999999999",
                "text/html;q=NaN",
                "text/html;q=\"1\"",
                "text/html;a=\"unterminated,text/html",
                "text/html\"",
                "\"text/html\"",
                "text / html",
                "text",
                "/",
                "*/html",
                ";q=1",
                ";;;;",
                ",,,,",
                "\t",
                "text/\u00ff\u00ff",
                "application/+json",
                "+json",
                "json"
            })
    void whatIsNoRangeIsNone(String accept) {
        assertThat(of(accept)).isIn(ErrorForm.TEXT, accept.contains("unterminated") ? ErrorForm.HTML : ErrorForm.TEXT);
    }

    @Test
    void onlySoManyRangesAreLookedAt() {
        String many = "image/png,".repeat(Accepts.MOST_RANGES);
        assertThat(of(many + "text/html")).isEqualTo(ErrorForm.TEXT);
        assertThat(of(many.substring(10) + "text/html")).isEqualTo(ErrorForm.HTML);
        String[] fields = new String[900];
        java.util.Arrays.fill(fields, "Accept: ,,,;;;\"\"\"");
        assertThat(Accepts.of(Heads.get(fields))).isEqualTo(ErrorForm.TEXT);
    }

    @Test
    void anythingAtAllEndsInOneOfTheForms() {
        var random = new Random(7);
        String alphabet = "*/,;=\"\\ q01.texhmlapicionjs+\t\u00ff";
        for (int round = 0; round < 20_000; round++) {
            var accept = new StringBuilder("text/html");
            for (int i = random.nextInt(60); i > 0; i--) {
                accept.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(of(accept.toString())).isNotNull();
        }
    }

    @Test
    void choosingAllocatesNothing() {
        Head[] heads = {
            Heads.get(),
            Heads.get("Accept: */*"),
            Heads.get("Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            Heads.get("Accept: application/json, text/plain, */*")
        };
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        int sum = choose(heads);
        long before = threads.getThreadAllocatedBytes(thread);
        sum += choose(heads);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(sum).isPositive();
        // The question itself costs a few; one object each time would be hundreds of thousands.
        assertThat(allocated).isLessThan(10_000);
    }

    private static int choose(Head... heads) {
        int sum = 0;
        for (int i = 0; i < 20_000; i++) {
            sum += Accepts.of(heads[i % heads.length]).ordinal();
        }
        return sum;
    }
}
