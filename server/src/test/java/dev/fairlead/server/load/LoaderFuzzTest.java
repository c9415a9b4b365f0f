package dev.fairlead.server.load;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.fairlead.core.config.Config;
import dev.fairlead.core.config.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** Whatever bytes a file holds, loading it ends in a configuration that prints and loads as itself, or in problems. */
@Tag("fuzz")
class LoaderFuzzTest {
    @FuzzTest
    void anyTextLoadsOrIsRefused(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        switch (Loader.parse(text, "fuzz.yaml", GoldenTest.ENVIRONMENT::get)) {
            case Loaded.Good(Config config, List<Problem> warnings) -> {
                Report.of(warnings, true);
                Loaded again = Loader.parse(Printer.print(config), "printed.yaml", _ -> null);
                if (!(again instanceof Loaded.Good good) || !good.config().equals(config)) {
                    throw new AssertionError("printed differently: " + again);
                }
            }
            case Loaded.Bad(List<Problem> problems) -> {
                if (problems.isEmpty()) {
                    throw new AssertionError("refused without a reason");
                }
                Report.of(problems, true);
            }
        }
    }
}
