package dev.fairlead.net.http.h1;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.ChunkDecoder;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadLimits;
import dev.fairlead.core.http.HeadParser;
import dev.fairlead.core.http.HeadParser.Progress;
import dev.fairlead.core.http.HeadRules;
import dev.fairlead.net.transport.HeadPool;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes the framing off the bodies that arrive on a connection. Confined to its event loop.
 *
 * <p>Data is passed on without copying, but for tiny chunks, which are gathered: a peer that sends one byte a chunk
 * must not cost a buffer for each.
 */
final class BodyReader {
    private static final int TINY = 512;
    private static final HeadLimits TRAILER_LIMITS = new HeadLimits(1024, 8 * 1024, 64);

    /** Who is told. */
    interface Sink {
        /** Part of the body; takes ownership. */
        void body(ByteBuf data);

        /** The body is whole; takes ownership of the trailers. */
        void bodyEnd(@Nullable Head trailers);

        /** The framing is broken: {@link Failure#BAD_CHUNK}, {@link Failure#BAD_TRAILER} or a limit. */
        void bodyBroken(Failure why);

        /** Whether more is wanted just now. */
        boolean wants();
    }

    private final Sink sink;
    private final HeadPool heads;
    private Framing framing = Framing.NONE;
    private long left;
    private boolean done = true;
    private @Nullable ChunkDecoder chunks;
    private @Nullable Head trailers;
    private @Nullable ByteBuf gathered;

    BodyReader(Sink sink, HeadPool heads) {
        this.sink = sink;
        this.heads = heads;
    }

    /** A body framed so comes next. Does not tell the sink of an end, even where there is no body. */
    void start(Framing how, long length) {
        framing = how;
        left = length;
        done = how == Framing.NONE || (how == Framing.LENGTH && length == 0);
        if (how == Framing.CHUNKED) {
            ChunkDecoder decoder = chunks;
            if (decoder == null) {
                chunks = new ChunkDecoder();
            } else {
                decoder.reset();
            }
        }
    }

    /** Whether the body is whole, or broken. */
    boolean done() {
        return done;
    }

    /** Whether the body ends with the connection. */
    boolean untilClose() {
        return framing == Framing.UNTIL_CLOSE && !done;
    }

    /** Takes what belongs to the body out of {@code in}, as far as the sink wants it. */
    void read(ByteBuf in) {
        switch (framing) {
            case NONE -> {}
            case LENGTH -> {
                int length = (int) Math.min(left, in.readableBytes());
                left -= length;
                done = left == 0;
                sink.body(in.readRetainedSlice(length));
                if (done) {
                    sink.bodyEnd(null);
                }
            }
            case UNTIL_CLOSE -> sink.body(in.readRetainedSlice(in.readableBytes()));
            case CHUNKED -> readChunks(in);
        }
    }

    private void readChunks(ByteBuf in) {
        ChunkDecoder decoder = chunks;
        if (decoder == null) {
            throw new IllegalStateException("no chunked body was started");
        }
        while (in.isReadable() && !done && sink.wants()) {
            if (decoder.data() > 0) {
                data(decoder, in);
            } else if (decoder.atTrailers()) {
                passGathered();
                readTrailers(in);
            } else {
                decoder.framing(in.readByte());
                if (decoder.bad()) {
                    broken(Failure.BAD_CHUNK);
                }
            }
        }
        passGathered();
    }

    private void data(ChunkDecoder decoder, ByteBuf in) {
        int length = (int) Math.min(decoder.data(), in.readableBytes());
        decoder.taken(length);
        if (length >= TINY) {
            passGathered();
            sink.body(in.readRetainedSlice(length));
            return;
        }
        ByteBuf out = gathered;
        if (out == null) {
            out = in.alloc().directBuffer(length + Math.min(in.readableBytes(), 16 * 1024));
            gathered = out;
        }
        out.writeBytes(in, length);
    }

    private void passGathered() {
        ByteBuf out = gathered;
        if (out != null) {
            gathered = null;
            sink.body(out);
        }
    }

    private void readTrailers(ByteBuf in) {
        Head head = trailers;
        if (head == null) {
            head = heads.take();
            trailers = head;
        }
        int before = head.size();
        int length = Math.min(in.readableBytes(), TRAILER_LIMITS.head() - before);
        in.getBytes(in.readerIndex(), head.reserve(length), before, length);
        head.filled(length);
        switch (HeadParser.trailers(head, TRAILER_LIMITS)) {
            case Progress.More more -> in.skipBytes(length);
            case Progress.Done end -> {
                in.skipBytes(head.length() - before);
                head.dropRest();
                HeadRules.cleanTrailers(head);
                done = true;
                trailers = null;
                sink.bodyEnd(head);
            }
            case Progress.Bad(Failure why) -> broken(why);
        }
    }

    private void broken(Failure why) {
        done = true;
        release();
        sink.bodyBroken(why);
    }

    /** Lets go of what it holds. */
    void release() {
        ByteBuf out = gathered;
        if (out != null) {
            gathered = null;
            out.release();
        }
        Head head = trailers;
        if (head != null) {
            trailers = null;
            heads.give(head);
        }
    }
}
