package dev.fairlead.net.probe;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.config.HealthConfig.JsonReport;
import dev.fairlead.core.config.StatusRanges;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.health.Grade.Looks;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.net.tls.BackendTls;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks a backend what its health check is worth: a path that cannot exist, and the check's own path a few times over.
 *
 * <p>Thread-safe. Only GETs and whatever method the check itself uses; five requests, one after another.
 */
public final class Examiner {
    private static final int TIMES = 4;

    /** No answer has such a status, so each is told of with the beginning of its body. */
    private static final StatusRanges NEVER = StatusRanges.parse("599");

    private final Dialer dialer;
    private final HttpCheck check;
    private final RandomGenerator random;

    private Examiner(Dialer dialer, HttpCheck check, RandomGenerator random) {
        this.dialer = dialer;
        this.check = check;
        this.random = random;
    }

    /**
     * For a pool that is checked by HTTP.
     *
     * @param random of its own, used by one thread at a time
     */
    public static Examiner of(
            HealthConfig config,
            HttpCheck check,
            EventLoopGroup group,
            Class<? extends Channel> channel,
            Ticker ticker,
            RandomGenerator random,
            @Nullable BackendTls tls) {
        return new Examiner(new Dialer(group, channel, new Aim(config), config.patience(), ticker, tls), check, random);
    }

    /** Begins and returns at once; {@code done} is told what was seen, exactly once, on any thread. */
    public void examine(Backend backend, Consumer<Looks> done) {
        String path = "/fairlead-" + Long.toHexString(random.nextLong() | Long.MIN_VALUE);
        Probe nowhere = new HttpProbe(
                dialer,
                new HttpCheck(
                        path,
                        check.method(),
                        check.host(),
                        check.headers(),
                        check.status(),
                        check.expect(),
                        check.identity(),
                        check.json(),
                        check.bodyLimit()));
        Probe own = new HttpProbe(
                dialer,
                new HttpCheck(
                        check.path(),
                        "GET",
                        check.host(),
                        check.headers(),
                        NEVER,
                        null,
                        null,
                        JsonReport.OFF,
                        check.bodyLimit()));
        nowhere.probe(backend, lost -> look(backend, own, lost, new ArrayList<>(), done));
    }

    private void look(Backend backend, Probe own, CheckResult lost, List<CheckResult> seen, Consumer<Looks> done) {
        if (seen.size() < TIMES) {
            own.probe(backend, result -> {
                seen.add(result);
                look(backend, own, lost, seen, done);
            });
            return;
        }
        // The first is left out: it may have warmed something up.
        List<CheckResult> answers = seen.subList(1, seen.size()).stream()
                .filter(result -> result.kind() == CheckResult.Kind.SICK)
                .toList();
        done.accept(new Looks(
                lost.pass(),
                lost.evidence(),
                answers.stream().map(CheckResult::evidence).toList(),
                answers.stream().map(CheckResult::tookNanos).toList()));
    }
}
