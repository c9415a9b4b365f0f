package dev.fairlead.core.config;

@Doc(
        "One JSON line for each request, written off the event loops. When the writer cannot keep up, lines are dropped and counted, never waited for.")
public record AccessLogConfig(
        @Doc(value = "A file, `stdout`, or `off`.", byDefault = "stdout")
        String to,

        @Doc(
                value = "Most memory for lines that wait to be written.",
                byDefault = "4MiB",
                within = "64KiB..1GiB",
                reason = "64 pieces of 64KiB: enough for a disk that stops for a moment, and no more memory for one "
                        + "that hangs.",
                seen = "`fairlead_access_log_dropped_total`")
        Size buffer) {}
