package dev.fairlead.server.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.server.Raw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Error pages from the configuration file to the client. */
class ErrorPagesTest {
    private static final String CONFIG = """
            listeners: { web: { address: "127.0.0.1:0" } }
            routes: [{ match: { path: /app }, forward: app }]
            pools: { app: { backends: [1, 2], health: off } }
            admin: { enabled: false }
            access-log: { to: "off" }
            errors: { pages: { 404: pages/lost.html } }
            """;

    @TempDir
    private Path folder;

    @Test
    void aPageOfTheConfigurationIsWhatABrowserGets() throws IOException {
        Path file = folder.resolve("fairlead.yaml");
        Files.writeString(file, CONFIG);
        assertThatThrownBy(() -> Fairlead.fromFile(file)).hasMessageContaining("pages/lost.html, no such file");
        Files.createDirectory(folder.resolve("pages"));
        Files.writeString(folder.resolve("pages/lost.html"), "<h1>Lost: {reason}</h1>");
        try (Fairlead fairlead = Fairlead.fromFile(file)) {
            String answer = Raw.ask(
                    fairlead.address(), "GET / HTTP/1.1\nHost: a\nAccept: text/html,*/*;q=0.8\nConnection: close\n\n");
            assertThat(answer).startsWith("HTTP/1.1 404 Not Found").endsWith("<h1>Lost: no-route</h1>");
        }
    }
}
