package dev.fairlead.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
    @ParameterizedTest
    @CsvSource({
        "./up {address},./up 10.0.0.1:8080",
        "{host} {port} {pool},10.0.0.1 8080 app",
        "{host}:{port+1},10.0.0.1:8081",
        "{port-80},8000",
        "{new} {new-host} {new-port},10.0.0.2:9090 10.0.0.2 9090",
        "awk '{print $1}' ${HOME} {} {x},awk '{print $1}' ${HOME} {} {x}"
    })
    void placeholdersAreFilledInAndAllElseStays(String text, String filled) {
        assertThat(Words.fill(text, "app", "10.0.0.1:8080", "10.0.0.2:9090")).isEqualTo(filled);
    }

    @ParameterizedTest
    @CsvSource({
        "{adress},{address}",
        "{Host},{host}",
        "{hosts}:{port},{host}",
        "{new-prot},{new-port}",
        "{new_host},{new-host}",
        "{host+1},{host}",
        "{port+123456},{port}"
    })
    void aPlaceholderThatIsNearlyOneIsRefused(String text, String meant) {
        assertThatThrownBy(() -> Words.requireKnown("--run", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--run: unknown placeholder {")
                .hasMessageEndingWith("(did you mean " + meant + "?)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "./up {address} {host}:{port+1} {new-port} {pool}",
                "awk '{print}' ${adress} {} {x} {a,b} { exit; } {1..3} {print $1} {stop}"
            })
    void whatTheShellHasUsesForIsNoPlaceholder(String text) {
        Words.requireKnown("--run", text);
    }

    @ParameterizedTest
    @CsvSource({"{port+99999},10.0.0.1:8080", "{port-8080},10.0.0.1:8080", "{port+1},unix:/run/app"})
    void aPortThatCannotBeIsRefused(String text, String address) {
        assertThatThrownBy(() -> Words.fill(text, "app", address, "10.0.0.2:9090"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: ");
    }

    @Test
    void addressesOfEveryKindAreTakenApart() {
        assertThat(Words.fill("{host}|{port}", "app", "[::1]:80", "[::1]:80")).isEqualTo("[::1]|80");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a;rm -rf /:1", "$(x):1", "a b:1", "", "`x`:1", "a'b:1"})
    void nothingAShellUnderstandsGetsIntoACommand(String address) {
        assertThatThrownBy(() -> Words.fill("{address}", "app", address, "x:1"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Words.fill("x", "app", "x:1", address)).isInstanceOf(IllegalArgumentException.class);
    }
}
