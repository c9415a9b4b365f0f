package dev.fairlead.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.ProblemKind;
import dev.fairlead.core.config.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What proves who asks is read, used, and shown nowhere. */
class SecretTest {
    private static final String TOKEN = "0123456789abcdef-hunter2";

    private static Loaded load(String admin) {
        return Loader.parse("""
                listeners: { web: { address: ":1" } }
                pools: { app: { backends: [2, 3], health: { http: /z } } }
                admin: %s
                """.formatted(admin), "test.yaml", name -> name.equals("TOKEN") ? TOKEN : null);
    }

    private static Config good(String admin) {
        Loaded loaded = load(admin);
        assertThat(loaded).isInstanceOf(Loaded.Good.class);
        return ((Loaded.Good) loaded).config();
    }

    @ParameterizedTest
    @ValueSource(strings = {TOKEN, "\"" + TOKEN + "\"", "\"${TOKEN}\""})
    void aTokenIsReadAsItStands(String written) {
        Config config = good("{ address: \":7900\", token: " + written + " }");
        assertThat(config.admin().token()).isEqualTo(new Secret(TOKEN));
        assertThat(config.admin().token().reveal()).isEqualTo(TOKEN);
    }

    @Test
    void digitsAreATokenToo() {
        assertThat(good("{ token: 12345678901234567890 }").admin().token().reveal())
                .isEqualTo("12345678901234567890");
    }

    @Test
    void noTextOfAConfigurationHoldsTheToken() {
        Config config = good("{ token: " + TOKEN + " }");
        assertThat(config.toString()).doesNotContain(TOKEN);
        assertThat(config.admin().toString()).contains("token=***");
        assertThat(Printer.print(config)).contains("token: \"***\"").doesNotContain(TOKEN);
    }

    @Test
    void whatIsPrintedInsteadIsNoToken() {
        String printed = Printer.print(good("{ token: " + TOKEN + " }"));
        assertThat(Loader.parse(printed, "printed.yaml", _ -> null))
                .isInstanceOfSatisfying(
                        Loaded.Bad.class,
                        bad -> assertThat(bad.problems())
                                .extracting(Problem::kind)
                                .containsExactly(ProblemKind.BAD_TEXT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ token: hunter2 }",
                "{ token: \"hunter2 hunter2 hunter2\" }",
                "{ token: hunter2hunter2hunter2, adress: x }",
                "{ tokn: hunter2hunter2hunter2 }",
                "{ 'token': 'hunter2 hunter2, hunter2', adress: x }",
                "{ token: [hunter2hunter2hunter2] }",
                "{ token: hunter2hunter2hunter2, token: x }",
                "{ \"token\":\"hunter2hunter2hunter2\", \"token-file\": /x }"
            })
    void noReportShowsIt(String admin) {
        assertThat(load(admin))
                .isInstanceOfSatisfying(
                        Loaded.Bad.class,
                        bad -> assertThat(Report.of(bad.problems(), false)).doesNotContain("hunter2"));
    }
}
