package dev.fairlead.server.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Where {@code run} keeps what survives a restart. Pure functions. */
final class StatePlace {
    private StatePlace() {}

    /**
     * The file for a configuration; {@code null} for none. Each configuration file of a machine has one of its own.
     *
     * @param folder as configured; {@code null} for the usual place, {@code off} for nowhere
     */
    static @Nullable Path of(
            @Nullable String folder, Path configuration, Function<String, @Nullable String> environment) {
        if (folder != null) {
            return folder.equals("off") ? null : Path.of(folder).resolve(name(configuration));
        }
        Path usual = usual(environment);
        return usual == null ? null : usual.resolve(name(configuration));
    }

    /** Where this machine's own authority is; {@code null} for nowhere. */
    static @Nullable Path authority(@Nullable String folder, Function<String, @Nullable String> environment) {
        if (folder != null) {
            return folder.equals("off") ? null : Path.of(folder).resolve("authority");
        }
        Path usual = usual(environment);
        return usual == null ? null : usual.resolve("authority");
    }

    private static @Nullable Path usual(Function<String, @Nullable String> environment) {
        String systemd = environment.apply("STATE_DIRECTORY");
        if (systemd != null && !systemd.isEmpty()) {
            // Several are separated by colons; the first is ours.
            return Path.of(systemd.split(":", 2)[0]);
        }
        String xdg = environment.apply("XDG_STATE_HOME");
        if (xdg != null && xdg.startsWith("/")) {
            return Path.of(xdg, "fairlead");
        }
        String home = environment.apply("HOME");
        return home == null || !home.startsWith("/") ? null : Path.of(home, ".local", "state", "fairlead");
    }

    private static String name(Path configuration) {
        Path whole = configuration.toAbsolutePath().normalize();
        var sum = new CRC32();
        sum.update(whole.toString().getBytes(StandardCharsets.UTF_8));
        String file = String.valueOf(whole.getFileName());
        int dot = file.lastIndexOf('.');
        return (dot > 0 ? file.substring(0, dot) : file) + "-" + String.format("%08x", sum.getValue()) + ".json";
    }
}
