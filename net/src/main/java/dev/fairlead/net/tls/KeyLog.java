package dev.fairlead.net.tls;

import io.netty.internal.tcnative.KeyLogCallback;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the keys of sessions to a file that Wireshark reads, for its owner only. Any thread, one line at a time; blocks, which is
 * one more reason to have it for debugging only.
 */
public final class KeyLog implements KeyLogCallback {
    private static final Logger LOG = LoggerFactory.getLogger(KeyLog.class);

    private final Path file;

    private KeyLog(Path file) {
        this.file = file;
    }

    /** Appends to {@code file}. */
    public static KeyLog to(Path file) {
        return new KeyLog(file);
    }

    @Override
    public synchronized void handle(long ssl, byte[] line) {
        byte[] whole = Arrays.copyOf(line, line.length + 1);
        whole[line.length] = '\n';
        try (FileChannel out = open()) {
            out.write(ByteBuffer.wrap(whole));
        } catch (IOException | RuntimeException e) {
            // Nothing may be thrown into the library.
            LOG.warn("the key log cannot be written: {}", e.toString());
        }
    }

    private FileChannel open() throws IOException {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        return FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), attributes);
    }
}
