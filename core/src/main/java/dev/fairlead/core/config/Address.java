package dev.fairlead.core.config;

/**
 * Where to listen or connect: {@code host:port}, {@code :port}, {@code [v6]:port} or {@code unix:/path}. Immutable.
 *
 * @param host empty for every interface (listening) or this machine (connecting); the path for a Unix socket
 * @param port 0..65535, or -1 for a Unix socket
 */
public record Address(String host, int port) {
    /** Whether this is a Unix domain socket. */
    public boolean unix() {
        return port < 0;
    }

    @Override
    public String toString() {
        if (unix()) {
            return "unix:" + host;
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
