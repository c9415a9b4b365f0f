package dev.fairlead.net.http;

/** The forms an error can be told in, each with its media type and its own escapes. */
enum ErrorForm {
    TEXT("text/plain", "text/plain; charset=utf-8", """
            {status} {title}: {detail} ({reason})
            request {request_id}
            """),
    HTML("text/html", "text/html; charset=utf-8", """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark">
            <title>{status} {title}</title>
            <style>body { font: 1em/1.5 system-ui, sans-serif; max-width: 36em; margin: 4em auto; padding: 0 1em }</style>
            <h1>{status} {title}</h1>
            <p>The request could not be served: {detail}.
            <p>Reason <code>{reason}</code>, request <code>{request_id}</code>
            </html>
            """),
    /** RFC 9457, with {@code reason} and {@code request_id} as members of our own. */
    PROBLEM("application/problem+json", "application/problem+json", """
            {"type":"about:blank","title":"{title}","status":{status},"detail":"{detail}","reason":"{reason}",\
            "request_id":"{request_id}"}
            """);

    private final String type;
    private final String family;
    private final String contentType;
    private final String builtIn;

    ErrorForm(String type, String contentType, String builtIn) {
        this.type = type;
        this.family = type.substring(0, type.indexOf('/')) + "/*";
        this.contentType = contentType;
        this.builtIn = builtIn;
    }

    /** The media type as an {@code Accept} field names it, in lower case. */
    String type() {
        return type;
    }

    /** The range of all types of its kind, such as {@code text/*}. */
    String family() {
        return family;
    }

    /** The {@code Content-Type} of such a body. */
    String contentType() {
        return contentType;
    }

    /** What is told where the operator has no page. */
    String builtIn() {
        return builtIn;
    }

    /** Text of bytes below 256 as it may stand in such a body, be it in an attribute or between quotes: ASCII only. */
    String escape(String text) {
        var escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean printable = c >= ' ' && c < 0x7F;
            switch (this) {
                case TEXT -> escaped.append(printable ? c : '?');
                case HTML -> {
                    if (printable && "<>&\"'`".indexOf(c) < 0) {
                        escaped.append(c);
                    } else {
                        escaped.append("&#").append((int) c).append(';');
                    }
                }
                case PROBLEM -> {
                    if (printable && "\"\\<>&".indexOf(c) < 0) {
                        escaped.append(c);
                    } else {
                        escaped.append(String.format("\\u%04x", (int) c));
                    }
                }
            }
        }
        return escaped.toString();
    }

    /** Whether {@link #escape} leaves this byte alone, whatever the form. */
    static boolean plain(byte b) {
        return b > ' ' && b < 0x7F && "<>&\"'`\\".indexOf(b) < 0;
    }
}
