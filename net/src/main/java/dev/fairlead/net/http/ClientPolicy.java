package dev.fairlead.net.http;

import dev.fairlead.core.config.ListenerConfig;
import dev.fairlead.core.config.TlsConfig;
import dev.fairlead.core.http.HeadLimits;
import dev.fairlead.core.route.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one listener as the data plane needs them: durations in nanoseconds. Immutable.
 *
 * @param maxBody most bytes in a request body; {@link Long#MAX_VALUE} for no limit
 * @param bodyRate fewest bytes a second of a request body; 0 for no limit
 * @param writeRate fewest bytes a second that a client takes of what waits for it; 0 for no limit
 * @param hsts the value of {@code Strict-Transport-Security}; empty where answers say what backends say
 * @param toHttps where all requests are sent instead of being served; {@code null} where they are served
 */
public record ClientPolicy(
        HeadLimits heads,
        long maxBody,
        int requestsPerConnection,
        long headNanos,
        long idleNanos,
        long bodyNanos,
        long bodyRate,
        long writeNanos,
        long writeRate,
        byte[] hsts,
        @Nullable Redirect toHttps) {
    private static final byte[] NONE = {};

    /**
     * The policy a configuration asks for.
     *
     * @param httpsPort where its clients find HTTPS
     */
    public static ClientPolicy of(ListenerConfig config, int httpsPort) {
        var limits = config.limits();
        var timeouts = config.timeouts();
        return new ClientPolicy(
                new HeadLimits(limits.requestLine().clampedInt(), limits.head().clampedInt(), limits.fields()),
                limits.body().bytes() == 0 ? Long.MAX_VALUE : limits.body().bytes(),
                limits.requestsPerConnection(),
                timeouts.head().toNanos(),
                timeouts.idle().toNanos(),
                timeouts.body().toNanos(),
                timeouts.bodyRate().bytes(),
                timeouts.write().toNanos(),
                timeouts.writeRate().bytes(),
                hsts(config.tls()),
                config.redirectToHttps() ? Redirect.toHttps(httpsPort) : null);
    }

    private static byte[] hsts(@Nullable TlsConfig tls) {
        Duration lasts = tls == null ? null : tls.hsts();
        return lasts == null ? NONE : ("max-age=" + lasts.toSeconds()).getBytes(StandardCharsets.US_ASCII);
    }
}
