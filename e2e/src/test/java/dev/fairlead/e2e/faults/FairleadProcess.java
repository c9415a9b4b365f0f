package dev.fairlead.e2e.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code fairlead run} as a process: the launcher, where it was built, else the main class. Closing it kills it. */
public final class FairleadProcess implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    private final Process process;
    /** Guarded by itself. */
    private final StringBuilder said = new StringBuilder();

    private FairleadProcess(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::listen);
    }

    public static FairleadProcess run(Path configuration) throws IOException {
        return run(configuration, "");
    }

    /** @param options for its JVM, as far as the launcher starts it */
    public static FairleadProcess run(Path configuration, String options) throws IOException {
        var command = new ArrayList<String>();
        Path root = Path.of(System.getProperty("fairlead.root"));
        if (Files.exists(root.resolve("server/target/fairlead.jar"))) {
            command.add(root.resolve("fairlead").toString());
        } else {
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.fairlead.server.cli.Main"));
        }
        command.addAll(List.of("run", "-c", configuration.toString()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("FAIRLEAD_"));
        builder.environment().put("FAIRLEAD_NO_BUILD", "yes");
        builder.environment().put("FAIRLEAD_JAVA_OPTS", options);
        builder.environment().put("FAIRLEAD_JAVA_HOME", System.getProperty("java.home"));
        return new FairleadProcess(builder.start());
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (said) {
                    said.append(line).append('\n');
                }
            }
        } catch (IOException e) {
            // It was killed in the middle of a line.
        }
    }

    /** Everything it printed so far. */
    public String said() {
        synchronized (said) {
            return said.toString();
        }
    }

    /** Waits until it says where it listens. */
    public InetSocketAddress front() throws InterruptedException {
        return address("listening on ");
    }

    /** Waits until it says where its status is. */
    public InetSocketAddress admin() throws InterruptedException {
        return address("admin on ");
    }

    private InetSocketAddress address(String before) throws InterruptedException {
        Pattern pattern = Pattern.compile(before + "http://127\\.0\\.0\\.1:([0-9]+)/");
        for (int tries = 0; tries < PATIENCE_SECONDS * 200; tries++) {
            Matcher matcher = pattern.matcher(said());
            if (matcher.find()) {
                return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(matcher.group(1)));
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        throw new IllegalStateException("it did not say where it is: " + said());
    }

    public long pid() {
        return process.pid();
    }

    /** Asks it to stop in good order. */
    void terminate() {
        process.destroy();
    }

    /** As {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        code();
    }

    /** Waits until it ends; returns its exit code. */
    int code() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("it does not end: " + said());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
