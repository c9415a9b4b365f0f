package dev.fairlead.core.health;

import dev.fairlead.core.config.PoolConfig.EjectConfig;
import java.time.Duration;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the backend of a small pool that does worse than the others, from what real traffic came to.
 *
 * <p>Confined to the control thread; reads windows and changes nothing. Each sign counts only in comparison:
 *
 * <ul>
 *   <li><b>errors</b>: a share of failed uses over the last seconds that the others' share does not explain. With few
 *       backends there is no distribution to take a deviation of, so the count of failures is held against a binomial
 *       one at the others' rate: {@value #SIGMAS} standard deviations and {@value #SLACK} failures beyond what it
 *       expects. An error that all have is the application's, and ejects nobody.
 *   <li><b>silence</b>: given work and answering nothing for a while, not even an error, while the others answer. This is
 *       what a hung process looks like, whose kernel still accepts connections.
 *       Where requests are sent to a second backend, that may answer each before it has been silent for long; then it
 *       shows in that none of them was answered first.
 *   <li><b>slowness</b>: the middle answer begins many times later than the others', and so late that people notice.
 *   <li><b>a row</b> of failures, counted elsewhere: chance, when the others fail often enough.
 * </ul>
 */
final class Outliers {
    /** The windows over which errors are counted, in samples: a quick one for what is glaring, a long one for the rest. */
    private static final int[] WINDOWS = {4, 10, Window.SAMPLES};

    private static final double SIGMAS = 4;
    private static final double SLACK = 3;

    /** Failures that everyone has now and then, where the others show none. */
    private static final double USUAL = 0.02;

    /** A row that chance brings about less often than this is none of chance's. */
    private static final double CHANCE = 1e-6;

    /** How many uses must wait in vain, and how many more must have been given, before silence means anything. */
    private static final int WAITING = 3;

    private static final int GIVEN = 5;

    /** How many that wait in vain are enough where nobody waits; and how many answers of the others show that. */
    private static final int FEW = 2;

    private static final int MANY = 20;

    /** How many in a row were answered by others in its place, and how many of them in each half of the time. */
    private static final int OVERTAKEN = 8;

    private static final int OVERTAKEN_IN_HALF = 3;

    /** With more than one answer in so many that takes as long as the second sending waits, being overtaken is usual. */
    private static final int USUALLY_LATE = 10;

    /** Up to this class nobody is slow, whatever the others are: 64 ms. */
    private static final int NEVER_SLOW = 3;

    /** One answer in so many may be slow in a pool that is never slow. */
    private static final int RARE = 1_000;

    /** With more than one slow answer in so many, waiting is what a pool does: long polls. */
    private static final int OFTEN = 5;

    /** What all of them came to together, for each number of samples, so that a pool of thousands is summed up once. */
    private final long[] good = new long[Window.SAMPLES + 1];

    private final long[] bad = new long[Window.SAMPLES + 1];
    private final long[] given = new long[Window.SAMPLES + 1];
    private final long[] answered = new long[Window.SAMPLES + 1];

    private final List<Window> all;

    private Outliers(List<Window> all) {
        this.all = all;
        for (Window window : all) {
            for (int samples = 1; samples <= Window.SAMPLES; samples++) {
                good[samples] += window.good(samples);
                bad[samples] += window.bad(samples);
                given[samples] += window.given(samples);
                answered[samples] += window.answered(samples);
            }
        }
    }

    /** For judging each of these against the others, now. */
    static Outliers among(List<Window> all) {
        return new Outliers(all);
    }

    /**
     * Why a row of {@code length} failures says nothing about its backend: the others fail so often that it may be chance;
     * {@code null} when it does.
     */
    @Nullable
    String likeOthers(Window mine, int length) {
        int samples = Window.SAMPLES;
        long othersBad = bad[samples] - mine.bad(samples);
        long uses = othersBad + good[samples] - mine.good(samples);
        // Where the others fail no more than everyone does, the operator's own limit counts, however short.
        double usual = uses == 0 ? 0 : (double) othersBad / uses;
        return usual <= USUAL || Math.pow(usual, length) < CHANCE
                ? null
                : "the others fail, too: " + othersBad + " of " + uses + " in " + Evidence.span(Window.span(samples));
    }

    /** Why this one of them is an outlier by its errors; {@code null} when it is none. */
    @Nullable
    String errors(Window mine, EjectConfig config) {
        double limit = config.errors().fraction();
        if (limit == 0) {
            return null;
        }
        for (int samples : WINDOWS) {
            long failed = mine.bad(samples);
            long uses = failed + mine.good(samples);
            if (uses < config.requests() || failed < limit * uses) {
                continue;
            }
            long othersBad = bad[samples] - failed;
            long othersUses = othersBad + good[samples] - mine.good(samples);
            double usual = othersUses == 0 ? USUAL : Math.max((double) othersBad / othersUses, USUAL);
            double expected = uses * usual;
            if (failed > expected + SIGMAS * Math.sqrt(expected * Math.max(1 - usual, 0)) + SLACK) {
                return failed + " of " + uses + " requests failed in " + Evidence.span(Window.span(samples))
                        + ", of the others' " + othersBad + " of " + othersUses;
            }
        }
        return null;
    }

