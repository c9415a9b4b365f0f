package dev.fairlead.server.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What operators set and what traffic taught, kept across restarts in one small file.
 *
 * <p>Thread-safe. Written in the background, as a whole and at once: to a new file beside it, to the disk, then renamed
 * over the old one. A file that cannot be read is put aside with a warning, and the engine starts as if there were none: a
 * balancer that does not start because of a note to itself helps nobody. Where nothing is worth keeping there is no file.
 */
public final class StateFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateFile.class);
    private static final int VERSION = 1;
    private static final long LARGEST = 16L << 20;
    private static final int CLOSE_SECONDS = 5;

    /** The whole file. */
    public record Saved(int version, long savedAt, List<Kept> backends) {
        public Saved(long savedAt, List<Kept> backends) {
            this(VERSION, savedAt, backends);
        }
    }

    /**
     * One backend; what is {@code null} or 0 is as the configuration says.
     *
     * @param weight what an operator set
     * @param configuredWeight what the configuration said then: where it says otherwise now, it wins
     * @param leaseMillis a drain's
     * @param ttlMillis a registration's
     * @param passes checks in a row to pass on its way back, or at the gate where it is
     * @param match what they must find
     * @param ejectedUntil in milliseconds since 1970
     */
    public record Kept(
            String pool,
            String address,
            String wish,
            String why,
            @Nullable Integer weight,
            @Nullable Integer configuredWeight,
            @Nullable Integer cap,
            @Nullable Integer configuredCap,
            boolean registered,
            @Nullable Long ttlMillis,
            @Nullable Long leaseMillis,
            @Nullable String owner,
            @Nullable Integer passes,
            @Nullable String match,
            long ejectedUntil,
            @Nullable String ejectedWhy) {}

    private final Path file;
    private final JsonMapper mapper = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();
    private final AtomicReference<@Nullable Saved> next = new AtomicReference<>();
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("fairlead-state").daemon().factory());

    /** Written by the writer only. */
    private boolean failing;

    public StateFile(Path file) {
        this.file = file;
    }

    /** What was kept; nothing when there is no file, or none that can be read. */
    public List<Kept> read() {
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException("it is larger than " + (LARGEST >> 20) + " MiB");
            }
            Saved saved = mapper.readValue(Files.readAllBytes(file), Saved.class);
            if (saved == null || saved.version() != VERSION || saved.backends() == null) {
                throw new IOException("it is of another version than " + VERSION);
            }
            return saved.backends().stream().filter(Objects::nonNull).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | JacksonException e) {
            putAside(e);
            return List.of();
        }
    }

    private void putAside(Exception cause) {
        Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
        String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        try {
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            LOG.warn(
                    "the state file {} cannot be used, so wishes, weights and registrations of before are lost; it is now {}: {}",
                    file,
                    aside.getFileName(),
                    reason);
        } catch (IOException e) {
            LOG.warn("the state file {} cannot be used, nor moved aside ({}): {}", file, e.getMessage(), reason);
        }
    }

    /** Keeps this instead of what was kept before, soon. */
    public void save(Saved saved) {
        if (next.getAndSet(saved) == null) {
            writer.execute(this::write);
        }
    }

    private void write() {
        Saved saved = next.getAndSet(null);
        if (saved == null) {
            return;
        }
        try {
            if (saved.backends().isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                replace(mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(saved));
            }
            failing = false;
        } catch (IOException | UncheckedIOException e) {
            if (!failing) {
                LOG.warn(
                        "the state file {} cannot be written; what operators set is lost at the next start: {}",
                        file,
                        e.toString());
            }
            failing = true;
        }
    }

    private void replace(byte[] bytes) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (folder != null) {
            // The new name must be on the disk, too.
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    /** Writes what is still to be written, and ends. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the state file {} could not be written in time", file);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
