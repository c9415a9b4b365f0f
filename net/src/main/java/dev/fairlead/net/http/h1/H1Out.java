package dev.fairlead.net.http.h1;

import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadWriter;
import dev.fairlead.net.transport.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.internal.SystemPropertyUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes one message after another to a connection, framing bodies anew. Confined to its event loop.
 *
 * <p>Small parts are gathered into one buffer, so that a head and a short body are one write; large ones go through as
 * they came. Nothing reaches the kernel before {@link #flush}.
 */
final class H1Out implements Loop.Flushable {
    /** Up to here copying is cheaper than one more buffer in the write. */
    private static final int COPY_LIMIT = 4096;

    /** Room for a chunk's size line, its end, and the last chunk. */
    private static final int CHUNK_OVERHEAD = 32;

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    /** What Netty counts for each buffer beside its bytes. */
    private static final int ENTRY =
            SystemPropertyUtil.getInt("io.netty.transport.outboundBufferEntrySizeOverhead", 96);

    /** From here on a turn's end is not waited for: bytes still in the cache are copied faster. */
    private static final int FLUSH_AT = 64 * 1024;

    private final Loop loop;
    private final Channel channel;
    private Framing framing = Framing.NONE;
    private @Nullable ByteBuf gathered;
    private @Nullable ChannelPromise promise;
    private boolean scheduled;
    private int unflushed;
    private boolean headFlushed;
    private boolean flushing;
    private boolean tight;
    private long written;
    private long marked;

    H1Out(Loop loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    /**
     * Puts a head that {@code writer} has just written.
     *
     * @param bodyLength how much body will follow, as far as it is known
     * @param written told what becomes of the head; {@code null} when nobody asks
     */
    void head(HeadWriter writer, Framing bodyFraming, long bodyLength, @Nullable ChannelPromise written) {
        framing = bodyFraming;
        headFlushed = false;
        int more = bodyFraming == Framing.CHUNKED ? 512 : (int) Math.min(bodyLength, COPY_LIMIT);
        ByteBuf out = room(writer.size() + more);
        out.writeBytes(writer.bytes(), 0, writer.size());
        if (written != null) {
            promise = written;
        }
    }

    /** Puts part of a body; takes ownership. */
    void body(ByteBuf data) {
        int length = data.readableBytes();
        if (length == 0) {
            data.release();
            return;
        }
        if (tight != loop.buffers().tight()) {
            tight = !tight;
            channel.config().setWriteBufferWaterMark(loop.buffers().marks(tight));
        }
        if (framing == Framing.CHUNKED) {
            chunk(data, length);
        } else {
            plain(data, length);
        }
        // Not before all of this part is put: a flush may ask for the next part at once.
        if (unflushed >= FLUSH_AT && !flushing) {
            flushing = true;
            try {
                flushNow();
            } finally {
                flushing = false;
            }
        }
    }

    private void plain(ByteBuf data, int length) {
        ByteBuf out = gathered;
        if (out != null && length <= COPY_LIMIT && length <= out.writableBytes()) {
            out.writeBytes(data);
            data.release();
            return;
        }
        writeGathered();
        write(data);
    }

    private void chunk(ByteBuf data, int length) {
        boolean copy = length <= COPY_LIMIT;
        ByteBuf out = room(CHUNK_OVERHEAD + (copy ? length : 0));
        int shift = (31 - Integer.numberOfLeadingZeros(length)) & ~3;
        for (; shift >= 0; shift -= 4) {
            out.writeByte(HEX[(length >>> shift) & 15]);
        }
        out.writeByte('\r').writeByte('\n');
        if (copy) {
            out.writeBytes(data);
            data.release();
        } else {
            writeGathered();
            write(data);
            out = room(CHUNK_OVERHEAD);
        }
        out.writeByte('\r').writeByte('\n');
    }

    /** Ends a message. */
    void end(@Nullable Head trailers, HeadWriter writer) {
        if (framing == Framing.CHUNKED) {
            if (trailers != null && trailers.count() > 0) {
                writer.lastChunk(trailers);
                room(writer.size()).writeBytes(writer.bytes(), 0, writer.size());
            } else {
                ByteBuf out = room(5);
                out.writeByte('0')
                        .writeByte('\r')
                        .writeByte('\n')
                        .writeByte('\r')
                        .writeByte('\n');
            }
        }
        framing = Framing.NONE;
    }

    /** From now on bytes go out as they are. */
    void raw() {
        framing = Framing.UNTIL_CLOSE;
    }

    private ByteBuf room(int more) {
        ByteBuf out = gathered;
        if (out != null) {
            if (more <= out.writableBytes()) {
                return out;
            }
            writeGathered();
        }
        out = channel.alloc().directBuffer(Math.max(more, 256));
        gathered = out;
        return out;
    }

    private void writeGathered() {
        ByteBuf out = gathered;
        if (out != null) {
            gathered = null;
            write(out);
        }
    }

    private void write(ByteBuf data) {
        unflushed += data.readableBytes();
        written += data.readableBytes() + ENTRY;
        ChannelPromise told = promise;
        promise = null;
        channel.write(data, told != null ? told : channel.voidPromise());
    }

    /** Hands everything to the kernel, when the events of this turn have been handled. */
    void flush() {
        if (unflushed >= FLUSH_AT) {
            flushNow();
        } else if (!scheduled && (gathered != null || unflushed > 0)) {
            scheduled = true;
            loop.flushSoon(this);
        }
    }

    /** Hands everything to the kernel. */
    @Override
    public void flushNow() {
        scheduled = false;
        writeGathered();
        if (unflushed > 0) {
            unflushed = 0;
            headFlushed = true;
            channel.flush();
        }
    }

    /** Whether any byte of the last head may have reached the kernel. */
    boolean headFlushed() {
        return headFlushed;
    }

    /** Ends our side behind everything that was written. */
    void shutdown() {
        flushNow();
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            // Says so before the socket does; a half that is closed without is an attack.
            tls.closeOutbound().addListener(done -> shutdownSocket(done.isSuccess()));
            return;
        }
        // The empty buffer's promise completes in order.
        written += ENTRY;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> shutdownSocket(done.isSuccess()));
    }

    private void shutdownSocket(boolean sound) {
        if (sound && channel instanceof DuplexChannel duplex && !duplex.isOutputShutdown()) {
            var _ = duplex.shutdownOutput();
        }
    }

    /** Closes the connection behind everything that was written. */
    void close() {
        flushNow();
        written += ENTRY;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Bytes that wait for the peer to take them. */
    long pending() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        // A large buffer counts as whole until the last of it is taken, so what was taken of it counts apart.
        return waiting == null ? 0 : waiting.totalPendingWriteBytes() - waiting.currentProgress();
    }

    /** Remembers what has been taken so far, for {@link #took}. */
    void mark() {
        marked = written - pending();
    }

    /** How much the peer has taken since {@link #mark}, roughly; at most 0 when nothing. */
    long took() {
        return written - pending() - marked;
    }

    /** Whether bytes wait, and the peer has taken some since {@link #mark}. */
    boolean moved() {
        return pending() > 0 && took() > 0;
    }

    /** Lets go of what was not flushed. */
    void discard() {
        ByteBuf out = gathered;
        if (out != null) {
            gathered = null;
            out.release();
        }
    }
}
