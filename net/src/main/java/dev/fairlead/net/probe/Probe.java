package dev.fairlead.net.probe;

import dev.fairlead.core.config.HealthConfig;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.core.time.WallClock;
import dev.fairlead.net.tls.BackendTls;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One way of checking a backend, over a connection of its own that is always closed afterwards, or by a program.
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
     * The same check, that passes only an answer whose body holds {@code text}, or that has this field when it reads
     * {@code Name: value}; a check that reads no answers cannot tell, and stays as it is: whoever asks for a
     * text has to see to it that there is someone who reads.
     */
    default Probe finding(String text) {
        return this;
    }

    /**
     * The kind of check this configuration asks for; one that always passes when checks are off.
     *
     * @param group whose loops the checks run on
     * @param channel what to connect with; must fit {@code group} and the backends' addresses
     * @throws IllegalStateException when the name of a separate address for checks cannot be resolved
     */
    static Probe of(HealthConfig config, EventLoopGroup group, Class<? extends Channel> channel, Ticker ticker) {
        return of(config, group, channel, ticker, null);
    }

    /**
     * The same, where backends may be spoken to with TLS.
     *
     * @param tls how backends are asked over HTTP; {@code null} for plain text
     */
    static Probe of(
            HealthConfig config,
            EventLoopGroup group,
            Class<? extends Channel> channel,
            Ticker ticker,
            @Nullable BackendTls tls) {
        var aim = new Aim(config);
        var dialer = new Dialer(group, channel, aim, config.patience(), ticker);
        var asRequests = new Dialer(group, channel, aim, config.patience(), ticker, tls);
        if (config.http() != null) {
            return new HttpProbe(asRequests, config.http());
        } else if (config.tcp() != null) {
            boolean connects = config.tcp().send() == null && config.tcp().expect() == null;
            return tls != null && connects ? new HandshakeProbe(asRequests) : new TcpProbe(asRequests, config.tcp());
        } else if (config.tls() != null) {
            return new TlsProbe(dialer, config.tls(), null, WallClock.system());
        } else if (config.exec() != null) {
            return new ExecProbe(config.exec().command(), aim, config.patience(), ticker);
        }
        return (backend, done) -> done.accept(CheckResult.pass("no check configured", 0));
    }
}
