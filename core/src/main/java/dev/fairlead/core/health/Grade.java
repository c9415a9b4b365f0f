package dev.fairlead.core.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a pool's health check can be believed, with the evidence. Immutable; made by pure functions.
 *
 * @param mark the worst that was found
 * @param findings what was found, the worst first; empty when nothing speaks against it
 * @param basis what it was judged by, for people
 */
public record Grade(Mark mark, List<Finding> findings, String basis) {
    /** Answers quicker than this, always the same, come from no work at all. */
    private static final Duration NO_WORK = Duration.ofMillis(1);

    /** From best to worst. */
    public enum Mark {
        /** Nothing speaks against it. */
        A,
        /** It sees little. */
        C,
        /** What it says does not depend on the application. */
        D,
        /** Real traffic has shown it to be wrong, or there is none. */
        F
    }

    /** What may be found. */
    public enum Kind {
        /** There is no check at all. */
        NONE(Mark.F),
        /** It passes while real requests fail. */
        BLIND(Mark.F),
        /** It fails while real requests go well. */
        JUMPY(Mark.D),
        /** Any path would pass. */
        CATCH_ALL(Mark.D),
        /** A constant body, answered in no time. */
        SHALLOW(Mark.C),
        /** It only connects, which a hung process lets anyone do. */
        CONNECT_ONLY(Mark.C);

        private final Mark mark;

        Kind(Mark mark) {
            this.mark = mark;
        }

        /** What is found makes it no better than this. */
        public Mark mark() {
            return mark;
        }

        /** As it is written for people and programs, such as {@code catch-all}. */
        public String word() {
            return Teller.word(this).replace('_', '-');
        }
    }

    /** One finding and what shows it. */
    public record Finding(Kind kind, String evidence) {}

    /** How a pool's backends are checked. */
    public enum Way {
        OFF,
        /** It is content with a connection. */
        CONNECT,
        /** Something has to answer it: an HTTP request, a TLS handshake, a few bytes, a program. */
        ASK
    }

    /**
     * What asking a backend showed.
     *
     * @param randomPassed whether a path that cannot exist passes the check's own criteria
     * @param random what it answered
     * @param answers what the check's own path answered, time after time, with the beginning of the body
     * @param tookNanos how long each of those took, connection included
     */
    public record Looks(boolean randomPassed, String random, List<String> answers, List<Long> tookNanos) {
        public Looks {
            answers = List.copyOf(answers);
            tookNanos = List.copyOf(tookNanos);
        }

        /** Nobody could be asked. */
        public static final Looks NONE = new Looks(false, "", List.of(), List.of());
    }

    public Grade {
        findings = List.copyOf(findings);
    }

    /** Judges a check. */
    public static Grade of(Way way, Looks looks, Testimony testimony) {
        var findings = new ArrayList<Finding>();
        if (way == Way.OFF) {
            findings.add(new Finding(Kind.NONE, "no check is configured"));
        }
        if (testimony.blind() > 0 && way != Way.OFF) {
            findings.add(new Finding(
                    Kind.BLIND,
                    "it passed while real requests failed, " + times(testimony.blind()) + ", the last: "
                            + testimony.blindEvidence()));
        }
        if (testimony.jumpy() > 0) {
            findings.add(new Finding(
                    Kind.JUMPY,
                    "it failed while real requests went well, " + times(testimony.jumpy()) + ", the last: "
                            + testimony.jumpyEvidence()));
        }
        if (way == Way.ASK && looks.randomPassed()) {
            findings.add(new Finding(Kind.CATCH_ALL, "a random path passes, too: " + looks.random()));
        }
        if (way == Way.ASK && shallow(looks)) {
            findings.add(new Finding(
                    Kind.SHALLOW,
                    looks.answers().size() + " times \"" + looks.answers().getFirst() + "\" within "
                            + slowest(looks) / 1_000 + " microseconds"));
        }
        if (way == Way.CONNECT) {
            findings.add(new Finding(Kind.CONNECT_ONLY, "the kernel makes connections for a process that hangs, too"));
        }
        findings.sort((a, b) -> b.kind().mark().compareTo(a.kind().mark()));
        Mark mark = findings.isEmpty() ? Mark.A : findings.getFirst().kind().mark();
        String basis = looks.answers().isEmpty()
                ? "real traffic alone; no backend was asked"
                : looks.answers().size() + " answers of its own path, one of a random path, and real traffic";
        return new Grade(mark, findings, basis);
    }

    private static boolean shallow(Looks looks) {
        return looks.answers().size() > 1
                && looks.answers().stream().distinct().count() == 1
                && slowest(looks) < NO_WORK.toNanos();
    }

    private static long slowest(Looks looks) {
        return looks.tookNanos().stream().mapToLong(Long::longValue).max().orElse(Long.MAX_VALUE);
    }

    private static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }

    /** Whether {@code other} says anything else to an operator. */
    public boolean differs(Grade other) {
        return mark != other.mark
                || !findings.stream()
                        .map(Finding::kind)
                        .toList()
                        .equals(other.findings.stream().map(Finding::kind).toList());
    }

    @Override
    public String toString() {
        var text = new StringBuilder(mark.name());
        for (Finding finding : findings) {
            text.append(text.length() == 1 ? ": " : "; ")
                    .append(finding.kind().word())
                    .append(" (")
                    .append(finding.evidence())
                    .append(')');
        }
        return text.toString();
    }
}
