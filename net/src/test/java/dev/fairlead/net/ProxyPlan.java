package dev.fairlead.net;

import dev.fairlead.core.config.Cidr;
import dev.fairlead.core.config.ErrorsConfig;
import dev.fairlead.core.config.ErrorsConfig.PageConfig;
import dev.fairlead.core.config.RouteConfig;
import dev.fairlead.core.config.RouteConfig.BufferConfig;
import dev.fairlead.core.config.RuntimeConfig.TransportKind;
import dev.fairlead.core.config.StatusRanges;
import dev.fairlead.core.http.HeadLimits;
import dev.fairlead.core.pool.Backend;
import dev.fairlead.core.time.Ticker;
import dev.fairlead.net.http.ClientPolicy;
import dev.fairlead.net.http.Hedges;
import dev.fairlead.net.http.PoolPolicy;
import dev.fairlead.testkit.RecordingBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How a {@link Proxy} differs from the usual one: what its story needs. Used once. */
public final class ProxyPlan {
    final TransportKind transport;
    int loops = 1;
    long buffers = 256 << 20;
    int connectionBuffer = 512 << 10;
    int cap = 1024;
    long spill = 1 << 30;
    Backend.@Nullable Caps caps;
    private int maxRetries = 2;
    private String retryStatuses = "none";
    private int backOffMillis;
    private int replay = 64 * 1024;
    int queue;
    boolean fair;
    private int queueMillis = 1_000;
    private int exchangeMillis;
    double budget = 1;
    private int hedgeMillis;
    private double mostHedges;
    private int kept = 16;
    private long maxBody = Long.MAX_VALUE;
    private HeadLimits heads = new HeadLimits(8 * 1024, 32 * 1024, 100);
    private int requestsPerConnection = 1_000_000;
    int maxConnections = 1000;
    int perClient;
    int exchanges = 100_000;
    private int bodyRate;
    private int writeRate;
    private int headMillis = 10_000;
    private int idleMillis = 10_000;
    private int bodyMillis = 10_000;
    private int writeMillis = 10_000;
    private int connectMillis = 3_000;
    private int firstByteMillis = 10_000;
    private int answerIdleMillis = 10_000;
    private int tunnelMillis = 10_000;
    private int keptMillis = 10_000;
    String listen = "127.0.0.1";
    List<Cidr> trusted = List.of();
    List<RouteConfig> routes = List.of(new RouteConfig(new RouteConfig.MatchConfig(null, null), "app", null));
    ErrorsConfig errors = new ErrorsConfig(Map.of());

    ProxyPlan(TransportKind transport) {
        this.transport = transport;
    }

    public ProxyPlan loops(int count) {
        loops = count;
        return this;
    }

    public ProxyPlan buffers(long most) {
        buffers = most;
        return this;
    }

    public ProxyPlan connectionBuffer(int most) {
        connectionBuffer = most;
        return this;
    }

    public ProxyPlan cap(int perBackend) {
        cap = perBackend;
        return this;
    }

    /** Caps are learnt. */
    public ProxyPlan learn(int least, int most) {
        caps = new Backend.Caps(0, least, most);
        return this;
    }

    public ProxyPlan retries(int most) {
        maxRetries = most;
        return this;
    }

    /** Answers after which another backend is asked; none unless said. */
    public ProxyPlan retryStatuses(String statuses) {
        retryStatuses = statuses;
        return this;
    }

    public ProxyPlan backOffMillis(int most) {
        backOffMillis = most;
        return this;
    }

    public ProxyPlan replay(int most) {
        replay = most;
        return this;
    }

    /** How many may wait for a place; nobody unless said. */
    public ProxyPlan queue(int most, int millis) {
        queue = most;
        queueMillis = millis;
        return this;
    }

    public ProxyPlan fair() {
        fair = true;
        return this;
    }

    public ProxyPlan exchangeMillis(int millis) {
        exchangeMillis = millis;
        return this;
    }

    public ProxyPlan retryBudget(double share) {
        budget = share;
        return this;
    }

    /** When GETs are sent twice; never unless said. */
    public ProxyPlan hedge(int afterMillis, double most) {
        hedgeMillis = afterMillis;
        mostHedges = most;
        return this;
    }

    public ProxyPlan kept(int most) {
        kept = most;
        return this;
    }

