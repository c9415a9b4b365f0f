package dev.fairlead.net.probe;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.Ticker;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.util.function.Consumer;

/**
 * One way of checking a backend, over a connection of its own that is always closed afterwards.
 *
 * <p>Thread-safe: any number of checks may be under way.
 */
@FunctionalInterface
public interface Probe {
    /**
     * Begins a check and returns at once.
     *
     * @param done told the result exactly once, within the check's timeout, usually on an event loop: it only hands over
     */
    void probe(Backend backend, Consumer<CheckResult> done);

    /**
     * The kind of check this configuration asks for; one that always passes when checks are off.
     *
     * @param group whose loops the checks run on
     * @param channel what to connect with; must fit {@code group} and the backends' addresses
     */
    static Probe of(HealthConfig config, EventLoopGroup group, Class<? extends Channel> channel, Ticker ticker) {
        var dialer = new Dialer(group, channel, config.patience(), ticker);
        HttpCheck http = config.http();
        if (http != null) {
            return new HttpProbe(dialer, http);
        }
        return config.tcp() != null
                ? new TcpProbe(dialer)
                : (backend, done) -> done.accept(CheckResult.pass("no check configured", 0));
    }
}
