package dev.fairlead.e2e.faults;

import static dev.fairlead.e2e.faults.Wire.ascii;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link BackendProgram} that can be killed and stopped as an operator would see it die. Closing it kills it. */
public final class BackendProcess implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int LOWEST_PORT = 20_000;
    private static final int PORTS = 12_000;

    private final Process process;
    private final int port;

    private BackendProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one and waits until it listens; port 0 for any. */
    static BackendProcess start(int port) throws IOException {
        return start(port, null);
    }

    /**
     * Starts one and waits until it listens.
     *
     * @param port 0 for any
     * @param posts the file in which it notes what was posted to it
     */
    public static BackendProcess start(int port, @Nullable Path posts) throws IOException {
        Process process = new ProcessBuilder(command(Integer.toString(port), posts))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String line = said.readLine();
        if (line == null) {
            throw new IOException("the backend did not start");
        }
        return new BackendProcess(process, Integer.parseInt(line));
    }

    /** The command line that starts one. */
    static List<String> command(String port, @Nullable Path posts) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes().toString(),
                BackendProgram.class.getName(),
                port));
        if (posts != null) {
            command.add(posts.toString());
        }
        return command;
    }

    private static Path classes() {
        try {
            return Path.of(BackendProgram.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Free ports below those that the kernel gives to outgoing connections, so that they are still free after a restart. */
    public static List<Integer> lastingPorts(int count) throws IOException {
        var ports = new ArrayList<Integer>();
        int first = (int) (ProcessHandle.current().pid() * 16 % PORTS);
        for (int i = 0; i < PORTS && ports.size() < count; i++) {
            int port = LOWEST_PORT + (first + i) % PORTS;
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                ports.add(socket.getLocalPort());
            } catch (IOException e) {
                // Somebody has it.
            }
        }
        if (ports.size() < count) {
            throw new IOException("no " + count + " free ports from " + LOWEST_PORT + " on");
        }
        return ports;
    }

    public int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** Asks it for a path, past any balancer, such as one that changes how it behaves. */
    public void ask(String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(ascii("GET " + path + " HTTP/1.1\r\nHost: backend\r\n\r\n"));
            Wire.Head head = Wire.head(new BufferedInputStream(socket.getInputStream()));
            if (head == null || !head.start().contains(" 200 ")) {
                throw new IOException(path + ": " + head);
            }
        }
    }

    /** As {@code kill}: it ends at once, and its connections with it. */
    public void terminate() throws InterruptedException {
        process.destroy();
        process.waitFor(5, TimeUnit.SECONDS);
    }

    /** As {@code kill -9}. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(5, TimeUnit.SECONDS);
    }

    /** As {@code kill -STOP}: connections are still accepted by the kernel, and nobody answers. */
    public void hang() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** As {@code kill -CONT}. */
    public void goOn() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + ": exit code " + code);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
