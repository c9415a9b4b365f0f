package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import org.jspecify.annotations.Nullable;

/** What a valid request must satisfy on this listener, and the listener for it, before it is routed. Stateless. */
final class RequestGuard {
    private RequestGuard() {}

    /**
     * Why the request must be refused, or {@code null}.
     *
     * @param overloaded whether it is one more than there may be
     */
    static @Nullable Failure check(Head head, HttpDoor door, boolean overloaded) {
        if (head.framing() == Framing.LENGTH
                && head.contentLength() > door.policy().maxBody()) {
            return Failure.BODY_TOO_LARGE;
        }
        int expect = head.find(Known.EXPECT);
        if (expect >= 0 && !head.http10() && !head.valueIs(expect, "100-continue")) {
            return Failure.EXPECTATION_FAILED;
        }
        if (overloaded) {
            return Failure.OVERLOADED;
        }
        return door.loop().buffers().full() ? Failure.BUFFERS_FULL : null;
    }
}
