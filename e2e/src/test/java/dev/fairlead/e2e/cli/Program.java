package dev.fairlead.e2e.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fairlead as a process of its own, with everything it says. Closing it kills it. */
final class Program implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    /** Guarded by itself. */
    private final StringBuilder said = new StringBuilder();

    private Program(List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        // What surrounds this test says nothing about the program.
        builder.environment().keySet().removeIf(name -> name.startsWith("FAIRLEAD_"));
        builder.environment().put("FAIRLEAD_NO_BUILD", "yes");
        process = builder.start();
        Thread.ofVirtual().start(() -> {
            try (var lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    synchronized (said) {
                        said.append(line).append('\n');
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The command line's main class, on the class path of this test. */
    static Program start(String... arguments) throws IOException {
        List<String> command = java();
        command.add("dev.fairlead.server.cli.Main");
        command.addAll(List.of(arguments));
        return new Program(command);
    }

    /** The same, with no more than so many files open at once. */
    static Program limited(int files, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n " + files + " && exec \"$@\"", "sh"));
        command.addAll(java());
        command.add("dev.fairlead.server.cli.Main");
        command.addAll(List.of(arguments));
        return new Program(command);
    }

    /** A single-file program, compiled on the way by the source launcher. */
    static Program source(Path file) throws IOException {
        List<String> command = java();
        command.add(file.toString());
        return new Program(command);
    }

    /** The launcher script, which must have been built. */
    static Program launch(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(root().resolve("fairlead").toString()));
        command.addAll(List.of(arguments));
        return new Program(command);
    }

    private static List<String> java() {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx128m",
                // They live for seconds, and each starts in less time.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")));
    }

    /** The top of the repository. */
    static Path root() {
        return Path.of(System.getProperty("fairlead.root"));
    }

    String said() {
        synchronized (said) {
            return said.toString();
        }
    }

    /** Waits until it says something that matches, and returns the first group. */
    String said(String regex) {
        Pattern pattern = Pattern.compile(regex);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(process.isAlive() ? said() : said() + "(it has ended)")
                        .containsPattern(pattern));
        Matcher matcher = pattern.matcher(said());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    /** Waits until it says {@code before}, then a URL of this machine; returns where that is. */
    InetSocketAddress address(String before) {
        String port = said(before + "http://127\\.0\\.0\\.1:([0-9]+)/");
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
    }

    /** Sends a signal, such as {@code TERM}. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Waits until it ends, and returns its exit code. */
    int code() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("ended after: " + said())
                .isTrue();
        return process.exitValue();
    }

    boolean running() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
