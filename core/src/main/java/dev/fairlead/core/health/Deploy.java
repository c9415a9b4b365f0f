package dev.fairlead.core.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One deploy through a pool, batch after batch: drain, hand over to whoever changes the backends, gate, ramp, next.
 *
 * <p>Confined to the control thread, which drives it: call {@link #tick} when something happened and at {@link #nextDue},
 * and hand in what the caller says ({@link #renew}, {@link #report}, {@link #abort}). It has no thread, socket or clock of
 * its own; what it wants done it asks of its {@link Hands}.
 *
 * <p><b>It ends</b> when all are done, at the first failure, when it is aborted, or when its caller has not been heard of for
 * the time of its lease. However it ends, nothing stays out for it:
 *
 * <pre>
 * a backend that is               comes back through the gate
 * draining                        as it was: nobody has touched it, so no new version is asked of it
 * handed over                     only if its checks find the new version, for nobody knows what is there
 * reported as failed              as it was: whoever says so has undone what they did
 * at the gate, or in its ramp     goes on as it is: asked for what it was asked for
 * </pre>
 *
 * Each time so many passing checks in a row are asked for as the terms say.
 */
public final class Deploy {
    /** Longest time for a backend to get its whole share. */
    private static final long LONGEST_RAMP_NANOS = Duration.ofHours(1).toNanos();

    /** How often it is looked at while something is under way that nobody tells of. */
    private static final long LOOK_NANOS = 50_000_000L;

    /**
     * How it is to be done. Immutable.
     *
     * @param batch how many backends at a time, at least 1
     * @param gate passing checks in a row before one gets work again, at least 1
     * @param match what those must find in the answer, such as the new version; {@code null} for nothing more than usual
     * @param gateTime longest time for that
     * @param floor share of the pool, 0..1, that must be left taking work
     * @param lease how long it lives without a word of its caller
     * @param drain until what is in work is cut; {@code null} for what the pool says
     * @param ramp whether to wait until a backend has its whole share before the next is taken
     */
    public record Terms(
            int batch,
            int gate,
            @Nullable String match,
            Duration gateTime,
            double floor,
            Duration lease,
            @Nullable Duration drain,
            boolean ramp) {}

    /** Where one backend stands. */
    public enum Stage {
        WAITING,
        DRAINING,
        /** Drained: whoever runs the deploy is to change it now. */
        YOURS,
        GATE,
        RAMP,
        DONE,
        FAILED,
        /** Not touched: an operator had it out already, or it has left. */
        LEFT_OUT
    }

    /** Where the whole stands. */
    public enum State {
        RUNNING,
        DONE,
        FAILED,
        ABORTED,
        /** Nothing was heard of its caller. */
        LAPSED
    }

    /**
     * One backend. Immutable.
     *
     * @param why evidence for the stage, for people; empty when there is nothing to say
     */
    public record Step(String address, Stage stage, String why) {}

    /**
     * A backend as it is now. Immutable.
     *
     * @param wanted whether the operator wants it to take work
     * @param ours whether it is drained, and by this deploy
     * @param drained whether nothing is in work there any more
     * @param serves whether it takes work, or would if its weight let it
     * @param whole whether it has its whole share of the work
     */
    public record View(boolean wanted, boolean ours, boolean drained, boolean serves, boolean whole, String why) {}

    /** What it looks at and what it does; all on the control thread, and all at once. */
    public interface Hands {
        /** A backend; {@code null} when it is no member any more. */
        @Nullable
        View look(String address);

        /** Drains one, held by the lease; says why not, or {@code null}. It comes back as it was when the lease ends. */
        @Nullable
        String drain(String address, Terms terms);

        /**
         * Holds a drained one for another lease.
         *
         * @param match what is asked of it when the lease ends
         */
        void hold(String address, Terms terms, @Nullable String match);

        /** Wants one again, behind so many passing checks. */
        void release(String address, int passes, @Nullable String match, String why);
    }

    /** One backend, as it changes. */
    private static final class Part {
        final String address;
        Stage stage = Stage.WAITING;
        String why = "";
        long until;

        Part(String address) {
            this.address = address;
        }

        boolean over() {
            return stage == Stage.DONE || stage == Stage.LEFT_OUT || stage == Stage.FAILED;
        }

        boolean held() {
            return stage == Stage.DRAINING || stage == Stage.YOURS;
        }
    }

    private final Terms terms;
    private final Hands hands;
    private final List<Part> parts = new ArrayList<>();
    private State state = State.RUNNING;
    private String why = "";
    private long leaseEnds;
    private long revision = 1;

    /** @param addresses the backends, in the order in which they are taken; those that are not wanted are left out */
    public Deploy(Terms terms, List<String> addresses, Hands hands, long now) {
        this.terms = terms;
        this.hands = hands;
        this.leaseEnds = now + terms.lease().toNanos();
        addresses.forEach(address -> parts.add(new Part(address)));
        for (Part part : parts) {
            leaveOut(part);
        }
    }

    public Terms terms() {
        return terms;
    }

    public State state() {
        return state;
    }

    /** How it ended; empty while it runs, and when there is nothing to say. */
    public String why() {
        return why;
    }

    /** Grows whenever something that can be seen changes. */
    public long revision() {
        return revision;
    }

    public List<Step> steps() {
        return parts.stream()
                .map(part -> new Step(part.address, part.stage, part.why))
                .toList();
    }

    /** Nanoseconds until it lapses unless its caller is heard of. */
    public long leaseLeft(long now) {
        return state == State.RUNNING ? Math.max(leaseEnds - now, 0) : 0;
    }

    /** When to call {@link #tick} at the latest, unless something happens before. */
    public long nextDue(long now) {
        return leaseEnds - now < LOOK_NANOS ? leaseEnds : now + LOOK_NANOS;
    }

    // ---- what the caller says --------------------------------------------------

    /** Its caller lives. */
    public void renew(long now) {
        if (state != State.RUNNING) {
            return;
        }
        leaseEnds = now + terms.lease().toNanos();
        for (Part part : parts) {
            View view = part.held() ? hands.look(part.address) : null;
            if (view != null && view.ours()) {
                hands.hold(part.address, terms, part.stage == Stage.YOURS ? terms.match() : null);
            }
        }
    }

    /**
     * A backend that was handed over has been changed, or could not be. To say so again of one that is past it changes nothing.
     *
     * @return why that cannot be, or {@code null}
     */
    public @Nullable String report(String address, boolean done, String detail, long now) {
        Part part = find(address);
        if (part == null) {
            return address + " is no part of it";
        }
        boolean said = done
                ? part.stage == Stage.GATE || part.stage == Stage.RAMP || part.stage == Stage.DONE
                : part.stage == Stage.FAILED;
        if (said) {
            return null;
        }
        if (state != State.RUNNING) {
            return "the deploy has ended: " + word(state) + (why.isEmpty() ? "" : ": " + why);
        }
        tick(now);
        if (state != State.RUNNING || part.stage != Stage.YOURS) {
            return address + " is not yours to change: " + word(part.stage);
        }
        renew(now);
        if (done) {
            hands.release(address, terms.gate(), terms.match(), "deployed");
            part.until = now + terms.gateTime().toNanos();
            to(part, Stage.GATE, "");
        } else {
            String failure = detail.isEmpty() ? "its change failed" : detail;
            hands.release(address, terms.gate(), null, "the deploy failed: " + failure);
            to(part, Stage.FAILED, failure);
        }
        tick(now);
        return null;
    }

    private @Nullable Part find(String address) {
        for (Part part : parts) {
            if (part.address.equals(address)) {
                return part;
            }
        }
        return null;
    }

    /** Ends it; safe at any moment, and nothing when it has ended. */
    public void abort(String reason) {
        if (state == State.RUNNING) {
            end(State.ABORTED, reason);
        }
    }

    // ---- what happens ----------------------------------------------------------

    /** Does all that is due. */
    public void tick(long now) {
        while (state == State.RUNNING) {
            if (leaseEnds - now <= 0) {
                end(State.LAPSED, "nothing was heard of its caller for " + Evidence.span(terms.lease()));
                return;
            }
            List<Part> batch = batch();
            if (batch.isEmpty()) {
                end(State.DONE, "");
                return;
            }
            boolean over = true;
            for (Part part : batch) {
                go(part, now);
                if (part.stage == Stage.FAILED) {
                    end(State.FAILED, part.address + ": " + part.why);
                    return;
                }
                over &= part.over();
            }
            if (!over) {
                return;
            }
        }
    }

    /** Those under way and, where there is none, the next. */
    private List<Part> batch() {
        List<Part> under = parts.stream()
                .filter(part -> part.stage != Stage.WAITING && part.stage != Stage.DONE && part.stage != Stage.LEFT_OUT)
                .toList();
        return under.isEmpty()
                ? parts.stream()
                        .filter(part -> part.stage == Stage.WAITING)
                        .limit(terms.batch())
                        .toList()
                : under;
    }

    private void go(Part part, long now) {
        switch (part.stage) {
            case WAITING -> begin(part);
            case DRAINING, YOURS -> held(part);
            case GATE, RAMP -> back(part, now);
            case DONE, FAILED, LEFT_OUT -> {}
        }
    }

    private void begin(Part part) {
        if (leaveOut(part)) {
            return;
        }
        String refusal = hands.drain(part.address, terms);
        if (refusal == null) {
            to(part, Stage.DRAINING, "");
        } else {
            to(part, Stage.FAILED, refusal);
        }
    }

    /** What an operator has out is theirs. */
    private boolean leaveOut(Part part) {
        View view = hands.look(part.address);
        if (view != null && view.wanted()) {
            return false;
        }
        to(part, Stage.LEFT_OUT, view == null ? "it has left the pool" : view.why());
        return true;
    }

    private void held(Part part) {
        View view = hands.look(part.address);
        if (view == null || !view.ours()) {
            to(part, Stage.FAILED, "it is not ours any more: " + (view == null ? "it has left the pool" : view.why()));
        } else if (part.stage == Stage.DRAINING && view.drained()) {
            // From now on nobody knows what is there.
            hands.hold(part.address, terms, terms.match());
            to(part, Stage.YOURS, "");
        }
    }

    private void back(Part part, long now) {
        View view = hands.look(part.address);
        if (view == null || !view.wanted()) {
            to(part, Stage.FAILED, view == null ? "it has left the pool" : "it was taken out: " + view.why());
            return;
        }
        if (part.stage == Stage.GATE) {
            if (view.serves()) {
                part.until = now + LONGEST_RAMP_NANOS;
                to(part, Stage.RAMP, "");
            } else if (part.until - now <= 0) {
                String time = Evidence.span(terms.gateTime());
                to(part, Stage.FAILED, "it did not pass the gate within " + time + ": " + view.why());
            } else {
                to(part, Stage.GATE, view.why());
            }
        }
        if (part.stage == Stage.RAMP) {
            if (!view.serves()) {
                to(part, Stage.FAILED, "it left rotation after its deploy: " + view.why());
            } else if (!terms.ramp() || view.whole() || part.until - now <= 0) {
                to(part, Stage.DONE, "");
            }
        }
    }

    private void to(Part part, Stage stage, String reason) {
        if (part.stage != stage || !part.why.equals(reason)) {
            part.stage = stage;
            part.why = reason;
            revision++;
        }
    }

    private void end(State how, String reason) {
        state = how;
        why = reason;
        revision++;
        String told = "the deploy has ended (" + word(how) + "): back through the gate";
        for (Part part : parts) {
            View view = part.held() ? hands.look(part.address) : null;
            if (view != null && view.ours()) {
                String match = part.stage == Stage.YOURS ? terms.match() : null;
                hands.release(part.address, terms.gate(), match, told);
            }
            if (part.held()) {
                to(part, Stage.FAILED, "it was " + word(part.stage) + " when the deploy ended");
            }
        }
    }

    /** As it is written for people and programs. */
    public static String word(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
