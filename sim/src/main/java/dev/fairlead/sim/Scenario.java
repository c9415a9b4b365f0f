package dev.fairlead.sim;

/** What happens to the backends; the first is the one it happens to. */
enum Scenario {
    EVEN("Even", "Five equal backends, nothing happens.", 1, 1, 1, 1, 1),
    SLOW("One slow", "The first of five takes ten times as long.", 1, 1, 1, 1, 1),
    FAILING("One failing fast", "The first of five answers 500 after half a millisecond.", 1, 1, 1, 1, 1),
    WEIGHTS("Weights", "Weights 1, 2 and 4, with as many workers for each.", 1, 2, 4),
    JOINS("One joins", "Four backends are joined by the first, which nobody has measured.", 1, 1, 1, 1, 1),
    HANGS("One hangs", "The first of five takes requests and answers none.", 1, 1, 1, 1, 1);

    private final String title;
    private final String story;
    private final int[] weights;

    Scenario(String title, String story, int... weights) {
        this.title = title;
        this.story = story;
        this.weights = weights;
    }

    String title() {
        return title;
    }

    String story() {
        return story;
    }

    /** How many backends there are in the end. */
    int backends() {
        return weights.length;
    }

    int weight(int backend) {
        return weights[backend];
    }

    /** How many of the last backends are there from the start. */
    int early() {
        return this == JOINS ? weights.length - 1 : weights.length;
    }
}
