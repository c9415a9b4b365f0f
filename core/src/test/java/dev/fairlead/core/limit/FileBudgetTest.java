package dev.fairlead.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.limit.FileBudget.Room;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileBudgetTest {
    private static final Room USUAL = new Room(50_000, 25_000);

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "260, 2, 2",
        "300, 22, 17",
        "1024, 384, 288",
        "4096, 1792, 1344",
        "8192, 5120, 3840",
        "20000, 15313, 11485",
        "65296, 49993, 25000",
        "65307, 50000, 25000",
        "262144, 50000, 25000",
        "9223372036854775807, 50000, 25000",
        "0, 50000, 25000",
        "-1, 50000, 25000"
    })
    void oneListenerHasWhatFilesThereAre(long files, int connections, int perClient) {
        assertThat(FileBudget.fit(List.of(USUAL), files)).containsExactly(new Room(connections, perClient));
    }

    @Test
    void severalShareByWhatTheyWant() {
        assertThat(FileBudget.fit(List.of(USUAL, new Room(10_000, 100), new Room(1, 1)), 20_000))
                .containsExactly(new Room(12_760, 9_570), new Room(2_552, 100), new Room(1, 1));
    }

    @Test
    void togetherTheyHaveNoMoreThanThereIs() {
        for (long files = 300; files < 400_000; files += 997) {
            List<Room> rooms = FileBudget.fit(List.of(USUAL, USUAL, new Room(700, 0)), files);
            assertThat(FileBudget.sum(rooms)).isLessThanOrEqualTo(FileBudget.connections(files));
        }
    }

    @Test
    void whatIsWantedIsLeftAloneWhereItFits() {
        var all = new Room(384, 384);
        assertThat(FileBudget.fit(List.of(all), 1024)).containsExactly(all);
    }

    @Test
    void aClientWithoutALimitKeepsNone() {
        assertThat(FileBudget.fit(List.of(new Room(1_000, 0)), 1024)).containsExactly(new Room(384, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 22, 896, 897, 2048, 2049, 14_336, 14_337, 50_000, 10_000_000})
    void soManyFilesAreEnoughAndAFewLessAreNot(long connections) {
        long files = FileBudget.files(connections);
        assertThat(FileBudget.connections(files)).isGreaterThanOrEqualTo(connections);
        assertThat(connections == 1 || FileBudget.connections(files - 8) < connections)
                .isTrue();
    }
}
