package dev.fairlead.server.admin;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is answered at all. Confined to the admin loop, but for {@link #unauthorized}.
 *
 * <p>Against web pages in an operator's browser: a name that does not mean this machine (DNS rebinding) and a foreign Origin
 * are refused, and a body must call itself JSON, which no page may send elsewhere without asking first. Against others: the
 * token, where there is one.
 */
final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final Set<String> WRITES = Set.of("PUT", "PATCH", "POST", "DELETE");
    /** Whoever watches a process need not know its secrets. */
    static final Set<String> FREE = Set.of("/livez", "/readyz");

    private static final int QUIET_SECONDS = 60;

    private final boolean anyHost;
    private final @Nullable Token token;
    private final LongAdder unauthorized = new LongAdder();
    private boolean quiet;

    /** @param local whether only this machine can reach it */
    Guard(boolean local, @Nullable Token token) {
        this.token = token;
        this.anyHost = token != null && !local;
    }

    /** How many requests were refused for want of the token. Any thread. */
    long unauthorized() {
        return unauthorized.sum();
    }

    /** Why the request is not answered; {@code null} when it is. */
    @Nullable
    Refusal refuse(HttpRequest asked, Channel channel) {
        HttpHeaders fields = asked.headers();
        List<String> hosts = fields.getAll(HttpHeaderNames.HOST);
        // Checks of other balancers ask without one; browsers, against which the rule is, never do.
        boolean none = hosts.isEmpty() && asked.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if ((hosts.size() != 1 && !none) || !asked.uri().startsWith("/")) {
            return new Refusal(400, "expected: one Host field and a path");
        }
        if (!anyHost && !none && !HostRule.passes(hosts.getFirst())) {
            return new Refusal(403, "Host: only localhost and loopback addresses are answered");
        }
        for (String origin : fields.getAll(HttpHeaderNames.ORIGIN)) {
            if (!ours(origin, channel.localAddress())) {
                return new Refusal(403, "Origin: pages of other sites are not answered");
            }
        }
        int query = asked.uri().indexOf('?');
        String path = query < 0 ? asked.uri() : asked.uri().substring(0, query);
        if (token != null && !FREE.contains(path)) {
            List<String> given = fields.getAll(HttpHeaderNames.AUTHORIZATION);
            if (given.size() != 1 || !token.in(given.getFirst())) {
                count(channel);
                return new Refusal(401, "expected: Authorization: Bearer, with the token of the configuration");
            }
        }
        return null;
    }

    /** Why its body is not read; {@code null} when it is, or when it does not matter. */
    static @Nullable Refusal refuseBody(HttpRequest asked, boolean body) {
        boolean write = WRITES.contains(asked.method().name());
        return write && body && !json(asked.headers().getAll(HttpHeaderNames.CONTENT_TYPE))
                ? new Refusal(415, "expected: Content-Type: application/json")
                : null;
    }

    /** Whether a page that came from this side of ours asks. */
    private boolean ours(String origin, SocketAddress local) {
        int scheme = origin.indexOf("://");
        if (scheme < 0) {
            return false;
        }
        String authority = origin.substring(scheme + 3);
        if (HostRule.passes(authority)) {
            return true;
        }
        if (!anyHost || !(local instanceof InetSocketAddress own)) {
            return false;
        }
        String address = own.getAddress().getHostAddress();
        String host = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
        return authority.equals(host + ":" + own.getPort());
    }

    private static boolean json(List<String> types) {
        if (types.size() != 1) {
            return false;
        }
        String type = types.getFirst();
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end))
                .strip()
                .toLowerCase(Locale.ROOT)
                .equals(Answer.JSON);
    }

    private void count(Channel channel) {
        unauthorized.increment();
        if (!quiet) {
            quiet = true;
            LOG.warn(
                    "{} asked the admin address without the right token; for a minute more of this is only counted",
                    channel.remoteAddress());
            var _ = channel.eventLoop().schedule(() -> quiet = false, QUIET_SECONDS, TimeUnit.SECONDS);
        }
    }
}
