package dev.fairlead.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class when a Netty buffer was leaked by then. Found by JUnit itself (META-INF/services); it does nothing
 * where Netty was not used.
 *
 * <p>The collector finds a leak some time after it was made, so the class that fails may be a later one than the class
 * that leaked: the access records in the message tell which.
 */
public final class LeakGuard implements AfterAllCallback {
    private static final int COLLECTIONS = 3;

    /** Frames that say nothing about who leaked. */
    private static final List<String> NOISE = List.of(
            "org.junit.", "org.apache.maven.", "java.base/java.util", "java.base/jdk.", "java.base/java.lang.ref");

    private static final Queue<Runnable> DETECTORS = new ConcurrentLinkedQueue<>();
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    static void register(Runnable drain) {
        DETECTORS.add(drain);
    }

    static void leaked(String records) {
        LEAKS.add(records.lines()
                .filter(line -> NOISE.stream().noneMatch(line.strip()::startsWith))
                .collect(Collectors.joining("\n")));
    }

    /** The leaks found since the last call, after making the collector look for them. */
    public static List<String> collect() {
        if (!DETECTORS.isEmpty()) {
            for (int i = 0; i < COLLECTIONS; i++) {
                System.gc();
                pause();
                DETECTORS.forEach(Runnable::run);
            }
        }
        List<String> found = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            found.add(leak);
        }
        return found;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (context.getParent().flatMap(ExtensionContext::getParent).isPresent()) {
            return; // a @Nested class: its outer class will look
        }
        List<String> leaks = collect();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " leaked buffer(s) found by the end of " + context.getDisplayName()
                    + ":\n" + String.join("\n---\n", leaks));
        }
    }

    /** The collector clears references first and enqueues them a moment later, on a thread of its own. */
    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
