package dev.fairlead.e2e.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something bad that happens to one of three backends, and how bad its consequences may be. Immutable.
 *
 * @param pool settings of the pool
 * @param before what to do before the load begins; {@code null} for nothing
 * @param repair {@code null} to leave it as it is
 * @param patience how long to wait for its return; zero not to
 */
record Fault(
        String name,
        String owed,
        String pool,
        @Nullable Act before,
        Act act,
        @Nullable Act repair,
        Duration patience,
        Limit limit) {

    /** Does something to a scene; {@code index} is the backend that suffers. */
    @FunctionalInterface
    interface Act {
        void on(Scene scene, int index) throws IOException, InterruptedException;
    }

    /**
     * What is owed, with room for a busy machine in times and none in counts.
     *
     * @param outMillis until it is out of rotation; {@link Row#NONE} when it need not be
     * @param get failed GETs
     * @param post failed POSTs: what a backend has been given may have been done, so it is not sent again
     * @param backMillis from its return; {@link Row#NONE} when that is not looked at
     */
    record Limit(long outMillis, int get, int post, long backMillis) {}

    private static final String HTTP = "health: " + Scene.CHECKED;
    private static final Duration LONG = Duration.ofSeconds(45);

    private static Act asking(String path) {
        return (scene, index) -> scene.backend(index).ask(path);
    }

    private static Act askingAll(String path) {
        return (scene, index) -> {
            for (int i = 0; i < 3; i++) {
                scene.backend(i).ask(path);
            }
        };
    }

    private static void hang(Scene scene, int index) throws IOException, InterruptedException {
        scene.backend(index).hang();
    }

    private static void goOn(Scene scene, int index) throws IOException, InterruptedException {
        scene.backend(index).goOn();
    }

    /** Those in the table of what is owed; an ejection lasts 30 s, which only a long run waits for. */
    static List<Fault> owed(boolean untilReadmitted) {
        return List.of(
                new Fault(
                        "one of three killed",
                        "0 errors, no POST twice; back ≤ 1.2 s",
                        HTTP,
                        null,
                        (scene, i) -> scene.backend(i).kill(),
                        Scene::restart,
                        LONG,
                        new Limit(3_000, 0, Owed.IN_HAND, 3_000)),
                new Fault(
                        "one hangs",
                        "0 errors; nothing sent to it after 3 s",
                        HTTP,
                        null,
                        Fault::hang,
                        Fault::goOn,
                        LONG,
                        new Limit(5_000, 0, 0, 3_000)),
                new Fault(
                        "one resets every request",
                        "0 errors; ejected within 3 s",
                        HTTP,
                        null,
                        asking("/mode/reset"),
                        asking("/mode/ok"),
                        untilReadmitted ? LONG : Duration.ZERO,
                        new Limit(3_000, 0, Owed.IN_HAND, Row.NONE)),
                new Fault(
                        "sick by its check",
                        "0 errors; nothing sent to it after 3 s",
                        HTTP,
                        null,
                        asking("/mode/sick"),
                        asking("/mode/ok"),
                        LONG,
                        new Limit(3_000, 0, 0, 3_000)));
    }

    /** Those whose detection is documented. */
    static List<Fault> noticed() {
        return List.of(
                new Fault(
                        "killed",
                        "≤ 1 s; no GET, ≤ 3 POSTs",
                        HTTP,
                        null,
                        (scene, i) -> scene.backend(i).kill(),
                        null,
                        Duration.ZERO,
                        new Limit(3_000, 0, Owed.IN_HAND, Row.NONE)),
                new Fault(
                        "hangs, HTTP check every 500 ms",
                        "≤ 3 s; none",
                        HTTP,
                        null,
                        Fault::hang,
                        Fault::goOn,
                        Duration.ZERO,
                        new Limit(5_000, 0, 0, Row.NONE)),
                new Fault(
                        "hangs, the default TCP check",
                        "≤ 6 s; none",
                        "health: { tcp: {} }",
                        null,
                        Fault::hang,
                        Fault::goOn,
                        Duration.ZERO,
                        new Limit(12_000, 0, 0, Row.NONE)),
                new Fault(
                        "hangs, the default TCP check, `balance: round-robin`",
                        "≤ 4 s; none",
                        "health: { tcp: {} }, balance: round-robin",
                        null,
                        Fault::hang,
                        Fault::goOn,
                        Duration.ZERO,
                        new Limit(6_000, 0, 0, Row.NONE)),
                new Fault(
                        "slower by 100, from 1 ms to 100 ms",
                        "≤ 5 s; none",
                        HTTP,
                        askingAll("/delay/1"),
                        (scene, i) -> slow(scene, i, 100),
                        asking("/delay/0"),
                        Duration.ZERO,
                        new Limit(12_000, 0, 0, Row.NONE)),
                new Fault(
                        "slower by 100, from 10 ms to 1 s, its check too",
                        "≤ 3 s; none",
                        HTTP,
                        askingAll("/delay/10"),
                        (scene, i) -> slow(scene, i, 1_000),
                        asking("/delay/0"),
                        Duration.ZERO,
                        new Limit(5_000, 0, 0, Row.NONE)),
                new Fault(
                        "slower by 100, from 10 ms to 1 s, its check is not",
                        "≤ 12 s; none",
                        HTTP,
                        askingAll("/delay/10"),
                        asking("/delay/1000"),
                        asking("/delay/0"),
                        Duration.ZERO,
                        new Limit(16_000, 0, 0, Row.NONE)),
                new Fault(
                        "answers 500 to half, its check passes",
                        "≤ 3 s; what it answers until then",
                        HTTP,
                        null,
                        asking("/mode/half"),
                        asking("/mode/ok"),
                        Duration.ZERO,
                        new Limit(4_000, 120, 120, Row.NONE)));
    }

    private static void slow(Scene scene, int index, int millis) throws IOException {
        scene.backend(index).ask("/delay/" + millis);
        scene.backend(index).ask("/check-delay/" + millis);
    }
}
