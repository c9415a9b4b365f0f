package dev.fairlead.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.BalanceConfig.PowerOfTwo;
import dev.fairlead.core.config.HealthConfig.TcpCheck;
import dev.fairlead.core.config.ListenerConfig.Protocol;
import dev.fairlead.core.config.PoolConfig.BackendConfig;
import dev.fairlead.core.config.PoolConfig.BackendTimeouts;
import dev.fairlead.core.config.PoolConfig.EjectConfig;
import dev.fairlead.core.config.PoolConfig.HedgeConfig;
import dev.fairlead.core.config.PoolConfig.KeepAliveConfig;
import dev.fairlead.core.config.PoolConfig.PoolLimits;
import dev.fairlead.core.config.PoolConfig.RetryConfig;
import dev.fairlead.core.config.PoolConfig.SlowStartConfig;
import dev.fairlead.core.config.PoolConfig.WarmUpConfig;
import dev.fairlead.core.config.RouteConfig.MatchConfig;
import dev.fairlead.core.config.RuntimeConfig.TlsKind;
import dev.fairlead.core.config.RuntimeConfig.TransportKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules hold for configurations made by programs, too; the golden files of the loader have every case. */
class RulesTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static Config config(List<RouteConfig> routes, Map<String, PoolConfig> pools) {
        return config(routes, pools, new AdminConfig(Address.parse("127.0.0.1:7900"), true));
    }

    private static Config config(List<RouteConfig> routes, Map<String, PoolConfig> pools, AdminConfig admin) {
        var listener = new ListenerConfig(
                Address.parse(":8080"),
                Protocol.HTTP,
                null,
                false,
                List.of(),
                new ClientLimits(new Size(8192), new Size(32768), 100, new Size(0), 1000, 1000, 100, 100),
                new ClientTimeouts(SECOND, SECOND, SECOND, SECOND, new Size(100), SECOND, new Size(100)));
        return new Config(
                Map.of("web", listener),
                routes,
                pools,
                admin,
                new AccessLogConfig("off", new Size(1 << 20)),
                new ErrorsConfig(Map.of()),
                new StopConfig(SECOND),
                new RuntimeConfig(
                        TransportKind.AUTO,
                        TlsKind.AUTO,
                        0,
                        new Size(256 << 20),
                        new Size(512 << 10),
                        1000,
                        new Size(1 << 30)),
                null);
    }

    private static PoolConfig pool(String... backends) {
        return new PoolConfig(
                new PowerOfTwo(),
                Arrays.stream(backends)
                        .map(backend -> new BackendConfig(Address.parseBackend(backend), 1))
                        .toList(),
                new HealthConfig(null, new TcpCheck(), SECOND, SECOND, SECOND, 3, 2),
                new BackendTlsConfig(false, BackendTlsConfig.Verify.ON, null, null, null, null, List.of()),
                new EjectConfig(5, new Share(0.25), 20, SECOND, 16, SECOND, SECOND, 3),
                new Share(0.5),
                new SlowStartConfig(SECOND, SlowStartConfig.Shape.LINEAR),
                new WarmUpConfig(List.of(), SECOND, 0),
                SECOND,
                new PoolLimits(new Cap(1024), 8, 1024, 1024, SECOND, PoolLimits.Order.FIFO),
                new RetryConfig(2, new Share(0.2), StatusRanges.parse("502-504"), Duration.ZERO, new Size(0)),
                HedgeConfig.OFF,
                new BackendTimeouts(SECOND, SECOND, SECOND, Duration.ZERO, SECOND),
                new KeepAliveConfig(128, Duration.ofSeconds(4), Duration.ofMinutes(1)));
    }

    @Test
    void aBurstMustComeBackWithinDays() {
        for (int burst : new int[] {120, 121}) {
            var limit = new RateLimitConfig(Rate.parse("1/h"), burst, new BalanceConfig.HashKey.Source(), 1000, false);
            var routes = List.of(new RouteConfig(new MatchConfig(null, null), "app", null, limit, null));
            List<Problem> problems = Rules.check(config(routes, Map.of("app", pool("3000", "3001"))));
            if (burst == 120) {
                assertThat(problems).isEmpty();
            } else {
                assertThat(problems).singleElement().satisfies(problem -> {
                    assertThat(problem.path()).isEqualTo("routes[0].rate-limit.burst");
                    assertThat(problem.found()).isEqualTo("121, at 1/h");
                });
            }
        }
    }

    @Test
    void aSoundConfigurationHasNoProblems() {
        assertThat(Rules.check(config(List.of(), Map.of("app", pool("3000", "3001")))))
                .isEmpty();
    }

    @Test
    void problemsOfAProgramHavePathsButNoLines() {
        var routes = List.of(new RouteConfig(new MatchConfig(null, null), "ap", null));

        assertThat(Rules.check(config(routes, Map.of("app", pool("3000", "3001")))))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(ProblemKind.UNKNOWN_POOL);
                    assertThat(problem.line()).isZero();
                    assertThat(problem).hasToString("FL-C040 routes[0].forward: ap (expected: a pool: app)");
                    assertThat(problem.suggestion()).isEqualTo("did you mean `app`?");
                });
    }

    @Test
    void errorsComeBeforeWarnings() {
        assertThat(Rules.check(config(List.of(), Map.of("a", pool("3000"), "b", pool("3000", "3000")))))
                .extracting(Problem::kind)
                .containsExactly(ProblemKind.NO_ROUTES, ProblemKind.DUPLICATE_BACKEND, ProblemKind.SINGLE_BACKEND);
    }

    @Test
    void whatIsBrokenAlreadyIsNotComplainedAboutAgain() {
        var routes = List.of(
                new RouteConfig(new MatchConfig(null, null), "b", null),
                new RouteConfig(new MatchConfig(null, "/a"), "a", null));

        assertThat(Rules.check(
                        config(routes, Map.of("a", pool("1", "2"), "b", pool("3000", "3000"))),
                        path -> path.startsWith("pools.b.")))
                .isEmpty();
    }

    private static List<ProblemKind> ofAdmin(String address, boolean enabled, Secret token, String file) {
        var admin = new AdminConfig(Address.parse(address), enabled, token, file);
        return Rules.check(config(List.of(), Map.of("app", pool("3000", "3001")), admin)).stream()
                .map(Problem::kind)
                .toList();
    }

    @Test
    void whoOthersCanReachNeedsAToken() {
        var token = new Secret("0123456789abcdef");
        assertThat(ofAdmin("10.0.0.1:7900", true, null, null)).containsExactly(ProblemKind.ADMIN_WITHOUT_TOKEN);
        assertThat(ofAdmin(":7900", true, null, null)).containsExactly(ProblemKind.ADMIN_WITHOUT_TOKEN);
        assertThat(ofAdmin(":7900", false, null, null)).isEmpty();
        assertThat(ofAdmin(":7900", true, token, null)).isEmpty();
        assertThat(ofAdmin(":7900", true, null, "/run/token")).isEmpty();
        assertThat(ofAdmin("[::1]:7900", true, null, null)).isEmpty();
        assertThat(ofAdmin("localhost:7900", true, token, "/run/token")).containsExactly(ProblemKind.CONTRADICTION);
    }
}
