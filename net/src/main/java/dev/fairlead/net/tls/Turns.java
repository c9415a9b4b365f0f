package dev.fairlead.net.tls;

import dev.fairlead.net.transport.Loop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Lets handshakes begin one after the other, so that a flood of them does not hold up everything else on its loop: answering a
 * hello costs as much as some tens of requests. Between two of them the loop looks at all its sockets once. Confined to it.
 *
 * <p>It never waits while there is nothing else to do, so nothing is lost when handshakes are all there is. Whoever waits
 * is counted among the handshakes under way, whose number is limited.
 */
public final class Turns implements Runnable {
    private final Loop loop;
    private final ArrayDeque<Edge> waiting = new ArrayDeque<>();
    private boolean taken;

    /** The turns of one loop, for all its listeners. */
    public Turns(Loop loop) {
        this.loop = loop;
    }

    /** Has it begin now, or when it is its turn. */
    void take(Edge edge) {
        if (taken) {
            waiting.add(edge);
            return;
        }
        next();
        edge.begin();
    }

    private void next() {
        taken = true;
        // Not as a plain task, which would run before any socket is looked at.
        var _ = loop.executor().schedule(this, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
        loop.refresh();
        taken = false;
        Edge edge;
        while ((edge = waiting.poll()) != null) {
            if (edge.waits()) {
                next();
                edge.begin();
                return;
            }
        }
    }
}