    public ProxyPlan maxBody(long bytes) {
        maxBody = bytes;
        return this;
    }

    public ProxyPlan heads(int line, int head, int fields) {
        heads = new HeadLimits(line, head, fields);
        return this;
    }

    public ProxyPlan requestsPerConnection(int most) {
        requestsPerConnection = most;
        return this;
    }

    public ProxyPlan maxConnections(int most) {
        maxConnections = most;
        return this;
    }

    /** Connections of one client; any number unless said. */
    public ProxyPlan perClient(int most) {
        perClient = most;
        return this;
    }

    public ProxyPlan exchanges(int most) {
        exchanges = most;
        return this;
    }

    /** Fewest bytes a second; none unless said. */
    public ProxyPlan bodyRate(int least) {
        bodyRate = least;
        return this;
    }

    /** Fewest bytes a second; none unless said. */
    public ProxyPlan writeRate(int least) {
        writeRate = least;
        return this;
    }

    public ProxyPlan headMillis(int millis) {
        headMillis = millis;
        return this;
    }

    public ProxyPlan idleMillis(int millis) {
        idleMillis = millis;
        return this;
    }

    public ProxyPlan bodyMillis(int millis) {
        bodyMillis = millis;
        return this;
    }

    public ProxyPlan writeMillis(int millis) {
        writeMillis = millis;
        return this;
    }

    public ProxyPlan connectMillis(int millis) {
        connectMillis = millis;
        return this;
    }

    public ProxyPlan firstByteMillis(int millis) {
        firstByteMillis = millis;
        return this;
    }

    public ProxyPlan answerIdleMillis(int millis) {
        answerIdleMillis = millis;
        return this;
    }

    public ProxyPlan tunnelMillis(int millis) {
        tunnelMillis = millis;
        return this;
    }

    public ProxyPlan keptMillis(int millis) {
        keptMillis = millis;
        return this;
    }

    public ProxyPlan listen(String host) {
        listen = host;
        return this;
    }

    public ProxyPlan trusting(String network) {
        trusted = List.of(Cidr.parse(network));
        return this;
    }

    public ProxyPlan errors(Map<String, PageConfig> pages) {
        errors = new ErrorsConfig(pages);
        return this;
    }

    /** Other routes than one to the pool, which is {@code app}. */
    public ProxyPlan routes(RouteConfig... other) {
        routes = List.of(other);
        return this;
    }

    public ProxyPlan buffer(BufferConfig how) {
        routes = List.of(new RouteConfig(new RouteConfig.MatchConfig(null, null), "app", null, null, how));
        return this;
    }

    /** Most bytes of bodies on disk. */
    public ProxyPlan spill(long most) {
        spill = most;
        return this;
    }

    ClientPolicy clientPolicy() {
        return new ClientPolicy(
                heads,
                maxBody,
                requestsPerConnection,
                nanos(headMillis),
                nanos(idleMillis),
                nanos(bodyMillis),
                bodyRate,
                nanos(writeMillis),
                writeRate,
                new byte[0],
                null);
    }

    @Nullable
    Hedges hedges() {
        return hedgeMillis == 0
                ? null
                : new Hedges(
                        nanos(hedgeMillis), mostHedges, loops, Ticker.system().nanos());
    }

    PoolPolicy poolPolicy() {
        return new PoolPolicy(
                nanos(connectMillis),
                nanos(firstByteMillis),
                nanos(answerIdleMillis),
                nanos(tunnelMillis),
                nanos(exchangeMillis),
                nanos(queueMillis),
                maxRetries,
                StatusRanges.parse(retryStatuses),
                nanos(backOffMillis),
                replay,
                kept,
                nanos(keptMillis),
                nanos(60_000),
                null);
    }

    private static long nanos(int millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Starts the proxy in front of these. */
    public Proxy before(RecordingBackend... backends) {
        InetSocketAddress[] addresses = new InetSocketAddress[backends.length];
        for (int i = 0; i < backends.length; i++) {
            addresses[i] = backends[i].address();
        }
        return before(addresses);
    }

    /** Starts the proxy in front of these addresses, which are taken in turn, the first one first. */
    public Proxy before(InetSocketAddress... addresses) {
        try {
            return new Proxy(this, addresses);
        } catch (IOException | InterruptedException e) {
            throw new LinkageError("Netty changed", e);
        }
    }
}
