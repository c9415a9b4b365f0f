package dev.fairlead.e2e.faults;

import static dev.fairlead.e2e.faults.Wire.ascii;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Another balancer as a process, with its defaults where it has any. Closing it ends it. */
public final class Peer implements AutoCloseable {
    private static final int TRIES = 200;

    /** Which one. */
    public enum Kind {
        HAPROXY,
        NGINX
    }

    private final Process process;
    private final InetSocketAddress front;

    private Peer(Process process, InetSocketAddress front) {
        this.process = process;
        this.front = front;
    }

    /** Where its program is; {@code null} if it is not installed. */
    public static @Nullable Path program(Kind kind) {
        String name = kind == Kind.HAPROXY ? "haproxy" : "nginx";
        var folders = new ArrayList<String>();
        String path = System.getenv("PATH");
        if (path != null) {
            folders.addAll(List.of(path.split(File.pathSeparator, -1)));
        }
        folders.add("/usr/sbin");
        return folders.stream()
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** Starts one and waits until it serves. */
    public static Peer start(Kind kind, Path place, List<Integer> ports) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(place, "peer");
        int port = freePort();
        Path file = folder.resolve("peer.conf");
        String program = String.valueOf(program(kind));
        List<String> command;
        if (kind == Kind.HAPROXY) {
            Files.writeString(file, haproxy(port, ports));
            command = List.of(program, "-db", "-f", file.toString());
        } else {
            Files.writeString(file, nginx(port, ports));
            command = List.of(
                    program,
                    "-p",
                    folder.toString(),
                    "-e",
                    folder.resolve("error.log").toString(),
                    "-c",
                    file.toString());
        }
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        var peer = new Peer(process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        for (int tries = 0; tries < TRIES; tries++) {
            if (peer.answers()) {
                return peer;
            }
            TimeUnit.MILLISECONDS.sleep(25);
        }
        peer.close();
        throw new IOException(program + " does not serve: " + Files.readString(folder.resolve("out")));
    }

    private boolean answers() {
        try (Socket socket = new Socket(front.getAddress(), front.getPort())) {
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write(ascii("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n"));
            Wire.Head head = Wire.head(new BufferedInputStream(socket.getInputStream()));
            return head != null && head.start().contains(" 200 ");
        } catch (IOException e) {
            return false;
        }
    }

    private static String haproxy(int port, List<Integer> ports) {
        var text = new StringBuilder("""
                defaults
                    mode http
                    timeout connect 5s
                    timeout client 60s
                    timeout server 60s
                listen web
                    bind 127.0.0.1:%d
                    balance roundrobin
                """.formatted(port));
        for (int i = 0; i < ports.size(); i++) {
            text.append("    server b")
                    .append(i)
                    .append(" 127.0.0.1:")
                    .append(ports.get(i))
                    .append(" check\n");
        }
        return text.toString();
    }

    private static String nginx(int port, List<Integer> ports) {
        var servers = new StringBuilder();
        ports.forEach(
                backend -> servers.append("server 127.0.0.1:").append(backend).append("; "));
        return """
                %s
                daemon off; worker_processes auto; worker_rlimit_nofile 16000; pid nginx.pid;
                events { worker_connections 8000; }
                http {
                    access_log off;
                    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
                    upstream app { %s }
                    server { listen 127.0.0.1:%d; location / { proxy_pass http://app; } }
                }
                """.formatted(System.getProperty("user.name").equals("root") ? "user root;" : "", servers, port);
    }

    /** Free a moment ago. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public InetSocketAddress front() {
        return front;
    }

    /** As it wants to be asked, for the children of nginx end with it only then. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
