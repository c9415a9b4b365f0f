package dev.fairlead.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PassTableTest {
    private final PassTable table =
            new PassTable(Map.of("db.Example", "db", "*.example", "any", "*.shop.example", "shop"));

    @Test
    void theMostSpecificNameWins() {
        assertThat(table.pool("db.example")).isEqualTo("db");
        assertThat(table.pool("db.example.")).isEqualTo("db");
        assertThat(table.pool("x.example")).isEqualTo("any");
        assertThat(table.pool("x.y.example")).isEqualTo("any");
        assertThat(table.pool("shop.example")).isEqualTo("any");
        assertThat(table.pool("x.y.shop.example")).isEqualTo("shop");
    }

    @Test
    void otherNamesAreAnsweredHere() {
        assertThat(table.pool("example")).isNull();
        assertThat(table.pool("xexample")).isNull();
        assertThat(table.pool("db.example.com")).isNull();
        assertThat(table.pool("")).isNull();
        assertThat(table.pool(".")).isNull();
        assertThat(table.pool(null)).isNull();
        assertThat(new PassTable(Map.of()).pool("db.example")).isNull();
    }
}
