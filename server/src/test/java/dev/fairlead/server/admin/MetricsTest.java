package dev.fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.pool.BackendState;
import dev.fairlead.core.pool.BackendState.Health;
import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.server.control.Bottleneck;
import dev.fairlead.server.control.Member;
import dev.fairlead.server.control.Reloads;
import dev.fairlead.server.control.RouteLimit;
import dev.fairlead.server.control.Status;
import dev.fairlead.server.control.Versions;
import dev.fairlead.server.ocsp.StaplePicture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Versions VERSIONS = new Versions("1.2.3", "4.2", "4.2", "25");

    /** One event in each bucket, and one above all of them. */
    private static final List<Long> ONE_EACH = Status.BUCKETS_MICROS.stream()
            .map(bound -> Status.BUCKETS_MICROS.indexOf(bound) + 1L)
            .toList();

    private static final Status STATUS = new Status(
            1_700_000_100_000L,
            1_700_000_000_000L,
            false,
            "epoll",
            List.of(new Status.LoopStatus(1_500_000, 20_000_000), new Status.LoopStatus(0, 0)),
            new Status.Use(2, 1000),
            new Status.Use(4096, 1 << 20),
            new Status.Use(100, 1 << 30),
            List.of(new Status.ListenerStatus(
                    "web",
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080),
                    false,
                    10,
                    3,
                    50_000,
                    25_000,
                    1,
                    6,
                    Map.of("silent", 2L),
                    5,
                    100,
                    2,
                    4,
                    1000,
                    2000,
                    List.of(0L, 90L, 1L, 5L, 4L),
                    Map.of(Failure.ALL_DOWN, 4L),
                    ONE_EACH.size() + 1L,
                    1_500_000,
                    ONE_EACH,
                    new Bottleneck(Bottleneck.Where.NONE, "nothing"),
                    new Status.TlsStatus(
                            "BoringSSL",
                            2,
                            Map.of("full", 5L),
                            List.of(new Status.CertificateStatus(
                                    "/etc/site.pem",
                                    List.of("a.example"),
                                    "Some CA",
                                    "ec-p256",
                                    "1f",
                                    1_690_000_000_000L,
                                    1_710_000_000_000L,
                                    "mismatch",
                                    new StaplePicture(
                                            "http://ocsp.example/",
                                            StaplePicture.State.GOOD,
                                            1_700_000_160_000L,
                                            1_700_000_130_000L,
                                            false,
                                            null)))))),
            List.of(new Status.PoolStatus(
                    "app",
                    1,
                    1,
                    true,
                    3,
                    8,
                    new Bottleneck(Bottleneck.Where.NONE, "nothing"),
                    "http",
                    null,
                    null,
                    new Status.HedgeStatus(25_000_000, Map.of("won", 3L)),
                    List.of(new Status.BackendStatus(
                            "10.0.0.1:80",
                            new BackendState(Wish.READY, Health.UP, 7, 25, false, 1_700_000_050_000L, "a \"reason\""),
                            Member.PLAIN,
                            true,
                            2,
                            5,
                            1024,
                            false,
                            new Status.KeepAlive(0, 0),
                            104,
                            Map.of(Outcome.OK, 100L, Outcome.BROKEN, 4L),
                            1500,
                            ONE_EACH.size() + 1L,
                            1_500_000,
                            ONE_EACH)))),
            9,
            Map.of("good", 11L),
            new Reloads.Picture(Map.of(Reloads.Ending.DONE, 3L, Reloads.Ending.INVALID, 1L), null, 2, List.of()));

    private static final RouteLimit LIMIT =
            new RouteLimit("a.example/v1/*", "100/s", 200, "source", 1000, 12, 8000, 34);

    private static String exposed(String accept) {
        return new String(
                Metrics.write(STATUS, List.of(LIMIT), VERSIONS, new Jvm(), 3, accept)
                        .bytes(),
                StandardCharsets.UTF_8);
    }

    @Test
    void everySeriesIsExposedAndNoOther() {
        List<String> types = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$")
                .matcher(exposed(""))
                .results()
                .map(found -> found.group(1) + " " + found.group(2))
                .toList();
        assertThat(types)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Series.values())
                        .map(series -> series.metric() + " "
                                + (series.kind() == Series.Kind.INFO ? "gauge" : lower(series.kind())))
                        .toList());
    }

    @Test
    void everySeriesHasItsRowInTheDocument() throws IOException {
        Path document = Path.of(System.getProperty("fairlead.root"), "docs", "metrics.md");
        List<String> rows = Files.readAllLines(document).stream()
                .filter(line -> line.startsWith("| `fairlead_"))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(
                        Arrays.stream(Series.values()).map(MetricsTest::row).toList());
    }

    private static String row(Series series) {
        String labels = series.labels().isEmpty() ? "" : "`" + String.join("`, `", series.labels()) + "`";
        return "| `" + series.metric() + "` | " + lower(series.kind()) + " | " + labels + " | " + series.help() + " |";
    }

    private static String lower(Series.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    @Test
    void namesFollowTheConventions() {
        for (Series series : Series.values()) {
            assertThat(series.metric()).matches("fairlead(_[a-z]+)+");
            assertThat(series.metric().endsWith("_total")).isEqualTo(series.kind() == Series.Kind.COUNTER);
            assertThat(series.help()).endsWith(".").doesNotContain("|");
        }
    }

    @Test
    void valuesAndLabelsAreThoseOfTheStatus() {
        assertThat(exposed("").lines())
                .contains(
                        "fairlead_build_info{java=\"25\",netty=\"4.2\",version=\"1.2.3\"} 1",
                        "fairlead_start_time_seconds 1.7E9",
                        "fairlead_event_loops{transport=\"epoll\"} 2.0",
                        "fairlead_loop_lag_seconds{loop=\"0\",window=\"1s\"} 0.0015",
                        "fairlead_loop_lag_seconds{loop=\"0\",window=\"1m\"} 0.02",
                        "fairlead_connections_refused_total{limit=\"connections-per-client\",listener=\"web\"} 6.0",
                        "fairlead_connections_closed_total{cause=\"silent\",listener=\"web\"} 2.0",
                        "fairlead_retries_refused_total{pool=\"app\"} 8.0",
                        "fairlead_connections_unread{listener=\"web\"} 5.0",
                        "fairlead_access_log_dropped_total 9.0",
                        "fairlead_certificate_stapled_seconds{file=\"/etc/site.pem\",listener=\"web\"} 60.0",
                        "fairlead_ocsp_questions_total{result=\"good\"} 11.0",
                        "fairlead_admin_unauthorized_total 3.0",
                        "fairlead_rate_limited_total{route=\"a.example/v1/*\"} 34.0",
                        "fairlead_rate_limit_keys{route=\"a.example/v1/*\"} 12.0",
                        "fairlead_pool_panic{pool=\"app\"} 1.0",
                        "fairlead_backend_share{backend=\"10.0.0.1:80\",pool=\"app\"} 0.25",
                        "fairlead_connections_open{listener=\"web\"} 3.0",
                        "fairlead_responses_total{code=\"2xx\",listener=\"web\"} 90.0",
                        "fairlead_failures_total{listener=\"web\",reason=\"all-down\",side=\"self\"} 4.0",
                        "fairlead_failures_total{listener=\"web\",reason=\"no-route\",side=\"self\"} 0.0",
                        "fairlead_backend_health{backend=\"10.0.0.1:80\",health=\"up\",pool=\"app\"} 1.0",
                        "fairlead_backend_health{backend=\"10.0.0.1:80\",health=\"down\",pool=\"app\"} 0.0",
                        "fairlead_backend_outcomes_total{backend=\"10.0.0.1:80\",outcome=\"broken\",pool=\"app\"} 4.0",
                        "fairlead_backend_latency_seconds{backend=\"10.0.0.1:80\",pool=\"app\"} 0.0015");
    }

    @Test
    void bucketsAreCumulativeAndEndWithTheCount() {
        List<Long> counts = Pattern.compile("fairlead_request_duration_seconds_bucket\\{.*} (\\d+)")
                .matcher(exposed(""))
                .results()
                .map((MatchResult found) -> Long.parseLong(found.group(1)))
                .toList();
        assertThat(counts).isSorted().hasSize(ONE_EACH.size() + 1);
        assertThat(exposed("").lines())
                .contains(
                        "fairlead_request_duration_seconds_bucket{listener=\"web\",le=\"1.0\"} 12",
                        "fairlead_request_duration_seconds_bucket{listener=\"web\",le=\"+Inf\"} 18",
                        "fairlead_request_duration_seconds_count{listener=\"web\"} 18",
                        "fairlead_request_duration_seconds_sum{listener=\"web\"} 1.5");
    }

    @Test
    void openMetricsIsGivenToWhoAsksForIt() {
        assertThat(exposed("application/openmetrics-text; version=1.0.0")).endsWith("# EOF\n");
        assertThat(exposed("*/*")).doesNotContain("# EOF");
    }
}
