package dev.fairlead.server.control;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where access-log lines go: a file of our own, standard output, or what the embedding program gave. */
final class LogFile {
    private static final Logger LOG = LoggerFactory.getLogger(LogFile.class);

    private final @Nullable OutputStream out;
    private final boolean own;

    private LogFile(@Nullable OutputStream out, boolean own) {
        this.out = out;
        this.own = own;
    }

    /**
     * Opens it.
     *
     * @param to {@code off}, {@code stdout} or a file that is appended to
     * @param given used instead; stays its owner's
     */
    static LogFile open(String to, @Nullable OutputStream given) throws IOException {
        if (given != null) {
            return new LogFile(given, false);
        }
        return switch (to) {
            case "off" -> new LogFile(null, false);
            case "stdout" -> new LogFile(new FileOutputStream(FileDescriptor.out), false);
            default -> new LogFile(new FileOutputStream(to, true), true);
        };
    }

    /** Where to write; {@code null} for nowhere. */
    @Nullable
    OutputStream out() {
        return out;
    }

    /** Closes what was opened here. */
    void close() {
        if (own && out != null) {
            try {
                out.close();
            } catch (IOException e) {
                LOG.warn("the access log could not be closed: {}", e.getMessage());
            }
        }
    }
}
