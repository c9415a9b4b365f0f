package dev.fairlead.server.control;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.Cidr;
import dev.fairlead.core.config.ListenerConfig;
import dev.fairlead.core.config.TlsConfig;
import dev.fairlead.core.limit.Crowd;
import dev.fairlead.core.limit.FileBudget.Room;
import dev.fairlead.net.http.ClientPolicy;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.http.HttpCounters;
import dev.fairlead.net.http.HttpDoor;
import dev.fairlead.net.http.Routing;
import dev.fairlead.net.http.h1.H1Clients;
import dev.fairlead.net.tls.TlsCounters;
import dev.fairlead.net.tls.TlsDoor;
import dev.fairlead.net.tls.Turns;
import dev.fairlead.net.transport.Listener;
import dev.fairlead.net.transport.Loop;
import dev.fairlead.net.transport.Loops;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A listener at work. Thread-safe: what touches connections is handed to their loops. */
final class RunningListener {
    /** Connections whose peers were trusted by one list, by lane. */
    private record Generation(List<Cidr> trusted, List<H1Clients> clients) {}

    private final Loops loops;
    private final HttpCounters counters;
    private final TlsCounters handshakes;
    private final Crowd crowd;
    private final List<Turns> turns;
    private final List<HttpDoor> doors = new ArrayList<>();
    private final Listener listener;
    private volatile String name;
    private volatile ListenerConfig config;
    private volatile Room room;
    private volatile @Nullable Secured secured;

    /** The last one takes who comes; changed by one thread at a time. */
    private volatile List<Generation> generations;

    private volatile boolean draining;

    private RunningListener(
            String name,
            ListenerConfig config,
            Room room,
            Listeners.Shared shared,
            Supplier<Routing> routing,
            ErrorReplies errors,
            int httpsPort)
            throws IOException, InterruptedException {
        this.name = name;
        this.config = config;
        this.room = room;
        this.loops = shared.loops();
        this.turns = shared.turns();
        this.counters = new HttpCounters(loops.count());
        this.handshakes = new TlsCounters(loops.count());
        this.crowd = new Crowd(room.connections(), room.perClient(), shared.hash());
        ClientPolicy policy = ClientPolicy.of(config, httpsPort);
        for (Loop loop : loops.all()) {
            doors.add(new HttpDoor(
                    loop,
                    name,
                    policy,
                    routing,
                    shared.connectors().get(loop.lane()),
                    counters.lane(loop.lane()),
                    shared.log().lane(loop.lane()),
                    errors,
                    shared.spill(),
                    () -> draining));
        }
        this.generations = List.of(generation(config.trustedProxies()));
        Secured with = secured(name, config, shared);
        this.secured = with;
        TlsDoor tls = door(with, config);
        doors.forEach(door -> door.secure(tls));
        try {
            this.listener = Listener.hold(
                    loops,
                    address(config),
                    (channel, loop) ->
                            generations.getLast().clients().get(loop.lane()).accept(channel));
        } catch (IOException | InterruptedException | RuntimeException e) {
            close(with);
            throw e;
        }
    }

    /** The certificates that a configuration asks for, read; {@code null} where it asks for none. */
    static @Nullable Secured secured(String name, ListenerConfig config, Listeners.Shared shared) throws IOException {
        TlsConfig tls = config.tls();
        return tls == null ? null : Secured.open(name, tls, shared.tls().get(), shared.now());
    }

    private @Nullable TlsDoor door(@Nullable Secured with, ListenerConfig wanted) {
        return with == null
                ? null
                : with.door(
                        handshakes,
                        wanted.timeouts().handshake().toNanos(),
                        wanted.limits().handshakes());
    }

    private static void close(@Nullable Secured gone) {
        if (gone != null) {
            gone.close();
        }
    }

    /**
     * Binds one; whoever connects waits until {@link #accept}.
     *
     * @param room how many connections it may have, at most what {@code config} says
     * @param routing the one published routing
     * @param httpsPort where its clients find HTTPS
     * @throws IOException when its address cannot be bound, or a certificate cannot be used
     */
    static RunningListener start(
            String name,
            ListenerConfig config,
            Room room,
            Listeners.Shared shared,
            Supplier<Routing> routing,
            ErrorReplies errors,
            int httpsPort)
            throws IOException, InterruptedException {
        return new RunningListener(name, config, room, shared, routing, errors, httpsPort);
    }

    private Generation generation(List<Cidr> trusted) {
        return new Generation(
                trusted,
                doors.stream()
                        .map(door -> new H1Clients(
                                door, trusted, crowd, turns.get(door.loop().lane())))
                        .toList());
    }

