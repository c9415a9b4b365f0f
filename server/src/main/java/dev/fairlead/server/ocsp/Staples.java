package dev.fairlead.server.ocsp;

import dev.fairlead.core.time.Seeds;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.core.tls.BadAnswer;
import dev.fairlead.core.tls.OcspAnswer;
import dev.fairlead.core.tls.OcspQuery;
import dev.fairlead.core.tls.StapleSchedule;
import dev.fairlead.server.ocsp.StaplePicture.State;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What responders say of the certificates in use: asked for in the background, verified, and kept until it runs out. One for
 * an engine, so that certificates that are used twice are asked about once, and an answer outlives a reload. Thread-safe;
 * nothing here waits for a responder but threads of its own, which {@link #close} ends.
 */
public final class Staples implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Staples.class);

    /** Questions under way. */
    private static final int MOST_AT_ONCE = 4;

    private final WallClock wall;

    /** Everything below is guarded by this object. */
    private final RandomGenerator random;

    private final Map<OcspQuery, Stapled> all = new LinkedHashMap<>();
    private final Set<Thread> asking = new HashSet<>();
    private final long[] counts = new long[Fetched.values().length];
    private boolean closed;

    public Staples(WallClock wall, Seeds seeds) {
        this.wall = wall;
        this.random = seeds.generator();
    }

    /**
     * Somebody wants answers about this certificate; the first is asked for with the next {@link #turn}.
     *
     * @param title what it is called in messages
     * @param mustStaple whether clients are told to insist on them
     */
    public synchronized Stapled hold(OcspQuery query, String title, boolean mustStaple) {
        Stapled one = all.computeIfAbsent(
                query, q -> new Stapled(q, title, mustStaple, StapleSchedule.first(wall.epochMillis())));
        one.holders++;
        return one;
    }

    /** Who wanted it does no more; must be said once for each {@link #hold}. */
    public synchronized void drop(Stapled one) {
        if (--one.holders == 0) {
            all.remove(one.query);
        }
    }

    /** Asks where it is time to, and takes leave of what has run out. To be called a few times in a second. */
    public synchronized void turn() {
        long now = wall.epochMillis();
        for (Stapled one : all.values()) {
            OcspAnswer answer = one.answer;
            if (answer != null && answer.nextUpdate() <= now) {
                one.answer = null;
                LOG.warn(
                        "OCSP: {}: the answer held until {}, and there is no newer one: nothing is stapled{}",
                        one.title,
                        moment(answer.nextUpdate()),
                        insistent(one));
            }
        }
        if (closed) {
            return;
        }
        all.values().stream()
                .filter(one -> !one.asking && one.schedule.due(now))
                // Whoever has waited longest, so that responders that never answer do not keep others waiting for good.
                .sorted(Comparator.comparingLong(one -> one.schedule.nextAt()))
                .limit(Math.max(0, MOST_AT_ONCE - asking.size()))
                .forEach(this::begin);
    }

    private void begin(Stapled one) {
        one.asking = true;
        Thread thread = Thread.ofVirtual().name("fairlead-ocsp").unstarted(() -> ask(one));
        asking.add(thread);
        thread.start();
    }

    private void ask(Stapled one) {
        try {
            answered(one, asked(one.query));
        } catch (BadAnswer e) {
            failed(one, e.refused() ? Fetched.REFUSED : Fetched.BAD, String.valueOf(e.getMessage()));
        } catch (NoAnswer e) {
            failed(one, e.how(), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            // It is the end.
            Thread.currentThread().interrupt();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // Or it would be asked again at once, for good.
            LOG.error("OCSP: asking about {} failed", one.title, e);
            failed(one, Fetched.BAD, e.toString());
        } finally {
            ended(one);
        }
    }

    /** By GET, for which caches are made; by POST where that brings an answer that is of no use. */
    private OcspAnswer asked(OcspQuery query) throws BadAnswer, NoAnswer, InterruptedException {
        try {
            byte[] got = Responders.get(query);
            if (got != null) {
                return OcspAnswer.read(got, query, wall.epochMillis());
            }
        } catch (NoAnswer e) {
            if (e.how() != Fetched.REFUSED) {
                throw e;
            }
        } catch (BadAnswer e) {
            LOG.debug("OCSP: {} by GET: {}", query.responder(), e.getMessage());
        }
        return OcspAnswer.read(Responders.post(query), query, wall.epochMillis());
    }

    private synchronized void ended(Stapled one) {
        one.asking = false;
        asking.remove(Thread.currentThread());
    }

    private synchronized void answered(Stapled one, OcspAnswer answer) {
        long now = wall.epochMillis();
        OcspAnswer before = one.answer;
        if (before != null && before.nextUpdate() > now && before.thisUpdate() > answer.thisUpdate()) {
            // Whoever is on the way could keep a revocation from us by repeating what was said before it.
            failed(one, Fetched.BAD, "the answer is older than the one before");
            return;
        }
        Fetched how = answer.revoked() ? Fetched.REVOKED : Fetched.GOOD;
        counts[how.ordinal()]++;
        one.schedule = one.schedule.answered(answer, now, random.nextDouble());
        one.answer = answer;
        one.staple.set(answer.bytes(), answer.nextUpdate());
        boolean news = before == null || before.revoked() != answer.revoked() || one.problem != null;
        one.problem = null;
        Long revokedAt = answer.revokedAt();
        if (revokedAt != null) {
            LOG.warn(
                    "OCSP: {} IS REVOKED since {}, says {}: clients that ask are told so, and refuse it; it must be replaced",
                    one.title,
                    moment(revokedAt),
                    one.query.responder());
        } else if (news) {
            LOG.info(
                    "OCSP: {} is good until {}, says {}; clients that ask are told so",
                    one.title,
                    moment(answer.nextUpdate()),
                    one.query.responder());
        }
    }

    private synchronized void failed(Stapled one, Fetched how, String why) {
        long now = wall.epochMillis();
        counts[how.ordinal()]++;
        OcspAnswer held = one.answer;
        one.schedule = one.schedule.failed(held == null ? 0 : held.nextUpdate(), now, random.nextDouble());
        if (!why.equals(one.problem)) {
            String then = held == null
                    ? "nothing is stapled" + insistent(one)
                    : "the answer before holds until " + moment(held.nextUpdate());
            LOG.warn(
                    "OCSP: {}: {}: {}; {}; it is asked again in {}s",
                    one.title,
                    one.query.responder(),
                    why,
                    then,
                    TimeUnit.MILLISECONDS.toSeconds(one.schedule.nextAt() - now));
        }
        one.problem = why;
    }

    private static String insistent(Stapled one) {
        return one.mustStaple ? ", and clients are told to refuse that (Must-Staple)" : "";
    }

    private static String moment(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    /** How it stands with one. */
    public synchronized StaplePicture picture(Stapled one) {
        OcspAnswer answer = one.answer;
        State state = State.WAITING;
        long until = 0;
        if (answer != null && answer.nextUpdate() > wall.epochMillis()) {
            until = answer.nextUpdate();
            state = answer.revoked() ? State.REVOKED : State.GOOD;
        } else if (answer != null || one.problem != null) {
            state = State.NONE;
        }
        return new StaplePicture(
                one.query.responder().toString(), state, until, one.schedule.nextAt(), one.mustStaple, one.problem);
    }

    /** How often asking ended how, by word; all there are. */
    public synchronized Map<String, Long> counts() {
        Map<String, Long> seen = new LinkedHashMap<>();
        for (Fetched how : Fetched.values()) {
            seen.put(how.word(), counts[how.ordinal()]);
        }
        return seen;
    }

    /** Asks nobody any more, and ends what is under way. */
    @Override
    public synchronized void close() {
        closed = true;
        asking.forEach(Thread::interrupt);
    }

    /** How many are wanted. */
    synchronized int size() {
        return all.size();
    }
}
