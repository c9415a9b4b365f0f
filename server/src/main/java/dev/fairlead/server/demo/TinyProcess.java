package dev.fairlead.server.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A {@link TinyProgram} that runs. Thread-safe; whoever starts one closes it. */
final class TinyProcess implements AutoCloseable {
    private static final int END_SECONDS = 5;

    private final Process process;
    private final int port;

    private TinyProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one and waits until it listens; port 0 for any. */
    static TinyProcess start(int port, String name, String version) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TinyProgram.class.getName(),
                        Integer.toString(port),
                        name,
                        version)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader said = process.inputReader(StandardCharsets.US_ASCII);
        String line = said.readLine();
        if (line == null) {
            process.destroyForcibly();
            throw new IOException("backend " + name + " did not start on port " + port);
        }
        return new TinyProcess(process, Integer.parseInt(line));
    }

    int port() {
        return port;
    }

    /** Ends it as an operator would, by SIGTERM, and waits for its end. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
