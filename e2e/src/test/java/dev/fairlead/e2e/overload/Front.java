package dev.fairlead.e2e.overload;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** What stands before the backends, as a process. Closing it ends it. */
interface Front extends AutoCloseable {
    InetSocketAddress front();

    @Override
    void close();

    /** Who it is. */
    enum Maker {
        FAIRLEAD("Fairlead"),
        HAPROXY("HAProxy, roundrobin, no maxconn"),
        NGINX("nginx, default upstream");

        private final String title;

        Maker(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }

        /** Whether its program is on this machine. */
        boolean installed() {
            return this == FAIRLEAD || Peer.program(this) != null;
        }

        /** Starts one and waits until it serves. */
        Front start(Path place, List<Integer> ports) throws IOException, InterruptedException {
            return this == FAIRLEAD ? Fairlead.start(place, ports) : Peer.start(this, place, ports);
        }
    }
}
