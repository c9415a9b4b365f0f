package dev.fairlead.server.cli;

import dev.fairlead.core.config.Config;
import dev.fairlead.server.control.Engine;
import dev.fairlead.server.control.Surroundings;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;

/** Runs an engine until a signal ends it. For the process's main thread only. */
final class Serving {
    /** Exit code when it cannot start. */
    static final int CANNOT_START = 4;

    private Serving() {}

    /** Starts, says where everything is on {@code err}, and blocks until it was stopped; returns the exit code. */
    static int run(Config config, PrintStream err) {
        var stop = new CountDownLatch(1);
        try {
            Engine engine = Engine.start(config, Surroundings.system());
            handle("TERM", stop);
            handle("INT", stop);
            engine.addresses().forEach((name, address) -> err.println("fairlead: listening on " + address + " (" + name + ")"));
            stop.await();
            engine.stop(config.stop().grace());
            return 0;
        } catch (IOException | IllegalStateException e) {
            err.println("fairlead: cannot start: " + e.getMessage());
            return CANNOT_START;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CANNOT_START;
        }
    }

    private static void handle(String name, CountDownLatch stop) {
        Signals.handle(name, number -> {
            if (stop.getCount() == 0) {
                // The second one: the operator does not want to wait.
                Runtime.getRuntime().halt(128 + number);
            }
            stop.countDown();
        });
    }
}
