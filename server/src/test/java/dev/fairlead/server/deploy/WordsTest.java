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
