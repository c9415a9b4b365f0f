package dev.fairlead.e2e.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the rows of the table owe, to the letter; for a machine that has nothing else to do. Pure functions.
 *
 * <p>Where this machine does not let HAProxy keep a few milliseconds, no worse than HAProxy is what is owed.
 *
 * <p>Where a backend dies or resets, the POSTs it had in hand may have been done and are not sent again: some may fail.
 */
final class Owed {
    /** POSTs that one backend has in hand, or that wait in its kernel, at the moment it dies. */
    static final int IN_HAND = 3;

    private Owed() {}

    /** What a row missed; empty when it kept all. */
    static List<String> missed(Row row) {
        var missed = new ArrayList<String>();
        if (row.doubled() > 0) {
            missed.add(row.doubled() + " POSTs doubled");
        }
        switch (row.fault()) {
            case "steady" -> {
                errors(row, 0, missed);
                most("p99", row.p99Millis(), Math.max(3, row.beside()), missed);
                most("share", row.figure(), 0.5, missed);
            }
            case "one of three killed" -> {
                errors(row, IN_HAND, missed);
                most("back", row.back(), 1_200, missed);
            }
            case "one hangs", "sick by its check" -> {
                errors(row, 0, missed);
                most("last given", row.quiet(), 3_000, missed);
            }
            case "one resets every request" -> {
                errors(row, IN_HAND, missed);
                most("out", row.out(), 3_000, missed);
            }
            case "all down" -> {
                most("p99 of refusals", row.figure(), Math.max(5, row.beside()), missed);
                most("back", row.back(), 700, missed);
            }
            case "10 reloads" -> {
                errors(row, 0, missed);
                most("p99", row.p99Millis(), 10, missed);
                most("longest", row.figure(), 50, missed);
            }
            case "stop with 2 s requests in flight" -> {
                errors(row, 0, missed);
                said(row, "exit code 0", missed);
            }
            case "rolling deploy of all three" -> {
                errors(row, 0, missed);
                said(row, "in ", missed);
            }
            case "kill -9 of Fairlead, restart" -> {
                most("serving", row.back(), 2_000, missed);
                said(row, "kept", missed);
            }
            default -> throw new IllegalArgumentException("no row " + row.fault());
        }
        return missed;
    }

    private static void errors(Row row, int posts, List<String> missed) {
        if (row.errorCount() - row.errorsOf("POST") > 0 || row.errorsOf("POST") > posts) {
            missed.add(row.errorCount() + " errors");
        }
    }

    private static void most(String what, double millis, double most, List<String> missed) {
        if (millis < 0 || millis > most) {
            missed.add(String.format(Locale.ROOT, "%s %.1f (owed: ≤ %.1f)", what, millis, most));
        }
    }

    private static void said(Row row, String word, List<String> missed) {
        if (!row.note().contains(word)) {
            missed.add(row.note());
        }
    }
}
