package dev.fairlead.core.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc("What clients are told when the balancer itself answers with an error. Answers of backends pass as they are.")
public record ErrorsConfig(
        @Doc(
                value =
                        "Bodies of your own, by status (`503`), class (`5xx`, `4xx`) or `default`; the most specific one that has"
                                + " the type wins, whatever the order.",
                byDefault = "{}",
                names = Text.ERROR_STATUS)
        Map<String, PageConfig> pages) {

    /** What is replaced in a page, as a regular expression whose group is the name. */
    public static final String PLACE = "\\{(status|title|reason|detail|request_id)}";

    @Doc(
            "One file for each type that a client may ask for; for a type without one the next less specific page counts, and in"
                    + " the end the built-in body. Files are relative to the folder of the configuration file, UTF-8, at most 64 KiB,"
                    + " and read with it. `{status}`, `{title}`, `{reason}`, `{detail}` and `{request_id}` stand for what they"
                    + " say, escaped for the type; anything else in braces stays.")
    @Written(shorthand = "html")
    public record PageConfig(
            @Doc("For browsers, as `text/html`.") @Nullable TextFile html,

            @Doc("For everything that does not ask for one of the others, as `text/plain`.") @Nullable
            TextFile text,

            @Doc("For whoever asks for JSON, as `application/problem+json` (RFC 9457).") @Nullable
            TextFile json) {}
}
