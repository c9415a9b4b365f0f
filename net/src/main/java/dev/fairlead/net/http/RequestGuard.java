package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import org.jspecify.annotations.Nullable;

/** What a valid request must satisfy on this listener before it is routed. Stateless. */
final class RequestGuard {
    private RequestGuard() {}

    /** Why the request must be refused, or {@code null}. */
    static @Nullable Failure check(Head head, ClientPolicy policy) {
        if (head.framing() == Framing.LENGTH && head.contentLength() > policy.maxBody()) {
            return Failure.BODY_TOO_LARGE;
        }
        int expect = head.find(Known.EXPECT);
        if (expect >= 0 && !head.http10() && !head.valueIs(expect, "100-continue")) {
            return Failure.EXPECTATION_FAILED;
        }
        return null;
    }
}
