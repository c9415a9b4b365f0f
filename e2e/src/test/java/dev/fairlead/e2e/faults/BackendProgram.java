package dev.fairlead.e2e.faults;

import static dev.fairlead.e2e.faults.Wire.ascii;

import java.io.BufferedInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A backend as a process of its own, which misbehaves as told. Prints its port once it listens.
 *
 * <p>Arguments: the port, 0 for any, and optionally a file to which it appends the first line of every POST body it has
 * read, before it answers: what is written there was done, even if the process is killed a moment later.
 *
 * <p>{@code /mode/NAME} makes it {@code ok}, {@code sick} (500 to checks only), {@code reset} (a reset instead of an
 * answer, checks pass) or {@code half} (500 to half of the requests, checks pass); {@code /delay/MS} makes it wait before
 * answers, {@code /check-delay/MS} before those to checks. {@code /slow/MS} waits once.
 */
final class BackendProgram {
    private final OutputStream posts;
    private final SplittableRandom random = new SplittableRandom(1);
    private volatile String mode = "ok";
    private volatile long delay;
    private volatile long checkDelay;

    private BackendProgram(OutputStream posts) {
        this.posts = posts;
    }

    public static void main(String[] arguments) throws IOException {
        OutputStream posts =
                arguments.length > 1 ? new FileOutputStream(arguments[1], true) : OutputStream.nullOutputStream();
        try (posts;
                ServerSocket listener = new ServerSocket()) {
            int port = Integer.parseInt(arguments[0]);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            System.out.println(listener.getLocalPort());
            var backend = new BackendProgram(posts);
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> backend.serve(socket));
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            Wire.Head head = Wire.head(in);
            while (head != null && answer(socket, head, in, out)) {
                head = Wire.head(in);
            }
        } catch (IOException e) {
            // Whoever asked is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Answers one request; returns whether another may follow. */
    private boolean answer(Socket socket, Wire.Head head, InputStream in, OutputStream out)
            throws IOException, InterruptedException {
        byte[] body = Wire.body(in, head);
        String[] start = head.start().split(" ", 3);
        if (head.upgrade()) {
            echo(in, out);
            return false;
        }
        if (start[0].equals("POST")) {
            note(body);
        }
        String[] path = start[1].split("/", 3);
        int status = 200;
        switch (path[1]) {
            case "mode" -> mode = path[2];
            case "delay" -> delay = Long.parseLong(path[2]);
            case "check-delay" -> checkDelay = Long.parseLong(path[2]);
            case "healthz" -> {
                TimeUnit.MILLISECONDS.sleep(checkDelay);
                status = mode.equals("sick") ? 500 : 200;
            }
            default -> {
                TimeUnit.MILLISECONDS.sleep(path[1].equals("slow") ? Long.parseLong(path[2]) : delay);
                if (mode.equals("reset")) {
                    socket.setSoLinger(true, 0);
                    return false;
                }
                status = mode.equals("half") && coin() ? 500 : 200;
            }
        }
        out.write(ascii("HTTP/1.1 " + status + " x\r\nContent-Length: 6\r\n\r\nhello\n"));
        return true;
    }

    private synchronized boolean coin() {
        return random.nextBoolean();
    }

    private void note(byte[] body) throws IOException {
        String text = new String(body, StandardCharsets.US_ASCII);
        // One write, so that lines of several processes do not mix.
        posts.write(ascii(text.lines().findFirst().orElse("") + "\n"));
    }

    private static void echo(InputStream in, OutputStream out) throws IOException {
        out.write(ascii("HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
        for (int c = in.read(); c >= 0; c = in.read()) {
            out.write(c);
        }
    }
}
