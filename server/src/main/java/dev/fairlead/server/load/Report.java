package dev.fairlead.server.load;

import dev.fairlead.core.config.Problem;
import dev.fairlead.core.config.Problem.Severity;
import java.util.List;

/** Writes problems for people: place, id, finding, snippet, suggestion. Pure functions. */
public final class Report {
    private static final String BOLD = "1";
    private static final String RED = "31";
    private static final String YELLOW = "33";
    private static final String CYAN = "36";

    private Report() {}

    /** All problems, one after the other with an empty line between, and a last line that counts them. */
    public static String of(List<Problem> problems, boolean colour) {
        var report = new StringBuilder();
        for (Problem problem : problems) {
            report.append(of(problem, colour)).append('\n');
        }
        return report.append(count(problems)).append('\n').toString();
    }

    /** One problem, in two to four lines. */
    public static String of(Problem problem, boolean colour) {
        boolean error = problem.severity() == Severity.ERROR;
        String tint = error ? RED : YELLOW;
        var report = new StringBuilder();
        if (!problem.file().isEmpty()) {
            String place = problem.file() + ":" + problem.line() + ":" + problem.column() + ":";
            report.append(paint(place, BOLD, colour)).append(' ');
        }
        report.append(paint((error ? "error " : "warning ") + problem.id(), tint, colour));
        report.append(' ').append(problem.message()).append('\n');
        if (!problem.snippet().isEmpty()) {
            int split = problem.snippet().indexOf('\n');
            String number = String.valueOf(problem.line());
            report.append("  ").append(number).append(" | ");
            report.append(problem.snippet(), 0, split).append('\n');
            report.append("  ").append(" ".repeat(number.length())).append(" | ");
            report.append(paint(problem.snippet().substring(split + 1), tint, colour))
                    .append('\n');
        }
        if (problem.suggestion() != null) {
            report.append("  ")
                    .append(paint("hint: " + problem.suggestion(), CYAN, colour))
                    .append('\n');
        }
        return report.toString();
    }

    /** "2 errors, 1 warning". */
    public static String count(List<Problem> problems) {
        long errors =
                problems.stream().filter(p -> p.severity() == Severity.ERROR).count();
        long warnings = problems.size() - errors;
        String most = problems.size() >= Findings.MOST ? " (there may be more)" : "";
        if (errors == 0 || warnings == 0) {
            return (errors == 0 ? plural(warnings, "warning") : plural(errors, "error")) + most;
        }
        return plural(errors, "error") + ", " + plural(warnings, "warning") + most;
    }

    private static String plural(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String paint(String text, String code, boolean colour) {
        return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
