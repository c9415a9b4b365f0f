package dev.fairlead.server.deploy;

import java.util.function.Consumer;

/** Runs a deploy's commands. Thread-safe. */
public interface Runner {
    /**
     * Runs a command line and waits for it.
     *
     * @param lines told each line it writes before it ends, on any thread, one after another
     * @return its exit status; 0 is success, 128 and more when it was ended
     */
    int run(String command, Consumer<String> lines) throws InterruptedException;

    /** Ends what runs; nothing runs any more afterwards. */
    void end();
}
