package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/** The answers the balancer gives by itself, spelt once. Immutable. */
public final class ErrorReplies {
    /**
     * One answer.
     *
     * @param fieldLines its fields as HTTP/1 lines, without length and connection
     */
    public record Reply(int status, String reason, byte[] fieldLines, byte[] body) {}

    private static final Map<Failure, Reply> REPLIES = replies();

    private ErrorReplies() {}

    private static Map<Failure, Reply> replies() {
        Map<Failure, Reply> replies = new EnumMap<>(Failure.class);
        for (Failure failure : Failure.values()) {
            int status = failure.status();
            String reason = reason(status);
            var fields = new StringBuilder("Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n");
            if (status == 405) {
                fields.append("Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n");
            }
            if (status == 503) {
                fields.append("Retry-After: 1\r\n");
            }
            fields.append("Server: fairlead\r\n");
            String body = status + " " + reason + ": " + failure.text() + " (" + failure.code() + ")\n";
            replies.put(failure, new Reply(status, reason, ascii(fields.toString()), ascii(body)));
        }
        return replies;
    }

    /** What a client is told of this failure. */
    static Reply of(Failure failure) {
        Reply reply = REPLIES.get(failure);
        if (reply == null) {
            throw new IllegalStateException("no reply for " + failure);
        }
        return reply;
    }

    /** A redirect to this place, which must be clean of control bytes. */
    static Reply redirect(int status, byte[] location) {
        String fields = "Location: " + new String(location, StandardCharsets.US_ASCII) + "\r\nServer: fairlead\r\n";
        return new Reply(status, reason(status), ascii(fields), new byte[0]);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String reason(int status) {
        return switch (status) {
            case 301 -> "Moved Permanently";
            case 302 -> "Found";
            case 303 -> "See Other";
            case 307 -> "Temporary Redirect";
            case 308 -> "Permanent Redirect";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 417 -> "Expectation Failed";
            case 431 -> "Request Header Fields Too Large";
            case 499 -> "Client Closed Request";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            case 505 -> "HTTP Version Not Supported";
            default -> "Error";
        };
    }
}
