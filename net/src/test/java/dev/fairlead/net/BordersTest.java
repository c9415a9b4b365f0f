package dev.fairlead.net;

import dev.fairlead.testkit.HouseRules;
import org.junit.jupiter.api.Test;

/** Who may never import whom in the data plane. */
class BordersTest extends HouseRules {
    private static final String NET = "dev.fairlead.net";

    @Override
    protected String root() {
        return NET;
    }

    @Test
    void theDataPlaneDoesNotKnowWhoOperatesIt() {
        neverImports(NET + "..", "dev.fairlead.server..", "dev.fairlead.sim..", "dev.fairlead.bench..");
    }

    @Test
    void runTimeObjectsHoldNoTextFormats() {
        neverImports(
                NET + "..",
                "tools.jackson..",
                "com.fasterxml..",
                "org.snakeyaml..",
                "picocli..",
                "ch.qos.logback..",
                "io.prometheus..");
    }

    @Test
    void theExchangeDoesNotKnowItsProtocols() {
        neverImports(NET + ".http", NET + ".http.h1..", NET + ".http.h2..", NET + ".http.h3..");
        neverImports(NET + ".http.h1..", NET + ".http.h2..", NET + ".http.h3..");
        neverImports(NET + ".http.h2..", NET + ".http.h3..");
    }

    @Test
    void packagesImportOnlyDownwards() {
        mayImport(NET, "transport");
        mayImport(NET, "tls", "transport");
        mayImport(NET, "probe", "transport", "tls");
        mayImport(NET, "connect", "transport", "tls", "http");
        mayImport(NET, "l4", "transport", "tls", "connect");
    }
}
