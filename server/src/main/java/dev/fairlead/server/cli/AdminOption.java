package dev.fairlead.server.cli;

import dev.fairlead.server.deploy.RemoteDoor;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which running Fairlead a command talks to. */
final class AdminOption {
    private static final String USUAL = "http://127.0.0.1:7900";

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description =
                    "The admin address of the running Fairlead. Without it: $$FAIRLEAD_ADMIN, else " + USUAL + ".")
    private @Nullable String given;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "The file with its token. Without it: $$FAIRLEAD_ADMIN_TOKEN, if there is one.")
    private @Nullable Path tokenFile;

    /**
     * The way to it.
     *
     * @throws IOException when the token's file cannot be read
     * @throws IllegalArgumentException when the address is none
     */
    RemoteDoor door(Function<String, @Nullable String> environment) throws IOException {
        String named = given == null ? environment.apply("FAIRLEAD_ADMIN") : given;
        String text = named == null || named.isEmpty() ? USUAL : named;
        String whole = text.contains("://") ? text : "http://" + text;
        URI uri = URI.create(whole.endsWith("/") ? whole.substring(0, whole.length() - 1) : whole);
        if (uri.getHost() == null || !uri.getScheme().startsWith("http")) {
            throw new IllegalArgumentException("--admin: " + text + " (expected: a URL such as " + USUAL + ")");
        }
        String token = tokenFile == null
                ? environment.apply("FAIRLEAD_ADMIN_TOKEN")
                : Files.readString(tokenFile).strip();
        return new RemoteDoor(uri, token == null || token.isEmpty() ? null : token);
    }
}
