package dev.fairlead.server.deploy;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.BadValue;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.server.deploy.Door.Drained;
import dev.fairlead.server.deploy.Door.Refused;
import dev.fairlead.server.deploy.Door.Unreachable;
import dev.fairlead.server.deploy.Door.View;
import dev.fairlead.server.deploy.Door.Way;
import dev.fairlead.server.deploy.Progress.Stage;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A deploy: for each batch of a pool's backends drain, wait, run the command, gate, ramp; then the next.
 *
 * <p>Safe to lose at any moment. What it takes out it holds by a lease that it renews; without it the balancer wants the
 * backend again, and lets it in through the same gate; what has joined leaves. {@link #run} is for one thread; {@link #stop} for any.
 *
 * <p>On the first failure it stops: what it holds is wanted again, behind the gate, and the rest goes on serving as it did.
 */
public final class Rollout {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration LONG_LOOK = Duration.ofSeconds(2);

    /** Longest time for a backend to get its whole share. */
    private static final Duration LONGEST_RAMP = Duration.ofHours(1);

    /** How it ended; {@code why} is empty when it is done. */
    public record Outcome(boolean done, boolean started, String why) {}

    /** This deploy cannot go on. */
    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        Failed(String message) {
            super(message);
        }
    }

    /**
     * One backend of the plan.
     *
     * @param address where it is reached afterwards
     */
    private record Step(View before, String address) {}

    private final Plan plan;
    private final Door door;
    private final Progress progress;
    private final Ticker ticker;
    private final Runner commands;

    private final Holds holds;
    private volatile boolean stopped;

    /** @param owner what this deploy calls itself, unlike any other */
    public Rollout(Plan plan, Door door, Runner commands, Progress progress, Ticker ticker, String owner) {
        this.plan = plan;
        this.door = new PatientDoor(door, plan.lease(), ticker);
        this.commands = commands;
        this.progress = progress;
        this.ticker = ticker;
        this.holds = new Holds(plan, this.door, progress, owner);
    }

    /** Ends it soon: commands are ended, what is held goes back through the gate. */
    public void stop() {
        stopped = true;
        commands.end();
    }

    /** Does all of it. */
    public Outcome run() throws InterruptedException {
        List<Step> steps;
        try {
            steps = prepare();
        } catch (Failed | Refused | Unreachable | IllegalArgumentException e) {
            return new Outcome(false, false, String.valueOf(e.getMessage()));
        }
        Thread heart = Thread.ofVirtual().name("deploy-heartbeat").start(holds::beat);
        try {
            for (int i = 0; i < steps.size(); i += plan.batch()) {
                batch(steps.subList(i, Math.min(i + plan.batch(), steps.size())));
            }
            return new Outcome(true, true, "");
        } catch (Failed | Refused | Unreachable | UncheckedIOException e) {
            return new Outcome(false, true, String.valueOf(e.getMessage()));
        } finally {
            heart.interrupt();
            holds.giveBack();
        }
    }

    // ---- before ----------------------------------------------------------------

    private List<Step> prepare() throws Failed {
        List<View> views = door.backends(plan.pool());
        if (plan.match() != null && !door.readsAnswers(plan.pool())) {
            throw new Failed("the check of pool " + plan.pool() + " reads no answers (expected: an HTTP check), so it"
                    + " cannot find the new version");
        }
        Set<String> taken = new HashSet<>();
        views.forEach(view -> taken.add(view.address()));
        var steps = new ArrayList<Step>();
        int all = 0;
        int taking = 0;
        for (View view : views) {
            if (view.wish().equals("drain") && !view.owner().isEmpty()) {
                throw new Failed(view.address() + " is being drained by " + view.owner());
            }
            if (leftOut(view)) {
                all += view.wish().equals("maint") ? 0 : 1;
                continue;
            }
            all++;
            taking += view.takesNew() ? 1 : 0;
            var step = new Step(view, replacement(view.address(), taken));
            requireCommands(step);
            steps.add(step);
        }
        if (steps.isEmpty()) {
            throw new Failed("pool " + plan.pool() + " has no backend that is wanted");
        }
        // With a replacement serving first, nothing is ever missing.
        int left = plan.replaceWith() == null ? taking - Math.min(plan.batch(), steps.size()) : taking;
        if (left < plan.floor() * all) {
            throw new Failed("with " + plan.batch() + " of " + all + " taken out at a time only " + Math.max(left, 0)
                    + " would be left taking work (now " + taking + "), and the floor is "
                    + Math.round(plan.floor() * 100) + "%");
        }
        steps.forEach(step -> progress.stage(step.before().address(), Stage.WAITING, ""));
        return steps;
    }

    /** What an operator has taken out is theirs. */
    private boolean leftOut(View view) {
        if (view.wish().equals("ready")) {
            return false;
        }
        String how = view.wish().equals("maint") ? "in maintenance" : "drained";
        progress.output(view.address(), "left out: it is " + how + ": " + view.why());
        return true;
    }

    /** Where a backend is reached afterwards; {@code taken} has what is in use already. */
    private String replacement(String old, Set<String> taken) throws Failed {
        String template = plan.replaceWith();
        if (template == null) {
            return old;
        }
        String filled = Words.fill(template, plan.pool(), old, old);
        String address;
        try {
            address = Address.parseBackend(filled).toString();
        } catch (BadValue e) {
            throw new Failed("the address that replaces " + old + ": " + filled + " (expected: host:port)");
        }
        if (address.equals(old)) {
            throw new Failed("the address that replaces " + old + " is the same");
        }
        if (!taken.add(address)) {
            throw new Failed("the address that replaces " + old + ", " + address
                    + ", is that of another backend of pool " + plan.pool());
        }
        return address;
    }

    /** Whether all commands can be filled in is to be known before anything is touched. */
    private void requireCommands(Step step) {
        for (String command : new String[] {plan.run(), plan.rollback(), plan.retire()}) {
            if (command != null) {
                String _ = filled(command, step);
            }
        }
    }

    // ---- one batch -------------------------------------------------------------

    private void batch(List<Step> planned) throws Failed, InterruptedException {
        check();
        var steps = new ArrayList<Step>();
        for (Step step : planned) {
            // Since it was planned, an operator may have had another idea.
            if (!leftOut(view(step.before().address()))) {
                steps.add(step);
            }
        }
        if (plan.replaceWith() != null) {
            for (Step step : steps) {
                replace(step);
            }
            return;
        }
        for (Step step : steps) {
            drain(step.address(), step.address(), plan.floor(), holds.untouched());
        }
        for (Step step : steps) {
            awaitDrained(step.address(), step.address());
        }
        for (Step step : steps) {
            holds.change(step.address());
            check();
            change(step, step.address(), "");
        }
        for (Step step : steps) {
            release(step.address(), plan.match(), "deployed");
        }
        for (Step step : steps) {
            admit(step);
        }
        for (Step step : steps) {
            String refusal = ramp(step.address(), step.address());
            if (refusal != null) {
                throw fail(step, refusal);
            }
        }
    }

    private void change(Step step, String shown, String detail) throws Failed, InterruptedException {
        progress.stage(shown, Stage.RUNNING, detail);
        int status = command(plan.run(), step);
        check();
        if (status != 0) {
            throw fail(step, "the command ended with status " + status);
        }
    }

    private int command(String text, Step step) throws InterruptedException {
        String shown = step.before().address();
        return commands.run(filled(text, step), output -> progress.output(shown, output));
    }

    private String filled(String text, Step step) {
        return Words.fill(text, plan.pool(), step.before().address(), step.address());
    }

    private void admit(Step step) throws Failed, InterruptedException {
        String refusal = gate(step.address(), step.before().address());
        if (refusal != null) {
            throw fail(step, refusal);
        }
    }

    /** What to throw. The backend is rolled back first, where that is planned, and wanted again behind its usual check. */
    private Failed fail(Step step, String why) throws InterruptedException {
        String address = step.before().address();
        progress.stage(address, Stage.FAILED, why);
        String rollback = plan.rollback();
        String failed = address + ": " + why;
        try {
            if (plan.replaceWith() != null) {
                int status = rollback == null || stopped ? 0 : command(rollback, step);
                String undone = status == 0 ? "" : "; the rollback ended with status " + status;
                return new Failed(failed + undone + "; the old one still serves");
            }
            if (rollback == null || stopped) {
                release(address, null, "the deploy failed: " + why);
                return new Failed(failed);
            }
            progress.output(address, "rolling back");
            // It may have come to the gate already, and must not get through in the middle of this.
            drain(address, address, 0, holds.changed());
            awaitDrained(address, address);
            int status = command(rollback, step);
            if (status != 0) {
                return new Failed(failed + "; the rollback ended with status " + status);
            }
            release(address, null, "rolled back");
            String refusal = gate(address, address);
            return new Failed(
                    failed + "; rolled back, " + (refusal == null ? "and it serves again" : "but " + refusal));
        } catch (Failed | Refused | Unreachable e) {
            return new Failed(failed + "; and then " + e.getMessage());
        }
    }

    // ---- replacing -------------------------------------------------------------

    /** The new one serves before the old one goes. */
    private void replace(Step step) throws Failed, InterruptedException {
        String old = step.before().address();
        change(step, old, "starting " + step.address());
        // Without weight it gets nothing before it is known what it is.
        holds.join(step.address(), "replaces " + old);
        drain(step.address(), old, 0, holds.changed());
        release(step.address(), plan.match(), "replaces " + old);
        String refusal = gate(step.address(), old);
        if (refusal == null) {
            door.weigh(plan.pool(), step.address(), step.before().weight(), "replaces " + old);
            refusal = ramp(step.address(), old);
        }
        if (refusal != null) {
            takeOut(step);
            throw fail(step, step.address() + ": " + refusal);
        }
        holds.stay(step.address(), "replaces " + old);
        drain(old, old, plan.floor(), holds.untouched());
        awaitDrained(old, old);
        if (plan.retire() != null) {
            int status = command(plan.retire(), step);
            if (status != 0) {
                progress.output(old, "the command that retires it ended with status " + status);
            }
        }
        holds.drop(old);
        if (step.before().registered()) {
            door.remove(plan.pool(), old, "replaced by " + step.address());
        } else {
            door.maintain(plan.pool(), old, "replaced by " + step.address());
        }
        progress.stage(old, Stage.DONE, "replaced by " + step.address());
    }

    /** The new one, which has not come to serve well, leaves; what clients have in work there may finish first. */
    private void takeOut(Step step) throws Failed, InterruptedException {
        String address = step.address();
        drain(address, step.before().address(), 0, holds.changed());
        awaitDrained(address, step.before().address());
        holds.leave(address, "did not come to serve well");
    }

    // ---- steps -----------------------------------------------------------------

    private void drain(String address, String shown, double floor, Way way) throws Failed {
        check();
        if (address.equals(shown)) {
            progress.stage(shown, Stage.DRAINING, "");
        }
        holds.drain(address, floor, way);
    }

    private void awaitDrained(String address, String shown) throws Failed, InterruptedException {
        while (true) {
            check();
            Drained drained = door.drained(plan.pool(), address, LONG_LOOK);
            if (drained.done()) {
                return;
            }
            progress.stage(shown, Stage.DRAINING, drained.requests() + " in work");
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        }
    }

    private void release(String address, @Nullable String match, String why) throws Failed {
        check();
        holds.release(address, match, why);
    }

    /** Waits at the gate; says why it did not get through, or {@code null}. */
    private @Nullable String gate(String address, String shown) throws Failed, InterruptedException {
        long end = ticker.nanos() + plan.gateTime().toNanos();
        String last = "";
        while (true) {
            check();
            View view = view(address);
            if (serves(view)) {
                holds.admitted(address);
                return null;
            }
            if (!view.why().equals(last)) {
                last = view.why();
                progress.stage(shown, Stage.GATE, last);
            }
            if (end - ticker.nanos() < 0) {
                return "it did not pass the gate within " + plan.gateTime().toSeconds() + "s: " + view.why();
            }
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        }
    }

    /** Whether it takes work, or would if its weight let it. */
    private static boolean serves(View view) {
        boolean up = view.wish().equals("ready") && view.health().equals("up");
        return view.takesNew() || (up && view.weight() == 0);
    }

    /**
     * Waits until it has its whole share, and is still well: the first traffic is the best check there is. Says why it is
     * not, or {@code null}.
     */
    private @Nullable String ramp(String address, String shown) throws Failed, InterruptedException {
        long end = ticker.nanos() + LONGEST_RAMP.toNanos();
        int last = -1;
        while (plan.ramp()) {
            check();
            View view = view(address);
            if (!serves(view)) {
                return "it left rotation after its deploy: " + view.why();
            }
            if (view.share() == 100 || end - ticker.nanos() < 0) {
                break;
            }
            if (view.share() != last) {
                last = view.share();
                progress.stage(shown, Stage.RAMP, last + "%");
            }
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        }
        if (address.equals(shown)) {
            progress.stage(shown, Stage.DONE, "");
        }
        return null;
    }

    private View view(String address) throws Failed {
        for (View view : door.backends(plan.pool())) {
            if (view.address().equals(address)) {
                return view;
            }
        }
        throw new Failed(address + " is no backend of pool " + plan.pool() + " any more");
    }

    private void check() throws Failed {
        if (stopped) {
            throw new Failed("what it had taken out returns through the gate");
        }
        String gone = holds.lost();
        if (gone != null) {
            throw new Failed(gone);
        }
    }
}
