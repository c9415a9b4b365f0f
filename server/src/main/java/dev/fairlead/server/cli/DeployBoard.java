package dev.fairlead.server.cli;

import dev.fairlead.server.deploy.Progress;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Shows a deploy: a bar for each backend that is drawn anew on a terminal, and a line for each step elsewhere.
 *
 * <p>Thread-safe.
 */
final class DeployBoard implements Progress {
    private static final int STEPS = 5;
    private static final int WIDTH = 4;

    private record Row(Stage stage, String detail) {}

    private final PrintWriter out;
    private final boolean terminal;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private int drawn;

    DeployBoard(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void stage(String address, Stage stage, String detail) {
        lock.lock();
        try {
            Row before = rows.put(address, new Row(stage, detail));
            if (terminal) {
                erase();
                draw();
            } else if (stage != Stage.WAITING && (before == null || before.stage() != stage || !detail.isEmpty())) {
                out.println(address + ": " + words(stage, detail));
            }
            out.flush();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void output(String address, String line) {
        lock.lock();
        try {
            erase();
            out.println(address + " | " + line);
            if (terminal) {
                draw();
            }
            out.flush();
        } finally {
            lock.unlock();
        }
    }

    private static String words(Stage stage, String detail) {
        return detail.isEmpty() ? stage.word() : stage.word() + ": " + detail;
    }

    private void erase() {
        if (terminal && drawn > 0) {
            out.print("\u001b[" + drawn + "A\u001b[J");
            drawn = 0;
        }
    }

    private void draw() {
        int widest = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        rows.forEach((address, row) -> {
            int done = row.stage().step() * WIDTH;
            String colour = row.stage() == Stage.FAILED ? "31" : row.stage() == Stage.DONE ? "32" : "36";
            String bar = "\u001b[" + colour + "m" + "#".repeat(done) + "\u001b[0m" + ".".repeat(STEPS * WIDTH - done);
            String pad = " ".repeat(widest - address.length());
            out.println(address + pad + " [" + bar + "] " + cut(words(row.stage(), row.detail())));
        });
        drawn = rows.size();
    }

    /** A line that wrapped could not be erased. */
    private static String cut(String text) {
        return text.length() > 60 ? text.substring(0, 57) + "..." : text;
    }
}
