package dev.fairlead.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairlead.core.pool.BackendState.Wish;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.server.Configs;
import dev.fairlead.server.admin.AdminServer;
import dev.fairlead.server.control.Change;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Surroundings;
import dev.fairlead.server.demo.TinyBackend;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The commands that talk to a running Fairlead: what they refuse, and what they say. */
@Timeout(60)
class OperatingCommandsTest {
    private static final String NOBODY = "http://127.0.0.1:1";

    private TinyBackend one;
    private TinyBackend two;
    private Engine engine;
    private AdminServer admin;
    private String url = "";
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    @BeforeEach
    void start() throws Exception {
        one = TinyBackend.start("one", Duration.ZERO);
        two = TinyBackend.start("two", Duration.ZERO);
        engine = Engine.start(Configs.of("""
                listeners: { web: { address: "127.0.0.1:0" } }
                pools:
                  app: { backends: [%d, %d], health: { http: /healthz, interval: 200ms } }
                admin: { address: "127.0.0.1:0" }
                access-log: { to: off }
                stop: { grace: 1s }
                """.formatted(one.port(), two.port())), Surroundings.system());
        admin = Objects.requireNonNull(AdminServer.start(engine, engine.config().admin()));
        url = NOBODY.replaceFirst("1$", Integer.toString(admin.address().getPort()));
        await().until(() -> engine.status().pools().getFirst().eligible() == 2);
    }

    @AfterEach
    void stop() {
        admin.close();
        engine.close();
        one.close();
        two.close();
    }

    private Shell shell() {
        out = new StringWriter();
        err = new StringWriter();
        return new Shell(new PrintWriter(out, true), new PrintWriter(err, true), false, name -> null);
    }

    private int run(String... arguments) {
        return Main.run(shell(), arguments);
    }

    @ParameterizedTest
    @CsvSource({
        "deploy app --run true --match=, --match: nothing (expected: a text of 1..200",
        "deploy app --run up-{adress}, --run: unknown placeholder {adress} (did you mean {address}?)",
        "deploy app --run up --rollback-run {prot}, --rollback-run: unknown placeholder {prot} (did you mean {port}?)",
        "deploy app --run up --gate 101, --gate: 101 (expected: 1..100)",
        "deploy app --run up --lease 25h, --lease: 25h (expected: from 1s to 24h)",
        "deploy app --run up --drain 25h, --drain: 25h (expected: up to 24h)",
        "drill 3000 --refuse --for 1h, --for: 1h (expected: more than 0s",
        "drill 3000 --refuse --for 0s, --for: 0s (expected: more than 0s",
        "drill 3000 --errors 0%, --errors: 0% (expected: a share above 0%)",
        "drill 3000 --errors 20s --for 5s, --errors: 20s (expected: a share",
        "drill x:y --refuse, x:y (expected: an address",
        "timeline --since 0s, --since: 0s (expected: from 1s",
        "timeline x:y, x:y (expected: an address"
    })
    void wrongUsageIsFoundBeforeAnythingIsAsked(String line, String message) {
        assertThat(run((line + " --admin " + NOBODY).split(" "))).isEqualTo(2);
        assertThat(err.toString()).startsWith("fairlead: " + message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aMatchThatIsTooLongIsWrongUsage() {
        assertThat(run("deploy", "app", "--run", "true", "--match", "x".repeat(201), "--admin", NOBODY))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("fairlead: --match: 201 characters (expected: ");
    }

    @Test
    void oneThatDoesNotAnswerIsToldInWords() {
        assertThat(run("timeline", "--admin", NOBODY)).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("fairlead: " + NOBODY + " does not answer: connection refused\n");
        assertThat(run("timeline", "--admin", "http://no.such.invalid:1")).isEqualTo(1);
        assertThat(err.toString()).endsWith(" does not answer: no such host\n");
    }

    @Test
    void aTimelineOfNobodySaysSo() {
        assertThat(run("timeline", "9.9.9.9:1", "--admin", url)).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("fairlead: no pool has a backend 9.9.9.9:1\n");
        assertThat(run("timeline", "--pool", "nope", "--admin", url)).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("fairlead: there is no pool nope\n");
        assertThat(run("timeline", "9.9.9.9:1", "--pool", "app", "--admin", url))
                .isEqualTo(1);
        assertThat(err.toString()).isEqualTo("fairlead: pool app has no backend 9.9.9.9:1\n");
    }

    @Test
    void aTimelineInWhichNothingHappenedSaysSo() {
        await().untilAsserted(() -> {
            assertThat(run("timeline", one.address(), "--since", "1s", "--admin", url))
                    .isZero();
            assertThat(err.toString()).isEqualTo("nothing happened in the last 1s\n");
        });
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatDidNotHappenTodayHasItsDate() {
        String port = Integer.toString(one.port());
        assertThat(run("timeline", port, "--admin", url)).isZero();
        assertThat(out.toString()).containsPattern("(?m)^[0-9:.]{12} app/" + one.address() + " ");
        long later = WallClock.system().epochMillis() + Duration.ofDays(2).toMillis();
        assertThat(new CommandLine(new TimelineCommand(shell(), () -> later)).execute(port, "--admin", url))
                .isZero();
        assertThat(out.toString()).containsPattern("(?m)^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{12} app/" + one.address());
    }

    @Test
    void aDrillTakesABarePortAndATimeOfErrors() {
        assertThat(run("drill", Integer.toString(one.port()), "--errors", "1s", "--admin", url))
                .isZero();
        assertThat(out.toString())
                .startsWith("drill on app/" + one.address() + " for 1s ...\n")
                .contains("errors to clients   0 of 0 requests");
        assertThat(engine.timeline().after(0, 100))
                .anyMatch(e -> e.kind().equals("drill") && e.why().equals("answers 500 to 100% for 1s"));
    }

    @Test
    void aDrillOfOneThatTakesNoWorkIsNotBegun() {
        engine.operator().change("app", one.address(), Change.to(Wish.MAINT, "a new disk"), null);
        assertThat(run("drill", one.address(), "--refuse", "--admin", url)).isEqualTo(5);
        assertThat(err.toString()).isEqualTo("fairlead: not begun: it takes no work now: a new disk\n");
    }
}
