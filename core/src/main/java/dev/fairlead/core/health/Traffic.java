package dev.fairlead.core.health;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.PoolConfig.EjectConfig;
import dev.fairlead.core.fail.Outcome;
import dev.fairlead.core.health.Event.Kind;
import dev.fairlead.core.health.Tracker.Verdict;
import dev.fairlead.core.health.Watched.Sign;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.pool.BackendState.Health;
import java.time.Duration;
import java.util.List;

/**
 * Ejects members for what real traffic came to, within the {@link Ceiling}, and calls them back when nobody else is left.
 * Confined to the control thread.
 */
final class Traffic {
    /** From a refused ejection to the next that may be asked for. */
    static final long HOLD_NANOS = 1_000_000_000L;

    /** From one event about a refused ejection of a backend to the next. */
    static final long QUIET_NANOS = 60_000_000_000L;

    /** How far back a check is compared with traffic, in samples; shorter than it takes to find a dead one down. */
    private static final int LATELY = 2;

    /** In how many ejections in a row a return is believed: some only seem to go, because their checks fail now and then. */
    private static final int LIVES = 3;

    /** From so many requests on they contradict a check. */
    private static final int ENOUGH = 10;

    private final Ward ward;
    private long sampled;
    private boolean sampling;

    Traffic(Ward ward) {
        this.ward = ward;
    }

    /** Takes a sample of every member's counters when one is due, and judges them. */
    void watch(long now) {
        if (sampling && now - sampled < Window.SAMPLE_NANOS) {
            return;
        }
        sampling = true;
        sampled = now;
        for (Watched watched : ward.all()) {
            watched.window.sample(watched.backend.tally());
        }
        ejectOutliers(now);
    }

    /** A check has taken this one out: notes if its real requests were all well just then. */
    void contradict(Watched watched) {
        long good = watched.window.good(LATELY);
        if (good >= ENOUGH && watched.window.bad(LATELY) == 0 && !watched.ejection.active()) {
            ward.witness.jumpy(
                    watched,
                    watched.tracker.why() + ", while " + good + " of " + good + " requests went well in "
                            + Evidence.span(Window.span(LATELY)));
        }
    }

    /** When the next sample is due; {@code otherwise} when there is nobody to compare with. */
    long next(long otherwise) {
        return ward.all().size() > 1 ? sampled + Window.SAMPLE_NANOS : otherwise;
    }

    /** A backend failed too often in a row: ejects it unless the ceiling forbids. */
    void trip(Backend backend, Outcome last, long now) {
        Watched watched = ward.find(backend);
        // What is out already starts anew when it comes back; a fuse that is whole was replaced since this was sent.
        if (watched == null || !serves(watched) || !backend.streak().blown()) {
            return;
        }
        Sign sign = last == Outcome.CONNECT_FAILED ? Sign.UNCONNECTED : Sign.ANSWERS;
        if (backend.onTrial()) {
            eject(
                    watched,
                    "failed on trial after its ejection: " + Teller.word(last).replace('_', ' '),
                    sign,
                    now);
            return;
        }
        int length = ward.care().eject().consecutive();
        String evidence =
                length + " failures in a row, the last: " + Teller.word(last).replace('_', ' ');
        String chance = Outliers.among(serving()).likeOthers(watched.window, length);
        if (chance == null) {
            eject(watched, evidence, sign, now);
        } else {
            spare(watched, chance, evidence, now);
        }
    }

    private List<Window> serving() {
        return ward.all().stream().filter(Traffic::serves).map(w -> w.window).toList();
    }

    private void ejectOutliers(long now) {
        if (ward.all().size() == 1) {
            return;
        }
        Outliers outliers = Outliers.among(serving());
        for (Watched watched : ward.all()) {
            if (!serves(watched) || watched.held) {
                continue;
            }
            EjectConfig config = ward.care().eject();
            String silence = outliers.silence(watched.window, config);
            if (silence == null) {
                silence = outliers.overtaken(watched.window, config, ward.care().hedge());
            }
            String evidence = silence != null ? silence : outliers.errors(watched.window, config);
            if (evidence == null && !watched.ramp.active()) {
                // Who has just come back is slow for good reasons, which is what a slow start is for.
                evidence = outliers.slowness(watched.window, config);
            }
            if (evidence != null) {
                eject(watched, evidence, silence != null ? Sign.SILENCE : Sign.ANSWERS, now);
            }
        }
    }

