package dev.fairlead.server.control;

import dev.fairlead.core.config.ListenerConfig;
import dev.fairlead.core.limit.Crowd;
import dev.fairlead.net.http.ClientPolicy;
import dev.fairlead.net.http.ErrorReplies;
import dev.fairlead.net.http.HttpCounters;
import dev.fairlead.net.http.HttpDoor;
import dev.fairlead.net.http.h1.H1Clients;
import dev.fairlead.net.transport.Listener;
import dev.fairlead.net.transport.Loop;
import dev.fairlead.net.transport.Loops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A listener at work. Thread-safe: what touches connections is handed to their loops. */
final class RunningListener {
    private final String name;
    private final Loops loops;
    private final HttpCounters counters;
    private final List<H1Clients> clients = new ArrayList<>();
    private final Listener listener;
    private volatile boolean draining;

    private RunningListener(String name, ListenerConfig config, Listeners.Shared shared, ErrorReplies errors)
            throws IOException, InterruptedException {
        this.name = name;
        this.loops = shared.loops();
        this.counters = new HttpCounters(loops.count());
        ClientPolicy policy = ClientPolicy.of(config);
        Crowd crowd = new Crowd(config.limits().connections(), config.limits().connectionsPerClient(), shared.hash());
        for (Loop loop : loops.all()) {
            HttpDoor door = new HttpDoor(
                    loop,
                    name,
                    policy,
                    shared.routing(),
                    shared.connectors().get(loop.lane()),
                    counters.lane(loop.lane()),
                    shared.log().lane(loop.lane()),
                    errors,
                    shared.spill(),
                    () -> draining);
            clients.add(new H1Clients(door, config.trustedProxies(), crowd));
        }
        this.listener = Listener.bind(
                loops,
                address(config),
                (channel, loop) -> clients.get(loop.lane()).accept(channel));
    }

    /**
     * Binds one and lets it accept.
     *
     * @throws IOException when its address cannot be bound
     */
    static RunningListener start(String name, ListenerConfig config, Listeners.Shared shared, ErrorReplies errors)
            throws IOException, InterruptedException {
        return new RunningListener(name, config, shared, errors);
    }

    private static InetSocketAddress address(ListenerConfig config) {
        String host = config.address().host();
        return host.isEmpty()
                ? new InetSocketAddress(config.address().port())
                : new InetSocketAddress(host, config.address().port());
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

    /** How many connections are open. */
    int connections() throws InterruptedException {
        var sum = new AtomicInteger();
        var done = new CountDownLatch(loops.count());
        onLoops(each -> {
            sum.addAndGet(each.size());
            done.countDown();
        });
        return done.await(1, TimeUnit.SECONDS) ? sum.get() : Integer.MAX_VALUE;
    }

    private void onLoops(Consumer<H1Clients> action) {
        for (Loop loop : loops.all()) {
            loop.executor().execute(() -> action.accept(clients.get(loop.lane())));
        }
    }
}
