package dev.fairlead.net.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes access-log lines off the event loops.
 *
 * <p>Each loop fills chunks of {@value #CHUNK} bytes through its own {@link Lane} and hands full ones, or those that have
 * waited for a moment, to one writer thread. Memory is fixed: when every chunk is full, lines are dropped and counted;
 * nothing ever waits for the log. Whoever made it closes it, after the loops have stopped.
 */
public final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final int CHUNK = 64 * 1024;
    private static final long NAP_NANOS = 20_000_000;

    /** One piece of memory for whole lines; owned by a lane, then by the writer, then free. */
    static final class Chunk {
        final byte[] bytes = new byte[CHUNK];
        int size;
    }

    private final @Nullable OutputStream out;
    private final ConcurrentLinkedQueue<Chunk> free = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Chunk> full = new ConcurrentLinkedQueue<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final @Nullable Thread writer;
    private volatile boolean closing;

    /**
     * @param out where lines go; {@code null} for no log at all
     * @param lanes how many event loops will write
     * @param bufferBytes most memory for waiting lines; at least two chunks for each lane are used
     */
    public AccessLog(@Nullable OutputStream out, int lanes, long bufferBytes) {
        this.out = out;
        for (int i = 0; i < lanes; i++) {
            this.lanes.add(new Lane(this, out != null));
        }
        if (out == null) {
            this.writer = null;
            return;
        }
        long chunks = Math.max(bufferBytes / CHUNK, 2L * lanes);
        for (long i = 0; i < chunks; i++) {
            free.add(new Chunk());
        }
        this.writer = Thread.ofPlatform().name("fairlead-access-log").daemon().start(this::write);
    }

    /** The lane of one loop. */
    public Lane lane(int lane) {
        return lanes.get(lane);
    }

    /** Lines lost because the writer could not keep up or could not write. */
    public long dropped() {
        return dropped.get();
    }

    /** Bytes written. */
    public long written() {
        return written.get();
    }

    /** Writes what the lanes have handed over and stops the writer. Call it when the loops are quiet. */
    public void close() {
        closing = true;
        if (writer != null) {
            LockSupport.unpark(writer);
            try {
                writer.join(2000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void write() {
        OutputStream sink = out;
        if (sink == null) {
            return;
        }
        boolean failing = false;
        while (true) {
            boolean last = closing;
            Chunk chunk;
            while ((chunk = full.poll()) != null) {
                try {
                    if (failing) {
                        // What went before may have been torn off within a line.
                        sink.write('\n');
                    }
                    sink.write(chunk.bytes, 0, chunk.size);
                    sink.flush();
                    written.addAndGet(chunk.size);
                    if (failing) {
                        failing = false;
                        LOG.warn("the access log is written again; {} lines were dropped so far", dropped);
                    }
                } catch (IOException e) {
                    dropped.addAndGet(lines(chunk));
                    if (!failing) {
                        failing = true;
                        LOG.warn("the access log cannot be written, lines are dropped: {}", e.getMessage());
                    }
                }
                chunk.size = 0;
                free.add(chunk);
            }
            if (last) {
                return;
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    private static long lines(Chunk chunk) {
        long lines = 0;
        for (int i = 0; i < chunk.size; i++) {
            if (chunk.bytes[i] == '\n') {
                lines++;
            }
        }
        return lines;
    }

    /** One loop's door to the log. Confined to that loop. */
    public static final class Lane {
        private final AccessLog log;
        private final boolean on;
        private @Nullable Chunk current;

        Lane(AccessLog log, boolean on) {
            this.log = log;
            this.on = on;
        }

        boolean on() {
            return on;
        }

        /** A chunk with room for {@code most} bytes, or {@code null} when the line must be dropped (it is counted). */
        @Nullable
        Chunk room(int most) {
            Chunk chunk = current;
            if (chunk != null && CHUNK - chunk.size >= most) {
                return chunk;
            }
            flush();
            chunk = log.free.poll();
            if (chunk == null) {
                log.dropped.incrementAndGet();
            }
            current = chunk;
            return chunk;
        }

        /** Hands over what waits; called now and then, so that quiet lines are not kept back. */
        public void flush() {
            Chunk chunk = current;
            if (chunk != null && chunk.size > 0) {
                log.full.add(chunk);
                current = null;
            }
        }
    }
}
