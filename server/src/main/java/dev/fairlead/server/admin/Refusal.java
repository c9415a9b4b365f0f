package dev.fairlead.server.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a request is not done, as it is told to whoever asked. Carries no stack, for it is no fault of ours. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * One thing that is wrong with what was sent.
     *
     * @param key the key or parameter; empty for the whole
     */
    record Finding(
            String key,
            String found,
            String expected,
            @Nullable String suggestion) {
        @Override
        public String toString() {
            return (key.isEmpty() ? "" : key + ": ") + found + " (expected: " + expected + ")"
                    + (suggestion == null ? "" : ", " + suggestion);
        }
    }

    private final int status;
    private final transient List<Finding> findings;
    private final String report;

    Refusal(int status, String detail) {
        this(status, detail, List.of(), "");
    }

    /** @param report what is wrong, at length and for people */
    Refusal(int status, String detail, List<Finding> findings, String report) {
        super(detail, null, false, false);
        this.status = status;
        this.findings = findings;
        this.report = report;
    }

    /** Tells all that is wrong at once. */
    static Refusal of(List<Finding> findings) {
        return new Refusal(
                400, String.join("; ", findings.stream().map(Finding::toString).toList()), findings, "");
    }

    int status() {
        return status;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    /** Empty where the detail says it all. */
    String report() {
        return report;
    }

    List<Finding> findings() {
        return findings;
    }
}
