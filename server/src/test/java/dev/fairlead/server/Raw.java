package dev.fairlead.server;

import dev.fairlead.testkit.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;

/** One request on a connection of its own, over a plain socket. */
public final class Raw {
    private Raw() {}

    /** Sends {@code request} (lines ended by LF become CRLF) and returns everything until the other side closes. */
    public static String ask(InetSocketAddress to, String request) throws IOException {
        try (RawClient client = RawClient.connect(to)) {
            return client.send(crlf(request)).rest();
        }
    }

    /** A GET. */
    public static String get(InetSocketAddress to, String path) throws IOException {
        return ask(to, "GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n");
    }

    /** What follows the head. */
    public static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    /** The text with the line ends of HTTP. */
    public static String crlf(String text) {
        return text.replace("\n", "\r\n");
    }
}
