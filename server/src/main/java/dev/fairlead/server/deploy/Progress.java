package dev.fairlead.server.deploy;

/** Is told how a deploy goes on. Thread-safe. */
public interface Progress {
    /** Where a backend is. */
    enum Stage {
        WAITING("waiting", 0),
        DRAINING("draining", 1),
        RUNNING("running", 2),
        GATE("at the gate", 3),
        RAMP("ramping", 4),
        DONE("done", 5),
        FAILED("failed", 5);

        private final String word;
        private final int step;

        Stage(String word, int step) {
            this.word = word;
            this.step = step;
        }

        /** For people. */
        public String word() {
            return word;
        }

        /** How many of the five steps are behind it. */
        public int step() {
            return step;
        }
    }

    /** A backend has reached a stage, or something about it has changed. */
    void stage(String address, Stage stage, String detail);

    /** A line that a command wrote. */
    void output(String address, String line);
}
