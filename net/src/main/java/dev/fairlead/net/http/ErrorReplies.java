package dev.fairlead.net.http;

import dev.fairlead.core.config.ErrorsConfig;
import dev.fairlead.core.config.ErrorsConfig.PageConfig;
import dev.fairlead.core.config.TextFile;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answers the balancer gives by itself: for each failure a body in each {@link ErrorForm}, the operator's own where there
 * is one. Immutable. What is in them is known to everyone: never an address, a name of the configuration or an exception.
 */
public final class ErrorReplies {
    /**
     * One answer.
     *
     * @param fieldLines its fields as HTTP/1 lines, without length and connection
     */
    public record Reply(int status, String reason, byte[] fieldLines, byte[] body) {
        /** The same with more field lines, in ASCII, each with its end. */
        Reply with(String lines) {
            byte[] more = ascii(lines);
            byte[] all = Arrays.copyOf(fieldLines, fieldLines.length + more.length);
            System.arraycopy(more, 0, all, fieldLines.length, more.length);
            return new Reply(status, reason, all, body);
        }
    }

    /**
     * All of a failure's reply in one form that is the same each time.
     *
     * @param fieldLines all but the end of the last one, which is the request's id
     * @param values by the ordinals of {@link ErrorPage.Place}
     */
    private record Ready(int status, String title, byte[] fieldLines, ErrorPage page, byte[][] values) {}

    private static final byte[] CRLF = ascii("\r\n");
    private static final ErrorForm[] FORMS = ErrorForm.values();

    /** By the ordinals of failures and forms. */
    private final Ready[][] ready;

    private ErrorReplies(Ready[][] ready) {
        this.ready = ready;
    }

    /** The replies a configuration asks for. */
    public static ErrorReplies of(ErrorsConfig config) {
        Failure[] failures = Failure.values();
        Map<String, ErrorPage> pages = new HashMap<>();
        Ready[][] ready = new Ready[failures.length][FORMS.length];
        for (Failure failure : failures) {
            for (ErrorForm form : FORMS) {
                ErrorPage page = pages.computeIfAbsent(text(config, failure.status(), form), ErrorPage::of);
                ready[failure.ordinal()][form.ordinal()] = ready(failure, form, page);
            }
        }
        return new ErrorReplies(ready);
    }

    /** The most specific page there is. */
    private static String text(ErrorsConfig config, int status, ErrorForm form) {
        for (String key : List.of(String.valueOf(status), status / 100 + "xx", "default")) {
            PageConfig page = config.pages().get(key);
            TextFile file = page == null ? null : file(page, form);
            if (file != null) {
                return file.text();
            }
        }
        return form.builtIn();
    }

    private static @Nullable TextFile file(PageConfig page, ErrorForm form) {
        return switch (form) {
            case TEXT -> page.text();
            case HTML -> page.html();
            case PROBLEM -> page.json();
        };
    }

    private static Ready ready(Failure failure, ErrorForm form, ErrorPage page) {
        int status = failure.status();
        String title = reason(status);
        byte[][] values = new byte[ErrorPage.Place.values().length][];
        for (ErrorPage.Place place : ErrorPage.Place.values()) {
            values[place.ordinal()] = ascii(form.escape(
                    switch (place) {
                        case STATUS -> String.valueOf(status);
                        case TITLE -> title;
                        case REASON -> failure.code();
                        case DETAIL -> failure.text();
                        // Differs each time.
                        case REQUEST_ID -> "";
                    }));
        }
        var fields = new StringBuilder("Content-Type: ").append(form.contentType());
        fields.append("\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n");
        if (status == 405) {
            fields.append("Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n");
        }
        // A 429 says by itself how long to wait.
        if (status == 503) {
            fields.append("Retry-After: 1\r\n");
        }
        fields.append("Server: fairlead\r\nX-Request-Id: ");
        return new Ready(status, title, ascii(fields.toString()), page, values);
    }

    /** What a client is told of this failure, in the form that its request asks for, with the id that its request has. */
    Reply reply(Failure failure, Head request) {
        ErrorForm form = Accepts.of(request);
        Ready to = ready[failure.ordinal()][form.ordinal()];
        int field = request.find(Known.X_REQUEST_ID);
        int from = field < 0 ? 0 : request.valueStart(field);
        int end = field < 0 ? 0 : request.valueEnd(field);
        byte[] bytes = request.bytes();
        byte[] body;
        if (plain(bytes, from, end)) {
            body = to.page.fill(to.values, bytes, from, end);
        } else {
            byte[] id = ascii(form.escape(request.text(from, end)));
            body = to.page.fill(to.values, id, 0, id.length);
        }
        byte[] lines = new byte[to.fieldLines.length + end - from + CRLF.length];
        System.arraycopy(to.fieldLines, 0, lines, 0, to.fieldLines.length);
        System.arraycopy(bytes, from, lines, to.fieldLines.length, end - from);
        System.arraycopy(CRLF, 0, lines, lines.length - CRLF.length, CRLF.length);
        return new Reply(to.status, to.title, lines, body);
    }

    private static boolean plain(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!ErrorForm.plain(bytes[i])) {
                return false;
            }
        }
        return true;
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
            case 429 -> "Too Many Requests";
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
