package dev.fairlead.server;

import dev.fairlead.testkit.HouseRules;
import org.junit.jupiter.api.Test;

/** Who may never import whom in what runs the data plane. */
class BordersTest extends HouseRules {
    private static final String SERVER = "dev.fairlead.server";

    @Override
    protected String root() {
        return SERVER;
    }

    @Test
    void packagesImportOnlyDownwards() {
        mayImport(SERVER, "load");
        mayImport(SERVER, "state");
        mayImport(SERVER, "deploy");
        mayImport(SERVER, "ocsp");
        mayImport(SERVER, "control", "load", "state", "ocsp");
        mayImport(SERVER, "admin", "control", "ocsp");
        mayImport(SERVER, "embed", "control", "load", "admin");
        mayImport(SERVER, "demo", "control", "load", "admin", "deploy");
        mayImport(SERVER, "cli", "control", "load", "admin", "demo", "deploy", "state");
    }

    @Test
    void adminAndCommandsTalkToControlOnly() {
        for (String operator : new String[] {SERVER + ".admin..", SERVER + ".cli.."}) {
            neverImports(
                    operator,
                    "dev.fairlead.net.l4..",
                    "dev.fairlead.net.http..",
                    "dev.fairlead.net.connect..",
                    "dev.fairlead.net.probe..",
                    "dev.fairlead.core.balance..",
                    "dev.fairlead.core.health..");
        }
    }

    @Test
    void textFormatsStayAtTheEdges() {
        neverImports(SERVER + ".control..", "tools.jackson..", "org.snakeyaml..", "picocli..");
        neverImports(SERVER + ".admin..", "org.snakeyaml..", "picocli..");
        neverImports(SERVER + ".load..", "dev.fairlead.net..", "picocli..");
    }
}
