package dev.fairlead.e2e.overload;

import dev.fairlead.e2e.faults.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** What stands before the backends, as a process. Closing it ends it. */
interface Front extends AutoCloseable {
    InetSocketAddress front();

    @Override
    void close();

    /** One of the peers. */
    record Other(Peer peer) implements Front {
        @Override
        public InetSocketAddress front() {
            return peer.front();
        }

        @Override
        public void close() {
            peer.close();
        }
    }

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
            return switch (this) {
                case FAIRLEAD -> true;
                case HAPROXY -> Peer.program(Peer.Kind.HAPROXY) != null;
                case NGINX -> Peer.program(Peer.Kind.NGINX) != null;
            };
        }

        /** Starts one and waits until it serves. */
        Front start(Path place, List<Integer> ports) throws IOException, InterruptedException {
            return switch (this) {
                case FAIRLEAD -> Fairlead.start(place, ports);
                case HAPROXY -> new Other(Peer.start(Peer.Kind.HAPROXY, place, ports));
                case NGINX -> new Other(Peer.start(Peer.Kind.NGINX, place, ports));
            };
        }
    }
}
