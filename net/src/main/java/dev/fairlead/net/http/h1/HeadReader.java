package dev.fairlead.net.http.h1;

import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadLimits;
import dev.fairlead.core.http.HeadParser.Progress;
import dev.fairlead.net.transport.HeadPool;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads one head after another off a connection, a piece at a time. Confined to its event loop; holds a head only while
 * one is being read.
 */
final class HeadReader {
    /** How much is looked at in one go, for a large body may follow. */
    private static final int PIECE = 4096;

    /** One of the parser's three entrances. */
    interface Grammar {
        Progress parse(Head head, HeadLimits limits);
    }

    private final HeadPool heads;
    private final Grammar grammar;
    private @Nullable Head reading;
    private boolean strayLine;

    HeadReader(HeadPool heads, Grammar grammar) {
        this.heads = heads;
        this.grammar = grammar;
    }

    /** Whether part of a head has been read. */
    boolean begun() {
        return reading != null;
    }

    /**
     * Skips the empty line that some clients send behind a body, if that is all there is. It does not begin a request, or
     * the connection would not be idle; the parser sees it in front of the next head, so any split gives the same result.
     */
    boolean skipStrayLine(ByteBuf in) {
        int at = in.readerIndex();
        if (strayLine || in.readableBytes() != 2 || in.getByte(at) != '\r' || in.getByte(at + 1) != '\n') {
            return false;
        }
        in.skipBytes(2);
        strayLine = true;
        return true;
    }

    /** The head that is being read; a fresh one if none is. */
    Head head() {
        Head head = reading;
        if (head == null) {
            head = heads.take();
            reading = head;
            if (strayLine) {
                strayLine = false;
                head.append("\r\n");
            }
        }
        return head;
    }

    /** Takes what belongs to the head out of {@code in}; when it is whole, what is left is what follows it. */
    Progress read(ByteBuf in, HeadLimits limits) {
        Head head = head();
        int before = head.size();
        int length = Math.min(Math.min(in.readableBytes(), PIECE), limits.head() - before);
        in.getBytes(in.readerIndex(), head.reserve(length), before, length);
        head.filled(length);
        Progress progress = grammar.parse(head, limits);
        if (progress == Progress.DONE) {
            in.skipBytes(head.length() - before);
            head.dropRest();
        } else {
            in.skipBytes(length);
        }
        return progress;
    }

    /** The head, whole or not, which is the caller's from now on. */
    Head take() {
        Head head = head();
        reading = null;
        return head;
    }

    /** Lets go of a head in parts. */
    void release() {
        if (reading != null) {
            heads.give(take());
        }
    }
}
