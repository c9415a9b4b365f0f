package dev.fairlead.server.control;

import java.util.List;

/** What became of an operator's verb. */
public sealed interface Result {
    /**
     * It was done.
     *
     * @param changed what changed, each as a clause for people; empty when all was so already
     * @param created whether the backend is new
     * @param revision the backend's, right after it; 0 once it has left
     */
    record Done(List<String> changed, boolean created, long revision) implements Result {}

    /** It was not done, and nothing changed. */
    record Refused(Why why, String detail) implements Result {}

    /** Why a verb is refused. */
    enum Why {
        /** There is no such pool or backend. */
        UNKNOWN,
        /** Someone else changed it since the caller looked. */
        STALE,
        /** It does not go together with what is: another owner, too little capacity left, or a fixed member. */
        CONFLICT,
        /** A value is out of its range. */
        INVALID
    }
}
