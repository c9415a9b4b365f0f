package dev.fairlead.e2e.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of faults. As a program, behind {@code e2e/resilience}, it prints them; arguments: {@code owed} or
 * {@code noticed}, the seconds of load in each row, and how the rows' names begin, if not all are wanted. Exits with 1 when a
 * row of the former missed something.
 */
final class Resilience {
    private Resilience() {}

    /** Measures one row. */
    @FunctionalInterface
    interface How {
        Row run() throws Exception;
    }

    /** One row, not yet measured. */
    record Measurement(String name, How how) {}

    public static void main(String[] arguments) throws Exception {
        boolean noticed = arguments[0].equals("noticed");
        // Before the fault, while it lasts, and after it.
        Duration part = Duration.ofSeconds(Long.parseLong(arguments[1])).dividedBy(3);
        String only = arguments.length > 2 ? arguments[2] : "";
        Path folder = Files.createTempDirectory("fairlead-resilience");
        var faults = new Faults(folder, part);
        System.out.print(noticed ? Row.NOTICED : Row.TABLE);
        boolean missed = false;
        for (Measurement measurement : noticed ? noticed(faults) : owed(faults)) {
            if (measurement.name().startsWith(only)) {
                Row row = measurement.how().run();
                System.out.println(noticed ? row.noticedLine() : row.line());
                missed |= !noticed && !Owed.missed(row).isEmpty();
            }
        }
        System.exit(missed ? 1 : 0);
    }

    /** The table of what is owed. */
    static List<Measurement> owed(Faults faults) {
        var all = new ArrayList<Measurement>();
        all.add(new Measurement("steady", faults::steady));
        for (Fault fault : Fault.owed(faults.part().toSeconds() >= 5)) {
            all.add(new Measurement(fault.name(), () -> faults.measure(fault)));
        }
        all.add(new Measurement("rolling deploy of all three", faults::deployed));
        all.add(new Measurement("all down", faults::allDown));
        all.add(new Measurement("10 reloads", faults::reloaded));
        all.add(new Measurement("stop with 2 s requests in flight", () -> {
            try (Ends ends = new Ends(faults.place())) {
                return ends.stopped();
            }
        }));
        all.add(new Measurement("kill -9 of Fairlead, restart", () -> {
            try (Ends ends = new Ends(faults.place())) {
                return ends.killed(faults.part());
            }
        }));
        return all;
    }

    /** The table of how soon faults are noticed. */
    static List<Measurement> noticed(Faults faults) {
        return Fault.noticed().stream()
                .map(fault -> new Measurement(fault.name(), () -> faults.measure(fault)))
                .toList();
    }
}
