package dev.fairlead.server.control;

import io.netty.util.Version;
import java.util.Map;

/**
 * Which versions are at work, for people and metrics. Immutable.
 *
 * @param fairlead of this build; {@code dev} when it does not run from a jar
 * @param netty of Netty's Java part
 * @param natives of Netty's native transports
 */
public record Versions(String fairlead, String netty, String natives, String java) {
    private static final String UNKNOWN = "unknown";

    /** Looks them up, which reads a small file of every jar of Netty: not for a hot path. */
    public static Versions here() {
        String own = Versions.class.getPackage().getImplementationVersion();
        Map<String, Version> found = Version.identify(Versions.class.getClassLoader());
        return new Versions(
                own == null ? "dev" : own,
                of(found, "netty-common"),
                of(found, "netty-transport-classes-epoll"),
                Runtime.version().toString());
    }

    private static String of(Map<String, Version> found, String artifact) {
        Version version = found.get(artifact);
        return version == null ? UNKNOWN : version.artifactVersion();
    }

    @Override
    public String toString() {
        String transports = natives.equals(netty) ? "" : ", its native transports " + natives;
        return fairlead + " (Netty " + netty + transports + ", Java " + java + ")";
    }
}
