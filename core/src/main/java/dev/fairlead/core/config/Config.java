package dev.fairlead.core.config;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The whole configuration as the operator wrote it, with every default filled in. Immutable. */
@Doc("One Fairlead configuration file.")
public record Config(
        @Doc("Where clients connect, by a name of your choice.")
        Map<String, ListenerConfig> listeners,

        @Doc(
                value =
                        "Which requests go where. The most specific match wins, whatever the order. With a single pool no routes are needed.",
                byDefault = "[]")
        List<RouteConfig> routes,

        @Doc("Sets of backends, by a name of your choice.") Map<String, PoolConfig> pools,

        @Doc(value = "The operator's side: metrics and status.", byDefault = "{}")
        AdminConfig admin,

        @Doc(value = "One JSON line for each request.", byDefault = "{}")
        AccessLogConfig accessLog,

        @Doc(value = "Error replies: what clients are told when it is the balancer that answers.", byDefault = "{}")
        ErrorsConfig errors,

        @Doc(value = "How to stop.", byDefault = "{}") StopConfig stop,

        @Doc(value = "Event loops and sockets.", byDefault = "{}")
        RuntimeConfig runtime,

        @Doc(
                "Folder for what survives a restart of `run`: wishes, weights and caps that operators set, registered backends,"
                        + " ejections; `off` for nowhere. Without it: `$STATE_DIRECTORY` (systemd sets it), else"
                        + " `$XDG_STATE_HOME/fairlead`, else `~/.local/state/fairlead`.")
        @Nullable
        String stateDir) {

    /** The pools to which connections are passed on without being decrypted, as far as there are such pools. */
    public Set<String> passed() {
        Set<String> passed = new HashSet<>();
        for (ListenerConfig listener : listeners.values()) {
            TlsConfig tls = listener.tls();
            if (tls != null) {
                passed.addAll(tls.passthrough().values());
            }
        }
        passed.retainAll(pools.keySet());
        return passed;
    }
}
