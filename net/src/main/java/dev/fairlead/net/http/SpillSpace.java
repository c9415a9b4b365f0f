package dev.fairlead.net.http;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The room on disk for request bodies that are larger than the memory they may have, all of them together.
 *
 * <p>Thread-safe. Files have no name once they are open, so that whatever ends the process ends them, too. Work on them
 * runs on virtual threads, never on an event loop.
 */
public final class SpillSpace {
    private static final Logger LOG = LoggerFactory.getLogger(SpillSpace.class);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY = PosixFilePermissions.asFileAttribute(
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    private final Path directory;
    private final long most;
    private final AtomicLong used = new AtomicLong();
    private final AtomicBoolean failing = new AtomicBoolean();

    /**
     * @param directory where files are made; it must be there when the first is
     * @param most bytes in all files together; 0 for no file at all
     */
    public SpillSpace(Path directory, long most) {
        this.directory = directory;
        this.most = most;
    }

    /** Bytes in files now, those that are being written included. */
    public long used() {
        return used.get();
    }

    /** Most bytes there may be. */
    public long most() {
        return most;
    }

    /** Takes room for {@code bytes}, to be given back once; whether there was as much. */
    boolean take(long bytes) {
        long before = used.get();
        while (bytes <= most - before) {
            if (used.compareAndSet(before, before + bytes)) {
                return true;
            }
            before = used.get();
        }
        return false;
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    /** A file for one body, which ends when it is closed. Blocks. */
    FileChannel open() throws IOException {
        Path path = Files.createTempFile(directory, "fairlead-", ".body", OWNER_ONLY);
        FileChannel file = null;
        try {
            file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } finally {
            unlink(path, file);
        }
        return file;
    }

    private static void unlink(Path path, @Nullable FileChannel file) throws IOException {
        try {
            Files.delete(path);
        } catch (IOException e) {
            if (file != null) {
                file.close();
            }
            throw e;
        }
    }

    /** Runs work that may block, on a thread of its own. */
    void run(Runnable work) {
        Thread.ofVirtual().name("fairlead-spill").start(work);
    }

    /** Says once that the disk does not work, until it does again. */
    void failed(Throwable why) {
        if (failing.compareAndSet(false, true)) {
            LOG.warn("request bodies cannot be kept in {}: {}", directory, why.toString());
        }
    }

    void worked() {
        if (failing.get() && failing.compareAndSet(true, false)) {
            LOG.warn("request bodies are kept in {} again", directory);
        }
    }
}
