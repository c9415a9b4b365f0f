package dev.fairlead.server.control;

import dev.fairlead.server.load.CertificateFiles.Unusable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that is made of files, and made anew when they change; what cannot be used changes nothing. Confined to whoever
 * looks; reads files.
 */
final class Watched<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Watched.class);

    /** A file that could not be used is read again even if it looks the same: it may have been seen half written. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Makes it of its files. */
    interface Reader<T> {
        T read() throws Unusable;
    }

    private final String listener;
    private final String file;
    private final Supplier<String> stamps;
    private final Reader<T> reader;
    private String stamp;
    private T value;
    private @Nullable String problem;
    private long triedAt;

    /**
     * Makes it for the first time.
     *
     * @param file for messages
     * @param stamps something that differs when the files may have changed
     */
    Watched(String listener, String file, Supplier<String> stamps, Reader<T> reader, long now) throws Unusable {
        this.listener = listener;
        this.file = file;
        this.stamps = stamps;
        this.reader = reader;
        // Before it is read: what changes in between is read again.
        this.stamp = stamps.get();
        this.value = reader.read();
        this.triedAt = now;
    }

    /** Makes it anew if its files have changed; whether it is another one now. */
    boolean look(long now) {
        String seen = stamps.get();
        boolean again = problem != null && now - triedAt >= AGAIN_NANOS;
        if (seen.equals(stamp) && !again) {
            return false;
        }
        stamp = seen;
        triedAt = now;
        try {
            T fresh = reader.read();
            problem = null;
            if (fresh.equals(value)) {
                return false;
            }
            value = fresh;
            LOG.info("listener {}: {} is renewed: {}", listener, file, fresh);
            return true;
        } catch (Unusable e) {
            String why = e.file() + ": " + e.getMessage();
            if (!why.equals(problem)) {
                problem = why;
                LOG.warn("listener {}: what changed is not used, what was before stays: {}", listener, why);
            }
            return false;
        }
    }

    /** What it is now. */
    T value() {
        return value;
    }

    /** What it is called in messages. */
    String file() {
        return file;
    }

    /** Why what is in its files now is not in force; {@code null} when it is. */
    @Nullable
    String problem() {
        return problem;
    }
}
