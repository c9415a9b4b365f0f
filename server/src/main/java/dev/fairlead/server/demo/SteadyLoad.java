package dev.fairlead.server.demo;

import dev.fairlead.core.time.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Clients that ask at a steady pace: each at its own moments, whether the last answer was quick or not. Thread-safe. Ends
 * with {@link #close}.
 */
final class SteadyLoad implements AutoCloseable {
    /** Enough that a backend which takes a second does not slow the others' clients. */
    private static final int CLIENTS = 40;

    private static final byte[] REQUEST = TinyClient.get("/");

    private final InetSocketAddress to;
    private final Ticker ticker;
    private final long period;
    private final LongAdder errors = new LongAdder();
    private final List<Thread> clients = new ArrayList<>();

    private SteadyLoad(InetSocketAddress to, int perSecond, Ticker ticker) {
        this.to = to;
        this.ticker = ticker;
        this.period = TimeUnit.SECONDS.toNanos(1) * CLIENTS / perSecond;
    }

    /** Starts asking {@code perSecond} times a second. */
    static SteadyLoad start(InetSocketAddress to, int perSecond, Ticker ticker) {
        var load = new SteadyLoad(to, perSecond, ticker);
        for (int i = 0; i < CLIENTS; i++) {
            long first = ticker.nanos() + load.period * i / CLIENTS;
            load.clients.add(Thread.ofVirtual().name("demo-client-" + i).start(() -> load.run(first)));
        }
        return load;
    }

    /** Requests that got no answer, or one from 500 on. */
    long errors() {
        return errors.sum();
    }

    private void run(long first) {
        long next = first;
        TinyClient client = null;
        try {
            while (true) {
                long now = ticker.nanos();
                // Who is late does not hurry: after a slow answer the pace starts anew.
                next = next - now < -period ? now : next;
                TimeUnit.NANOSECONDS.sleep(Math.max(0, next - now));
                next += period;
                client = ask(client);
            }
        } catch (InterruptedException e) {
            close(client);
        }
    }

    /** Asks once; returns the connection for the next time, if it can be used. */
    private @Nullable TinyClient ask(@Nullable TinyClient kept) {
        TinyClient client = kept;
        try {
            client = client == null ? TinyClient.connect(to) : client;
            if (client.ask(REQUEST) >= 500) {
                errors.increment();
            }
            return client.open() ? client : null;
        } catch (IOException e) {
            if (!Thread.currentThread().isInterrupted()) {
                errors.increment();
            }
            close(client);
            return null;
        }
    }

    private static void close(@Nullable TinyClient client) {
        try {
            if (client != null) {
                client.close();
            }
        } catch (IOException e) {
            // It is of no use any more either way.
        }
    }

    @Override
    public void close() {
        clients.forEach(Thread::interrupt);
    }
}
