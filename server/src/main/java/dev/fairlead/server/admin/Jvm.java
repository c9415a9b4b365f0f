package dev.fairlead.server.admin;

import dev.fairlead.server.control.OpenFiles;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the JVM, Netty's allocator and the system say about this process. Stateless; reads small files of {@code /proc}
 * where they are.
 */
final class Jvm {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path FILES = Path.of("/proc/self/fd");

    /** A series and the values of its labels. */
    record Reading(Series series, List<String> labels) {}

    /** Everything that can be read here. */
    Map<Reading, Double> readings() {
        Map<Reading, Double> readings = new LinkedHashMap<>();
        Runtime runtime = Runtime.getRuntime();
        put(readings, Series.HEAP_USED, runtime.totalMemory() - runtime.freeMemory());
        put(readings, Series.HEAP_COMMITTED, runtime.totalMemory());
        put(readings, Series.HEAP_MAX, runtime.maxMemory());
        // The JDK's own "direct" pool reads 0 for what Netty allocates.
        put(
                readings,
                Series.DIRECT_USED,
                PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
        put(readings, Series.DIRECT_PINNED, PooledByteBufAllocator.DEFAULT.pinnedDirectMemory());
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            List<String> label = List.of(gc.getName());
            readings.put(new Reading(Series.GC_COLLECTIONS, label), (double) Math.max(0, gc.getCollectionCount()));
            readings.put(new Reading(Series.GC_SECONDS, label), Math.max(0, gc.getCollectionTime()) / 1e3);
        }
        put(readings, Series.THREADS, ManagementFactory.getThreadMXBean().getThreadCount());
        ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .ifPresent(used -> put(readings, Series.CPU_SECONDS, used.toNanos() / 1e9));
        long files = OpenFiles.most();
        if (files > 0 && files < Long.MAX_VALUE) {
            put(readings, Series.MAX_FILES, files);
        }
        system(readings);
        return readings;
    }

    private static void system(Map<Reading, Double> readings) {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    String kib =
                            line.substring("VmRSS:".length()).replace("kB", "").strip();
                    put(readings, Series.RESIDENT, Long.parseLong(kib) * 1024);
                }
            }
            int open = 0;
            try (DirectoryStream<Path> files = Files.newDirectoryStream(FILES)) {
                for (Path file : files) {
                    open += file.isAbsolute() ? 1 : 0;
                }
            }
            put(readings, Series.OPEN_FILES, open);
        } catch (IOException | NumberFormatException e) {
            // Not Linux: these two are left out, as their documentation says.
        }
    }

    private static void put(Map<Reading, Double> readings, Series series, double value) {
        readings.put(new Reading(series, List.of()), value);
    }
}
