package dev.fairlead.net.http;

import dev.fairlead.core.config.RouteConfig.BufferConfig;
import dev.fairlead.core.config.RouteConfig.BufferConfig.Mode;
import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadLimits;
import dev.fairlead.core.http.HeadParser;
import dev.fairlead.core.http.Known;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request that asks for a backend only when its body has begun to come, or is whole; in the latter case also that
 * body, in memory and beyond that on disk.
 *
 * <p>Confined to its event loop; made for one exchange and closed with it, after which nothing that is still under way
 * touches the exchange. The file has the body's beginning and memory its end, so that each is written in order and once,
 * and the whole can be given to one backend after another.
 */
final class Hold {
    /** Read from disk at once. */
    private static final int PIECE = 64 * 1024;

    /** Most in memory while that is tight. */
    private static final int TIGHT = 8 * 1024;

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final HeadLimits CONTINUE_LIMITS = new HeadLimits(64, 64, 1);

    private final HttpDoor door;
    private final Exchange exchange;
    private final ClientStream client;
    private final Tries tries;
    private final Journal journal;
    private final BufferConfig config;
    private final Target target;
    private final long key;
    private final long since;

    private boolean waiting = true;
    private boolean ended;
    private boolean reading;
    private boolean settled;
    private boolean closed;
    private @Nullable ByteBuf kept;
    private @Nullable Spill spill;
    private @Nullable HttpStream to;
    private @Nullable Head trailers;
    private long at;

    /** Of a request with a body that asks for a backend of {@code target} in time. */
    Hold(
            BufferConfig config,
            HttpDoor door,
            Exchange exchange,
            ClientStream client,
            Tries tries,
            Journal journal,
            Target target,
            long key) {
        this.config = config;
        this.door = door;
        this.exchange = exchange;
        this.client = client;
        this.tries = tries;
        this.journal = journal;
        this.target = target;
        this.key = key;
        this.since = door.loop().now();
    }

    /** Whether requests wait at all. */
    static boolean wanted(BufferConfig config) {
        return config.mode() != Mode.NONE;
    }

    /** Whether no backend has been asked yet. */
    boolean waiting() {
        return waiting;
    }

    /** Whether the backend gets the body from here. */
    boolean full() {
        return config.mode() == Mode.FULL;
    }

    /** Begins to wait: the client is asked for its body, for no backend can ask. */
    void begin(Head head) {
        journal.pool = target.pool().name();
        if (full()
                && head.framing() == Framing.LENGTH
                && head.contentLength() > config.most().bytes()) {
            exchange.onRequestBroken(Failure.BODY_TOO_LARGE);
            return;
        }
        if (head.find(Known.EXPECT) >= 0) {
            head.drop(Known.EXPECT);
            if (client.takesInterim()) {
                sendContinue();
            }
        }
    }

    private void sendContinue() {
        Head head = door.loop().heads().take();
        head.append(CONTINUE, 0, CONTINUE.length);
        HeadParser.answer(head, CONTINUE_LIMITS);
        client.sendInterim(head);
        door.loop().heads().give(head);
        client.flush();
    }

    // ---- the body comes --------------------------------------------------------

    /** Takes part of the body, and its ownership; or leaves it to a backend, which was asked before or is now. */
    boolean take(ByteBuf data) {
        if (!waiting) {
            return false;
        }
        if (full()) {
            if (journal.bytesIn > config.most().bytes()) {
                data.release();
                exchange.onRequestBroken(Failure.BODY_TOO_LARGE);
            } else {
                keep(data);
            }
            return true;
        }
        ask();
        if (closed) {
            data.release();
        }
        return closed;
    }

    private int room() {
        int memory = config.memory().clampedInt();
        return door.loop().buffers().tight() ? Math.min(memory, TIGHT) : memory;
    }

    private void keep(ByteBuf data) {
        boolean idle = spill == null || !spill.busy();
        ByteBuf all = kept;
        if (all == null && idle && data.readableBytes() > room()) {
            write(data);
            return;
        }
        if (all == null) {
            all = door.loop().allocator().directBuffer(Math.max(256, data.readableBytes()));
            kept = all;
        }
        // Copied, for a piece of one byte would keep a whole receive buffer.
        all.writeBytes(data);
        data.release();
        if (idle) {
            writeIfMuch();
        }
    }

    /** Writes what is in memory if that is more than may be; whether it does. */
    private boolean writeIfMuch() {
        ByteBuf all = kept;
        if (all == null || all.readableBytes() <= room()) {
            return false;
        }
        kept = null;
        write(all);
        return true;
    }

    private void write(ByteBuf data) {
        Spill file = spill;
        if (file == null) {
            file = new Spill(door.spill(), door.loop());
            spill = file;
        }
        if (file.append(data, this::written)) {
            client.demand(false);
        } else {
            data.release();
            exchange.refused(Failure.SPILL_FULL);
        }
    }

    private void written(ByteBuf data, boolean sound) {
        data.release();
        if (!sound) {
            exchange.refused(Failure.SPILL_FULL);
        } else if (!writeIfMuch()) {
            if (ended) {
                ask();
                exchange.flushBackend();
            } else {
                client.demand(true);
            }
        }
    }

    /** The body is whole; {@code false} when that is for the backend to know, which has been asked before. */
    boolean end() {
        if (!waiting) {
            return false;
        }
        ended = true;
        if (spill == null || !spill.busy()) {
            ask();
        }
        return true;
    }

    private void ask() {
        over();
        tries.begin(target, key);
    }

    private void over() {
        waiting = false;
        journal.buffered = door.loop().now() - since;
    }

    // ---- the body goes ---------------------------------------------------------

    /** Gives the whole body to this backend, as fast as that takes it, and its end; the trailers stay the caller's. */
    void giveTo(HttpStream stream, @Nullable Head last) {
        to = stream;
        trailers = last;
        at = 0;
        if (spill != null) {
            // How long a large body takes says little about how busy the backend is.
            tries.sending();
        }
        give();
    }

    /** Goes on giving, if the backend takes more. */
    void give() {
        HttpStream stream = to;
        if (stream == null || reading || !exchange.isAt(stream)) {
            return;
        }
        Spill file = spill;
        if (file != null && at < file.size()) {
            if (stream.writable()) {
                reading = true;
                file.read(at, (int) Math.min(PIECE, file.size() - at), (data, sound) -> read(stream, data, sound));
            }
            return;
        }
        to = null;
        ByteBuf rest = kept;
        if (rest != null) {
            stream.sendBody(rest.retainedDuplicate());
        }
        tries.sent();
        stream.sendEnd(trailers);
        if (settled) {
            drop();
        }
    }

    private void read(HttpStream stream, ByteBuf data, boolean sound) {
        reading = false;
        if (!sound) {
            data.release();
            exchange.onRequestBroken(Failure.INTERNAL);
            return;
        }
        if (stream == to && exchange.isAt(stream)) {
            at += data.readableBytes();
            stream.sendBody(data);
        } else {
            data.release();
        }
        give();
        exchange.flushBackend();
    }

    /** No other backend will have to have it. */
    void settle() {
        settled = true;
        if (to == null) {
            drop();
        }
    }

    /** The exchange is over. */
    void close() {
        if (waiting) {
            over();
        }
        closed = true;
        to = null;
        drop();
    }

    private void drop() {
        ByteBuf all = kept;
        kept = null;
        if (all != null) {
            all.release();
        }
        Spill file = spill;
        spill = null;
        if (file != null) {
            file.close();
        }
    }
}
