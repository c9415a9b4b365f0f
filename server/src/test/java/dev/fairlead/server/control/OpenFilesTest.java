package dev.fairlead.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenFilesTest {
    @ParameterizedTest
    @CsvSource({
        "'Max open files            1024                 524288               files', 1024",
        "'Max open files            unlimited            unlimited            files', 9223372036854775807",
        "'Max processes             100                  100                  processes', 0"
    })
    void theSoftLimitIsTheOneInForce(String line, long most) {
        String before = "Limit                     Soft Limit           Hard Limit           Units\n";
        assertThat(OpenFiles.of(before + line + "\nMax pending signals 1 1 signals\n"))
                .isEqualTo(most);
    }
}
