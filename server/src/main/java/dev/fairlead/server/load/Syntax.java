package dev.fairlead.server.load;

import dev.fairlead.core.config.ProblemKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Says what is wrong with a text that is not YAML, with the usual cause where it can be recognised. */
final class Syntax {
    private Syntax() {}

    static void report(MarkedYamlEngineException e, String text, Findings findings) {
        String problem = String.valueOf(e.getProblem());
        String context = String.valueOf(e.getContext());
        // What was opened and never closed is best shown where it was opened.
        boolean open = context.contains("quoted scalar") && problem.contains("end of stream");
        Optional<Mark> mark = open ? e.getContextMark() : e.getProblemMark().or(e::getContextMark);
        Position at = TreeReader.position(mark, Optional.empty());
        String found =
                Source.shown(problem.replaceFirst("\\. \\(Do not use .*", "").replace("\n", " "));
        String line = text.lines().skip(at.line() - 1L).findFirst().orElse("");
        findings.add(ProblemKind.SYNTAX, at, "", found, "YAML", cause(problem, context, line, at));
    }

    private static @Nullable String cause(String problem, String context, String line, Position at) {
        String rest = line.substring(Math.min(line.length(), Math.max(0, at.column() - 1)));
        if (problem.contains("\\t") || line.substring(0, indent(line)).contains("\t")) {
            return "indent with spaces, not with tabs";
        } else if (context.contains("an alias") || problem.contains("undefined alias")) {
            return "put a value that starts with `*` in quotes: \"*.example.com\"";
        } else if (context.contains("an anchor")) {
            return "put a value that starts with `&` in quotes";
        } else if (line.matches(".*[:,{\\[-] *\\[[0-9A-Fa-f:.]*]:.*")) {
            return "put an IPv6 address in quotes: \"[::1]:8080\"";
        } else if (problem.contains("cannot start any token")) {
            return "put a value that starts with `" + rest.substring(0, Math.min(1, rest.length())) + "` in quotes";
        } else if (context.contains("quoted scalar")) {
            return "a closing quote is missing";
        } else if (context.contains("flow ") && line.matches(".*[,:\\[{]\\s*\\$\\{.*")) {
            return "inside `{ }` and `[ ]`, put `${...}` in quotes";
        } else if (context.contains("flow sequence")) {
            return "a `]` or a comma is missing";
        } else if (context.contains("flow mapping")) {
            return "a `}` or a comma is missing";
        } else if (problem.contains("mapping values are not allowed")) {
            return "indent it like its neighbours, or put a value that contains `: ` in quotes";
        } else if (context.contains("simple key")) {
            return "a `:` is missing after the key, or the line is indented wrongly";
        } else if (context.contains("block mapping") || context.contains("block collection")) {
            return "indent it like its neighbours";
        }
        return null;
    }

    /** The place of a character, counted from 0 in code points. */
    static Position position(String text, int index) {
        int end = text.offsetByCodePoints(0, Math.clamp(index, 0, text.codePointCount(0, text.length())));
        int line = 1;
        int start = 0;
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return new Position(line, text.codePointCount(start, end) + 1, 1);
    }

    private static int indent(String line) {
        int end = 0;
        while (end < line.length() && (line.charAt(end) == ' ' || line.charAt(end) == '\t')) {
            end++;
        }
        return end;
    }
}
