package dev.fairlead.server.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A deploy as it is now, for people and programs. Immutable.
 *
 * @param owner who holds its drains
 * @param state running, done, failed, aborted or lapsed
 * @param why how it ended; empty while it runs, and when there is nothing to say
 * @param revision grows whenever something of it changes, but for times
 * @param begunAt in milliseconds since 1970
 * @param endedAt the same; 0 while it runs
 * @param leaseMillis until it lapses unless it is renewed; 0 once it has ended
 * @param match what is asked of the new version; {@code null} for nothing more than usual
 */
public record DeployStatus(
        String id,
        String pool,
        String owner,
        String state,
        String why,
        long revision,
        long begunAt,
        long endedAt,
        long leaseMillis,
        int batch,
        int passes,
        @Nullable String match,
        List<Step> steps) {
    static final String RUNNING = "running";
    private static final String YOURS = "yours";

    /** One backend, in the order in which they are taken: where it stands and why. */
    public record Step(String address, String stage, String why) {}

    public DeployStatus {
        steps = List.copyOf(steps);
    }

    public boolean running() {
        return state.equals(RUNNING);
    }

    /** The backends that whoever runs it is to change now. */
    public List<String> yours() {
        return steps.stream()
                .filter(step -> step.stage().equals(YOURS))
                .map(Step::address)
                .toList();
    }
}