    /**
     * Why this one of them is an outlier by its slowness; {@code null} when it is none. Medians, in coarse classes: one
     * slow answer in ten is a slow request, and no sign of a slow backend.
     */
    @Nullable
    String slowness(Window mine, EjectConfig config) {
        if (config.slower() == 0) {
            return null;
        }
        for (int samples : WINDOWS) {
            long answers = mine.answered(samples);
            long othersAnswers = answered[samples] - answers;
            if (answers < config.requests() / 2 || othersAnswers < config.requests()) {
                continue;
            }
            int own = median(answers, i -> mine.within(i, samples));
            if (own <= NEVER_SLOW) {
                continue;
            }
            int usual = median(othersAnswers, i -> within(i, samples) - mine.within(i, samples));
            // The fastest mine may be against the slowest the others may be.
            if (usual < own && Window.CLASSES[own - 1] >= config.slower() * Window.CLASSES[usual]) {
                return "half of " + answers + " answers in " + Evidence.span(Window.span(samples)) + " took more than "
                        + Window.CLASSES[own - 1] / 1_000 + "ms to begin, of the others' less than "
                        + Window.CLASSES[usual] / 1_000 + "ms";
            }
        }
        return null;
    }

    private long within(int index, int samples) {
        long sum = 0;
        for (Window window : all) {
            sum += window.within(index, samples);
        }
        return sum;
    }

    /** The class in which the middle answer is. */
    private static int median(long answers, IntToLongFunction within) {
        int index = 0;
        while (index < Window.CLASSES.length && 2 * within.applyAsLong(index) < answers) {
            index++;
        }
        return index;
    }

    /** Why this one of them is an outlier by its silence; {@code null} when it is none. */
    @Nullable
    String silence(Window mine, EjectConfig config) {
        long limit = config.silence().toNanos();
        int samples = (int) Math.min((limit + Window.SAMPLE_NANOS - 1) / Window.SAMPLE_NANOS, Window.SAMPLES - 1);
        if (limit == 0 || mine.answered(samples) > 0) {
            return null;
        }
        long waited = mine.waiting(samples);
        long othersGiven = given[samples] - mine.given(samples);
        long othersAnswered = answered[samples];
        // Where requests are sent twice, few are left to wait for a backend that hangs.
        long given = mine.given(samples) + mine.overtaken(samples);
        // Those that came right after the window began have waited for nearly all of it, too.
        long soon = mine.given(samples) - mine.given(samples - 1);
        boolean many = waited + soon >= WAITING && given >= GIVEN && !slower(config.silence(), OFTEN);
        if (!othersAnswer(mine, samples) || !(many || few(mine, waited, othersAnswered, samples, config.silence()))) {
            return null;
        }
        return "answered none of " + (waited + given) + " requests in " + Evidence.span(Window.span(samples))
                + ", the others " + othersAnswered + " of " + othersGiven;
    }

    private boolean othersAnswer(Window mine, int samples) {
        return answered[samples] >= GIVEN && 2 * answered[samples] >= given[samples] - mine.given(samples);
    }

    /**
     * Why this one of them is an outlier because others always answer first what it was asked; {@code null} when it is none.
     * To be overtaken now and then is what slow requests are; it says something once there is no answer between.
     *
     * @param after when others are asked, too, if that is fixed; else zero, and when hardly anyone has not answered
     */
    @Nullable
    String overtaken(Window mine, EjectConfig config, Duration after) {
        long limit = config.silence().toNanos();
        if (limit == 0 || !after.isZero() && slower(after, USUALLY_LATE)) {
            return null;
        }
        int least = (int) Math.min((limit + Window.SAMPLE_NANOS - 1) / Window.SAMPLE_NANOS, Window.SAMPLES - 1);
        for (int samples : WINDOWS) {
            long all = mine.overtaken(samples);
            long late = mine.overtaken(samples / 2);
            if (samples >= least
                    && mine.spans(samples)
                    && mine.answered(samples) == 0
                    && all >= OVERTAKEN
                    && Math.min(late, all - late) >= OVERTAKEN_IN_HALF
                    && othersAnswer(mine, samples)) {
                return "answered none of " + all + " requests in " + Evidence.span(Window.span(samples))
                        + " before another backend did, the others " + answered[samples] + " of "
                        + (given[samples] - mine.given(samples));
            }
        }
        return null;
    }

    /**
     * Whether so few in vain say enough: balancers that look at load give a backend no more while it holds one or two. They
     * do when nobody else lets anyone wait so long, and none of the pool's answers ever took that long.
     */
    private boolean few(Window mine, long waited, long othersAnswered, int samples, Duration silence) {
        if (waited < FEW || othersAnswered < MANY) {
            return false;
        }
        for (Window other : all) {
            if (other != mine && other.waiting(samples) > other.answered(samples)) {
                return false;
            }
        }
        return !slower(silence, RARE);
    }

    /** Whether more than one in {@code in} of all answers there ever were began later than this. */
    private boolean slower(Duration than, int in) {
        long slow = 0;
        long answers = 0;
        for (Window window : all) {
            slow += window.slower(than);
            answers += window.answers();
        }
        return slow * in > answers;
    }
}
