package dev.fairlead.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Plain-socket HTTP for tests: says exactly what it is told, and shows exactly what came back. */
public final class Raw {
    private static final int PATIENCE_MILLIS = 20_000;

    private Raw() {}

    /** Sends {@code request} (lines ended by LF become CRLF) and returns everything until the other side closes. */
    public static String ask(InetSocketAddress to, String request) throws IOException {
        try (var socket = new Socket(to.getAddress(), to.getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes(request));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A GET on a connection of its own. */
    public static String get(InetSocketAddress to, String path) throws IOException {
        return ask(to, "GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n");
    }

    /** What follows the head. */
    public static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    public static byte[] bytes(String request) {
        return request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Reads one answer with a Content-Length off a connection that stays open. */
    public static String answer(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return head.toString();
            }
            head.append((char) c);
        }
        int at = head.toString().toLowerCase(java.util.Locale.ROOT).indexOf("content-length:");
        int length = at < 0
                ? 0
                : Integer.parseInt(
                        head.substring(at + 15, head.indexOf("\r\n", at)).strip());
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
