package dev.fairlead.net.http.h1;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadLimits;
import dev.fairlead.core.http.HeadParser;
import dev.fairlead.core.http.HeadParser.Progress;
import dev.fairlead.core.http.HeadRules;
import dev.fairlead.core.http.Known;
import dev.fairlead.core.http.Method;
import dev.fairlead.net.http.Asker;
import dev.fairlead.net.transport.HeadPool;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads one answer after another off a backend connection and tells them to whoever asked, as far as that wants more.
 * Confined to its event loop.
 *
 * <p>It knows who asked; when an answer begins, ends or is broken is for the connection to deal with.
 */
final class AnswerReader implements BodyReader.Sink {
    private static final HeadLimits LIMITS = new HeadLimits(8 * 1024, 64 * 1024, 256);

    private final H1Backend connection;
    private final Intake intake;
    private final HeadPool heads;
    private final HeadReader reader;
    private final BodyReader body;

    private @Nullable Asker asker;
    private @Nullable Asker toFlush;
    private boolean toHead;
    private boolean heard;
    private boolean keepAlive;
    private boolean wanted = true;
    private boolean lastWords;

    AnswerReader(H1Backend connection, Intake intake, HeadPool heads) {
        this.connection = connection;
        this.intake = intake;
        this.heads = heads;
        this.reader = new HeadReader(heads, HeadParser::answer);
        this.body = new BodyReader(this, heads);
    }

    // ---- who asked -------------------------------------------------------------

    /** The next answer is for {@code with}. */
    void begin(Asker with) {
        asker = with;
        wanted = true;
        heard = false;
    }

    /** Whether any byte of an answer has come to what is asked now. */
    boolean heard() {
        return heard;
    }

    /** What is asked. */
    void expect(Head request) {
        toHead = request.method() == Method.HEAD;
    }

    /** Who is told; {@code null} when nobody is any more. */
    @Nullable
    Asker asker() {
        return asker;
    }

    void passTo(Asker other) {
        asker = other;
    }

    /** Nobody is told any more; returns who was. */
    @Nullable
    Asker leave() {
        Asker with = asker;
        asker = null;
        return with;
    }

    /** Who is told something now, to be handed to the kernel by {@link #flush}. */
    @Nullable
    Asker telling() {
        Asker with = asker;
        if (with != null) {
            toFlush = with;
        }
        return with;
    }

    /** Nothing more comes for now. */
    void flush() {
        Asker with = toFlush;
        if (with != null) {
            toFlush = null;
            with.flushClient();
        }
    }

    /** Whoever asked wants more, or no more for now. */
    void demand(boolean want) {
        wanted = want;
        if (want && !intake.empty()) {
            intake.work();
            flush();
        }
    }

    /** The connection is closed: what it still said is told, wanted just now or not. */
    void lastWords() {
        lastWords = true;
    }

    @Override
    public boolean wants() {
        return wanted || lastWords;
    }

    /** Whether whoever asked waits for more just now. */
    boolean awaited() {
        return wanted;
    }

    // ---- what arrives ----------------------------------------------------------

    void readHead(ByteBuf in) {
        heard = true;
        Progress progress = reader.read(in, LIMITS);
        if (progress == Progress.DONE) {
            answer(reader.head(), in);
        } else if (progress instanceof Progress.Bad(Failure why)) {
            connection.fail(why);
        }
    }

    private void answer(Head whole, ByteBuf in) {
        Asker with = telling();
        if (with == null) {
            throw new IllegalStateException("an answer without an exchange");
        }
        // Decided before anything is dropped, for it reads the Connection field.
        keepAlive = HeadRules.persistent(whole);
        int limit = whole.find(Known.KEEP_ALIVE);
        if (limit >= 0) {
            connection.backend().idleLimit().announced(whole.bytes(), whole.valueStart(limit), whole.valueEnd(limit));
        }
        Failure bad = HeadRules.answer(whole, toHead);
        if (bad != null) {
            connection.fail(bad);
            return;
        }
        if (whole.status() < 200 && whole.status() != 101) {
            with.onInterim(whole);
            whole.clear();
            return;
        }
        var _ = reader.take();
        boolean upgraded = whole.status() == 101;
        Framing framing = whole.framing();
        body.start(framing, whole.contentLength());
        boolean extra = body.done() && !upgraded && in.isReadable();
        keepAlive &= !extra;
        connection.answerBegun(!body.done());
        with.onAnswerHead(whole);
        heads.give(whole);
        // Whoever was told may have given it to another meanwhile, or up.
        if (asker != null && !upgraded && body.done()) {
            connection.complete(null);
        }
    }

    void readBody(ByteBuf in) {
        telling();
        if (body.done()) {
            // Bytes behind the answer: nobody knows whose they are.
            in.skipBytes(in.readableBytes());
            connection.close();
            return;
        }
        body.read(in);
    }

    /** Passes on what comes out of a tunnel. */
    void tunnelled(ByteBuf in) {
        Asker with = telling();
        if (with != null) {
            with.onAnswerBody(in.readRetainedSlice(in.readableBytes()));
        } else {
            in.skipBytes(in.readableBytes());
        }
    }

    @Override
    public void body(ByteBuf data) {
        Asker with = asker;
        if (with == null) {
            data.release();
        } else {
            with.onAnswerBody(data);
        }
    }

    @Override
    public void bodyEnd(@Nullable Head trailers) {
        keepAlive &= !intake.hasBytes();
        connection.complete(trailers);
        if (trailers != null) {
            heads.give(trailers);
        }
    }

    @Override
    public void bodyBroken(Failure why) {
        connection.fail(Failure.BAD_ANSWER);
    }

    /** The backend has ended its side within a body: whether that is the body's end, and with it the connection's. */
    boolean endsHere() {
        if (body.untilClose()) {
            keepAlive = false;
            return true;
        }
        return false;
    }

    /** Whether nothing in the answer speaks against another exchange on this connection. */
    boolean keepsAlive() {
        return keepAlive;
    }

    /** Lets go of what it holds. */
    void release() {
        reader.release();
        body.release();
    }
}
