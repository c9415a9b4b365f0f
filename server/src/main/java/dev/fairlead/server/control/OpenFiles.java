package dev.fairlead.server.control;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files this process may have open at once. Stateless; reads a small file of {@code /proc} where it is. */
public final class OpenFiles {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";

    private OpenFiles() {}

    /** The limit in force for this process, {@link Long#MAX_VALUE} for no limit; 0 where the system does not tell. */
    public static long most() {
        try {
            // Management beans would say it as well, but loading them takes longer than all else at the start.
            return Files.exists(LIMITS) ? of(Files.readString(LIMITS)) : asked();
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private static long asked() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? Math.max(unix.getMaxFileDescriptorCount(), 0)
                : 0;
    }

    /**
     * The soft limit in what {@code /proc/PID/limits} says; 0 where it says nothing.
     *
     * @throws NumberFormatException when it is no number
     */
    static long of(String limits) {
        int at = limits.indexOf(LINE);
        if (at < 0) {
            return 0;
        }
        String numbers = limits.substring(at + LINE.length()).strip();
        String soft = numbers.substring(0, numbers.indexOf(' '));
        return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
    }
}
