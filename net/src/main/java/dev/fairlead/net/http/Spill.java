package dev.fairlead.net.http;

import dev.fairlead.net.transport.Loop;
import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The part of one request's body that is on disk.
 *
 * <p>Confined to its event loop, but for the one piece of work that is under way at a time: that runs on a thread of the
 * {@link SpillSpace}, and its end is told on the loop. Buffers are the work's while it runs. Whoever made it closes it;
 * then nothing more is told, and file and room are given back when the work under way has ended.
 */
final class Spill {
    private final SpillSpace space;
    private final Loop loop;
    private @Nullable FileChannel file;
    private long size;
    private boolean busy;
    private boolean closed;

    /** Who hears of the end of a piece of work, on the loop. */
    interface Then {
        /** Takes ownership of {@code data}; {@code sound} is whether the disk did what it should. */
        void done(ByteBuf data, boolean sound);
    }

    /** What blocks. */
    private interface Work {
        void run() throws IOException;
    }

    Spill(SpillSpace space, Loop loop) {
        this.space = space;
        this.loop = loop;
    }

    /** Whether work is under way. */
    boolean busy() {
        return busy;
    }

    /** Bytes in it, those that are being written included. */
    long size() {
        return size;
    }

    /** Writes {@code data} behind what is there and hands it back; {@code false}, and keeps nothing, when there is no room. */
    boolean append(ByteBuf data, Then then) {
        int length = data.readableBytes();
        if (!space.take(length)) {
            return false;
        }
        long from = size;
        size += length;
        // Made here, for only this thread may touch what slices of one receive buffer share.
        ByteBuffer[] pieces = data.nioBuffers();
        start(data, () -> write(pieces, from), then);
        return true;
    }

    private void write(ByteBuffer[] pieces, long from) throws IOException {
        FileChannel to = file;
        if (to == null) {
            to = space.open();
            file = to;
        }
        long at = from;
        for (ByteBuffer piece : pieces) {
            while (piece.hasRemaining()) {
                at += to.write(piece, at);
            }
        }
    }

    /** Reads {@code length} bytes that are there. */
    void read(long from, int length, Then then) {
        ByteBuf data = loop.allocator().directBuffer(length, length);
        ByteBuffer into = data.nioBuffer(0, length);
        data.writerIndex(length);
        start(data, () -> read(into, from), then);
    }

    private void read(ByteBuffer into, long from) throws IOException {
        FileChannel of = file;
        long at = from;
        while (into.hasRemaining()) {
            int count = of == null ? -1 : of.read(into, at);
            if (count < 0) {
                throw new EOFException("a request body on disk is shorter than it was");
            }
            at += count;
        }
    }

    private void start(ByteBuf data, Work work, Then then) {
        assert !busy && !closed : "one piece of work at a time";
        busy = true;
        space.run(() -> {
            boolean sound = attempt(work);
            try {
                loop.executor().execute(() -> finished(data, sound, then));
            } catch (RejectedExecutionException e) {
                // The loop has stopped, and with it everyone who could want to know.
                data.release();
                shut();
            }
        });
    }

    private boolean attempt(Work work) {
        try {
            work.run();
            space.worked();
            return true;
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // Whatever it is, the exchange must hear of it.
            space.failed(e);
            return false;
        }
    }

    private void finished(ByteBuf data, boolean sound, Then then) {
        loop.refresh();
        busy = false;
        if (closed) {
            data.release();
            space.run(this::shut);
        } else {
            then.done(data, sound);
        }
    }

    /** Gives everything back, soon; nothing is told any more. */
    void close() {
        if (!closed) {
            closed = true;
            if (!busy) {
                space.run(this::shut);
            }
        }
    }

    private void shut() {
        FileChannel open = file;
        file = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            space.failed(e);
        } finally {
            space.give(size);
        }
    }
}
