package dev.fairlead.net.http;

import dev.fairlead.core.http.Head;
import dev.fairlead.net.transport.HeadPool;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A request's body on its way to a backend: what waits for one, and a copy of what was given in case another backend
 * must have it, too, unless a {@link Hold} has all of it. Confined to its event loop; owns the buffers until {@link #clear}.
 */
final class RequestBody {
    private @Nullable ByteBuf waiting;
    private @Nullable ByteBuf copy;
    private @Nullable Hold hold;
    private @Nullable Head trailers;
    private boolean given;
    private boolean repeatable = true;

    /** A backend is asked only when {@code how} has enough of it. */
    void waitIn(Hold how, Head head) {
        hold = how;
        how.begin(head);
    }

    /** Whether the request waits for it, or did. */
    boolean waits() {
        return hold != null;
    }

    /** Whether it is the client who holds it up, where it is not whole and {@code to} gets it. */
    boolean awaited(@Nullable HttpStream to) {
        return hold != null && hold.waiting() || to != null && to.writable();
    }

    /** Whether part of it, and its ownership, was taken by who waits for it. */
    boolean taken(ByteBuf data) {
        return hold != null && hold.take(data);
    }

    /** It is whole; takes ownership of the trailers. Whether its end was for who waits for it. */
    boolean ended(@Nullable Head last) {
        trailers = last;
        return hold != null && hold.end();
    }

    /** Whether {@code to} gets it, and its end, from who has waited for all of it. */
    boolean goesTo(HttpStream to) {
        if (hold == null || !hold.full()) {
            return false;
        }
        hold.giveTo(to, trailers);
        return true;
    }

    /** What came behind it; stays its own. */
    @Nullable
    Head trailers() {
        return trailers;
    }

    /** The backend takes more again. */
    void goOn() {
        if (hold != null) {
            hold.give();
        }
    }

    /** Part of it has come, and there is no backend yet; takes ownership. */
    void hold(ByteBuf data) {
        // Few pieces come after demand was taken back.
        ByteBuf before = waiting;
        waiting = before == null ? data : Unpooled.wrappedBuffer(before, data);
    }

    /** Gives what waits to {@code to}; whether there was anything. */
    boolean giveHeld(HttpStream to, ByteBufAllocator allocator, int most) {
        ByteBuf data = waiting;
        if (data == null) {
            return false;
        }
        waiting = null;
        give(data, to, allocator, most);
        return true;
    }

    /**
     * Gives {@code data} to {@code to}.
     *
     * @param most how much of the body may be copied; once it is more, the body can be given only once
     */
    void give(ByteBuf data, HttpStream to, ByteBufAllocator allocator, int most) {
        given = true;
        if (repeatable) {
            keep(data, allocator, most);
        }
        to.sendBody(data);
    }

    private void keep(ByteBuf data, ByteBufAllocator allocator, int most) {
        ByteBuf kept = copy;
        int before = kept == null ? 0 : kept.readableBytes();
        int length = data.readableBytes();
        if (length > most - before) {
            repeatable = false;
            copy = null;
            if (kept != null) {
                kept.release();
            }
            return;
        }
        if (kept == null) {
            kept = allocator.directBuffer(length, most);
            copy = kept;
        }
        kept.writeBytes(data, data.readerIndex(), length);
    }

    /** Whether a backend could be given it from the start. */
    boolean repeatable() {
        return !given || repeatable;
    }

    /** The next backend gets it from the start. */
    void rewind() {
        ByteBuf again = copy;
        copy = null;
        given = false;
        if (again != null) {
            ByteBuf rest = waiting;
            waiting = rest == null ? again : Unpooled.wrappedBuffer(again, rest);
        }
    }

    /** No other backend will have to have it. */
    void settle() {
        repeatable = false;
        ByteBuf kept = copy;
        if (kept != null) {
            copy = null;
            kept.release();
        }
        if (hold != null) {
            hold.settle();
        }
    }

    /** Lets go of everything, for the next request. */
    void clear(HeadPool heads) {
        Head last = trailers;
        trailers = null;
        if (last != null) {
            heads.give(last);
        }
        if (hold != null) {
            hold.close();
            hold = null;
        }
        ByteBuf first = waiting;
        ByteBuf second = copy;
        waiting = null;
        copy = null;
        given = false;
        repeatable = true;
        if (first != null) {
            first.release();
        }
        if (second != null) {
            second.release();
        }
    }
}