    private static boolean serves(Watched watched) {
        return watched.health() == Health.UP && !watched.maintained();
    }

    private void eject(Watched watched, String evidence, Sign sign, long now) {
        if (sign != Sign.UNCONNECTED) {
            // Whether the check is blind to it shows at the next.
            watched.accusation = evidence;
            watched.accusedAt = now;
        }
        String refusal = Ceiling.refusal(watched, ward.all());
        if (refusal == null) {
            Duration lasts = watched.ejection.begin(ward.care().eject(), now);
            watched.sign = sign;
            watched.heard = 0;
            watched.gone = false;
            watched.proves = false;
            ward.checks.atOnce(watched, now);
            watched.held = false;
            ward.show(watched, "ejected for " + Evidence.span(lasts) + ": " + evidence, now);
            return;
        }
        spare(watched, refusal, evidence, now);
    }

    private void spare(Watched watched, String refusal, String evidence, long now) {
        watched.held = true;
        if (watched.backend.onTrial()) {
            watched.backend.trial(0);
            ward.change();
        }
        watched.rearm = now + HOLD_NANOS;
        if (!watched.refusedBefore || watched.quietUntil - now <= 0) {
            watched.refusedBefore = true;
            watched.quietUntil = now + QUIET_NANOS;
            ward.teller.of(watched, Kind.SPARED, "up", "up", "not ejected, " + refusal + ": " + evidence);
        }
    }

    /**
     * A check has said something of an ejected member. Where nothing came back from it, checks that see the same know as
     * much as traffic did, and will see its return. Checks that connect show that connections can be made again, which is
     * believed once. And who comes back after nobody was there is a new process, which may show on trial what it can do.
     */
    void heard(Watched watched, CheckResult result, HealthConfig health, long now) {
        confirm(watched, result);
        if (!watched.ejection.active()) {
            return;
        }
        boolean silent = result.kind() == CheckResult.Kind.SILENT;
        if (silent && watched.sign != Sign.ANSWERS && watched.tracker.verdict() == Verdict.DOWN) {
            watched.ejection.end(now);
            return;
        }
        boolean sameAddress = health.port() == null && health.address() == null;
        boolean proves = sameAddress && watched.proves;
        watched.gone |= proves && silent;
        watched.heard = proves && result.pass() ? watched.heard + 1 : 0;
        if (watched.tracker.verdict() != Verdict.UP || watched.heard < health.rise()) {
            return;
        }
        if (watched.sign == Sign.UNCONNECTED && watched.ejection.count() == 1) {
            ward.readmitOnTrial(watched, "ejection ended early: it takes connections again", now);
        } else if (watched.gone && believed(watched)) {
            ward.readmitOnTrial(watched, "ejection ended early: nobody was there, and someone is again", now);
        }
    }

    /** Whether it may have been another process that was accused: certain where traffic found nobody there, either. */
    private static boolean believed(Watched watched) {
        return switch (watched.sign) {
            case UNCONNECTED -> true;
            case ANSWERS -> watched.ejection.count() <= LIVES;
            case SILENCE -> false;
        };
    }

    /** Whether the check is blind to what real traffic showed. */
    private void confirm(Watched watched, CheckResult result) {
        String accusation = watched.accusation;
        if (accusation != null && watched.began - watched.accusedAt > 0) {
            watched.accusation = null;
            if (result.pass()) {
                ward.witness.blind(watched, accusation);
            }
        }
    }

    /** Who has to carry the load alone cannot be on trial. */
    private void endLonelyTrials() {
        for (Watched watched : ward.all()) {
            if (watched.backend.onTrial()
                    && ward.all().stream().noneMatch(w -> w.backend.state().takesNew() && !w.backend.onTrial())) {
                watched.backend.trial(0);
                ward.change();
            }
        }
    }

    /** Ends ejections when nothing but ejected members could take work. */
    void recall(long now) {
        endLonelyTrials();
        boolean useful = false;
        for (Watched watched : ward.all()) {
            if (watched.backend.state().takesNew()) {
                return;
            }
            useful |= watched.wanted() && watched.health() == Health.EJECTED;
        }
        if (!useful) {
            return;
        }
        for (Watched watched : ward.all()) {
            if (watched.wanted() && watched.health() == Health.EJECTED) {
                ward.readmit(watched, "ejection ended early: nothing else takes work", now);
            }
        }
    }
}