    /**
     * Goes on at the same address: numbers and error replies hold from the next request on, trusted proxies, TLS and the
     * number of connections from the next connection on. Waits until all loops know.
     *
     * @param with the certificates from now on, which may be those before
     */
    void change(
            String newName,
            ListenerConfig next,
            Room fitting,
            ErrorReplies errors,
            @Nullable Secured with,
            int httpsPort)
            throws InterruptedException {
        if (!next.trustedProxies().equals(config.trustedProxies())) {
            List<Generation> more = new ArrayList<>();
            for (Generation generation : generations) {
                // Someone may be about to join the last one.
                if (generation == generations.getLast() || connections(generation) > 0) {
                    more.add(generation);
                }
            }
            more.add(generation(next.trustedProxies()));
            generations = List.copyOf(more);
        }
        crowd.limits(fitting.connections(), fitting.perClient());
        ClientPolicy policy = ClientPolicy.of(next, httpsPort);
        TlsDoor tls = door(with, next);
        var known = new CountDownLatch(loops.count());
        for (Loop loop : loops.all()) {
            loop.executor().execute(() -> {
                doors.get(loop.lane()).change(newName, policy, errors);
                doors.get(loop.lane()).secure(tls);
                known.countDown();
            });
        }
        name = newName;
        config = next;
        room = fitting;
        Secured before = secured;
        secured = with;
        boolean _ = known.await(1, TimeUnit.SECONDS);
        if (before != with) {
            close(before);
        }
    }

    private static InetSocketAddress address(ListenerConfig config) {
        return address(config.address());
    }

    private static InetSocketAddress address(Address written) {
        return written.host().isEmpty()
                ? new InetSocketAddress(written.port())
                : new InetSocketAddress(written.host(), written.port());
    }

    /** Whether this means where it listens already, however it is spelt; may look a name up. */
    boolean at(Address wanted) {
        if (wanted.equals(config.address())) {
            return true;
        }
        if (wanted.unix() || wanted.port() != config.address().port()) {
            return false;
        }
        InetAddress is = address().getAddress();
        InetAddress meant = address(wanted).getAddress();
        if (meant == null || !meant.isAnyLocalAddress()) {
            return is.equals(meant);
        }
        // Where there is IPv6, both ways to write every interface are one socket for both families.
        return is.isAnyLocalAddress() && (is instanceof Inet6Address || meant instanceof Inet4Address);
    }

    /** Accepts whoever connects. */
    void accept() {
        listener.accept();
    }

    ListenerConfig config() {
        return config;
    }

    /** How many connections it may have. */
    Room room() {
        return room;
    }

    String name() {
        return name;
    }

    InetSocketAddress address() {
        return listener.address();
    }

    HttpCounters counters() {
        return counters;
    }

    TlsCounters handshakes() {
        return handshakes;
    }

    /** Its certificates; {@code null} where it speaks plain text. */
    @Nullable
    Secured secured() {
        return secured;
    }

    /** Gives its certificates back, once it has no connections any more. */
    void release() {
        close(secured);
    }

    /** What it has done, for a drill. */
    Drill.Counts counts() {
        return new Drill.Counts(
                counters.sum(HttpCounters.Count.REQUESTS),
                counters.sum(HttpCounters.Count.STATUS_5XX),
                counters.sum(HttpCounters.Count.RETRIES));
    }

    boolean draining() {
        return draining;
    }

    /** Stops accepting, closes idle connections, and closes the others after their present exchange. */
    void drain() {
        draining = true;
        var _ = listener.close();
        onLoops(H1Clients::drain);
    }

    /** Closes every connection. */
    void cut() {
        onLoops(H1Clients::cut);
    }

    /** How many connections are open, by counters: does not wait, and may be behind by a moment. */
    long open() {
        // What ended is read before what began, so that the difference is never negative.
        long closed = counters.sum(HttpCounters.Count.CONNECTIONS_CLOSED);
        return Math.max(counters.sum(HttpCounters.Count.CONNECTIONS_ACCEPTED) - closed, 0);
    }

    /** How many connections are open. */
    int connections() throws InterruptedException {
        long open = 0;
        for (Generation generation : generations) {
            open += connections(generation);
        }
        return (int) Math.min(open, Integer.MAX_VALUE);
    }

    /** {@link Integer#MAX_VALUE} when a loop does not say. */
    private int connections(Generation generation) throws InterruptedException {
        var sum = new AtomicInteger();
        var done = new CountDownLatch(loops.count());
        onLoops(generation, each -> {
            sum.addAndGet(each.size());
            done.countDown();
        });
        return done.await(1, TimeUnit.SECONDS) ? sum.get() : Integer.MAX_VALUE;
    }

    private void onLoops(Consumer<H1Clients> action) {
        generations.forEach(generation -> onLoops(generation, action));
    }

    private void onLoops(Generation generation, Consumer<H1Clients> action) {
        for (Loop loop : loops.all()) {
            loop.executor().execute(() -> action.accept(generation.clients().get(loop.lane())));
        }
    }
}
