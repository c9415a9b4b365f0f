package dev.fairlead.net.http.h1;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.HeadParser;
import dev.fairlead.core.http.HeadParser.Progress;
import dev.fairlead.core.http.HeadRules;
import dev.fairlead.core.time.Timers;
import dev.fairlead.net.http.ClientPolicy;
import dev.fairlead.net.http.Exchange;
import dev.fairlead.net.http.HttpCounters.Count;
import dev.fairlead.net.http.HttpDoor;
import dev.fairlead.net.transport.Loop;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request after another off a client connection into its exchange, as far as that wants more and in the time
 * that the client has for it. Confined to its event loop; holds a head only while one is being read.
 */
final class RequestReader implements BodyReader.Sink {
    private final H1Client client;
    private final HttpDoor door;
    private final Loop loop;
    private final Exchange exchange;
    private final AnswerWriter answers;
    private final Timers.Timer deadline;
    private final HeadReader reader;
    private final BodyReader body;
    private final Pace pace;

    private long headBegun;
    private int count;
    private boolean wanted = true;
    private boolean leaves;

    RequestReader(H1Client client, HttpDoor door, Exchange exchange, AnswerWriter answers, Timers.Timer deadline) {
        this.client = client;
        this.door = door;
        this.loop = door.loop();
        this.exchange = exchange;
        this.answers = answers;
        this.deadline = deadline;
        this.reader = new HeadReader(loop.heads(), HeadParser::request);
        this.body = new BodyReader(this, loop.heads());
        ClientPolicy policy = door.policy();
        this.pace = new Pace(policy.bodyNanos(), policy.bodyRate());
    }

    // ---- heads -----------------------------------------------------------------

    /** A first head counts from the connection's beginning. */
    void connected() {
        headBegun = loop.now();
    }

    /** Whether part of a head has been read. */
    boolean begun() {
        return reader.begun();
    }

    /** Whether the present request said that none follows it. */
    boolean leaves() {
        return leaves;
    }

    void readHead(ByteBuf in) {
        if (!reader.begun()) {
            if (reader.skipStrayLine(in)) {
                return;
            }
            headBegun = loop.now();
            loop.timers().arm(deadline, headBegun + door.policy().headNanos());
        }
        Progress progress = reader.read(in, door.policy().heads());
        if (progress == Progress.DONE) {
            Head whole = reader.take();
            begin(whole, HeadRules.request(whole));
        } else if (progress instanceof Progress.Bad(Failure why)) {
            begin(reader.take(), why);
        }
    }

    /** The client takes too long over a head. */
    void headLate() {
        begin(reader.take(), Failure.HEAD_TIMEOUT);
    }

    /** Not a byte of a request has come in time, for which the connection is about to be closed. */
    void nothingCame() {
        // An idle connection of a listener that goes is closed early, and not for its silence.
        if (!door.draining()) {
            door.counters().add(count == 0 ? Count.CLOSED_SILENT : Count.CLOSED_IDLE, 1);
        }
    }

    private void begin(Head whole, @Nullable Failure refused) {
        count++;
        answers.begin(whole);
        leaves = refused == null && !HeadRules.persistent(whole);
        if (refused != null || leaves) {
            answers.last();
        } else if (count >= door.policy().requestsPerConnection()) {
            answers.last();
            door.counters().add(Count.CLOSED_REQUESTS, 1);
        }
        if (refused != null) {
            // Where one request ends and the next begins is not known any more.
            body.start(Framing.NONE, 0);
        } else {
            body.start(whole.framing(), whole.contentLength());
        }
        boolean more = refused != null || !body.done();
        client.requestBegun(more);
        wanted = true;
        if (more) {
            allowBody();
        } else {
            loop.timers().pause(deadline);
            if (whole.framing() == Framing.LENGTH) {
                // "Content-Length: 0" is a body that has ended.
                whole.framing(Framing.NONE, 0);
            }
        }
        exchange.begin(whole, headBegun, refused);
    }

    // ---- bodies ----------------------------------------------------------------

    void readBody(ByteBuf in) {
        body.read(in);
    }

    /** The client has the whole of its time for more of the body from now on. */
    void allowBody() {
        pace.begin(loop.now());
        awaitBody();
    }

    /** The client has what is left of its time for more of the body. */
    void awaitBody() {
        loop.timers().arm(deadline, pace.until());
    }

    /** The client takes too long over a body that is needed. */
    void bodyLate(long now) {
        answers.last();
        exchange.onRequestBroken(pace.stalled(now) ? Failure.BODY_TIMEOUT : Failure.BODY_TOO_SLOW);
    }

    @Override
    public void body(ByteBuf data) {
        pace.came(data.readableBytes(), loop.now());
        exchange.onRequestBody(data);
    }

    @Override
    public void bodyEnd(@Nullable Head trailers) {
        client.requestRead();
        exchange.onRequestEnd(trailers);
    }

    @Override
    public void bodyBroken(Failure why) {
        answers.last();
        exchange.onRequestBroken(why);
    }

    /** The exchange wants more, or no more for now. */
    void demand(boolean want) {
        wanted = want;
    }

    @Override
    public boolean wants() {
        return wanted;
    }

    /** Lets go of what it holds. */
    void release() {
        reader.release();
        body.release();
    }
}
