package dev.fairlead.core.config;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a configuration, or probably is. Immutable.
 *
 * @param file the file's name as the operator gave it; empty if the configuration did not come from a file
 * @param line from 1; 0 if it did not come from a file
 * @param column from 1, counted in characters; 0 if it did not come from a file
 * @param path where in the configuration, such as {@code pools.app.backends[1].weight}; empty for the whole file
 * @param found what is there, never the value of an environment variable
 * @param expected what should be there
 * @param suggestion what to do about it, if that can be said
 * @param snippet the line in question and below it a line of carets; empty if there is none
 */
public record Problem(
        ProblemKind kind,
        String file,
        int line,
        int column,
        String path,
        String found,
        String expected,
        @Nullable String suggestion,
        String snippet) {

    /** How bad it is. */
    public enum Severity {
        /** The configuration cannot be used. */
        ERROR,
        /** It can be used, but is probably not what was meant. */
        WARNING
    }

    /** How bad it is. */
    public Severity severity() {
        return kind.severity();
    }

    /** The stable id, such as {@code FL-C012}. */
    public String id() {
        return kind.id();
    }

    /** Path, finding and expectation in one line, such as {@code pools.app.backends[0].weight: -3 (expected: 0..256)}. */
    public String message() {
        return (path.isEmpty() ? "" : path + ": ") + found + " (expected: " + expected + ")";
    }

    @Override
    public String toString() {
        return (file.isEmpty() ? "" : file + ":" + line + ":" + column + ": ") + id() + " " + message();
    }
}
