package dev.fairlead.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.time.Ticker;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A thousand backends in one pool: the operator's pages stay quick. */
class ManyBackendsTest {
    private static final int MANY = 1_000;

    @Test
    void theStatusOfAThousandIsQuick() throws Exception {
        String backends = IntStream.range(0, MANY)
                .mapToObj(i -> "\"127.0." + (1 + i / 200) + "." + (1 + i % 200) + ":9\"")
                .collect(Collectors.joining(", "));
        try (Api api = Api.start("app: { backends: [" + backends + "], health: off }")) {
            Ticker ticker = Ticker.system();
            Duration best = Duration.ofHours(1);
            for (int i = 0; i < 5; i++) {
                long begun = ticker.nanos();
                JsonNode status = Api.json(api.get("/status"));
                Duration took = Duration.ofNanos(ticker.nanos() - begun);
                best = took.compareTo(best) < 0 ? took : best;
                assertThat(status.path("pools").path(0).path("backends").size()).isEqualTo(MANY);
            }
            // 38 to 67 ms were measured; this machine may be busy, and its compiler is the light one.
            assertThat(best).isLessThan(Duration.ofSeconds(1));
        }
    }
}
