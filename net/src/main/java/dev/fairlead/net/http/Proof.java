package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;

/**
 * Whether a request may be given to a backend once more: only with a proof that this cannot do its work twice, and only
 * where its body can be sent again. Confined to its exchange's event loop; keeps nothing but who it asks.
 */
final class Proof {
    private final Tries tries;
    private final RequestBody body;
    private final Answer answer;

    Proof(Tries tries, RequestBody body, Answer answer) {
        this.tries = tries;
        this.body = body;
        this.answer = answer;
    }

    /** After {@code why}; {@code untouched} when it is certain that the backend saw no whole head. */
    boolean after(Failure why, boolean untouched, Head request) {
        if (!body.repeatable() || answer.heard()) {
            return false;
        }
        boolean may = untouched || repeats(request);
        return switch (why.retry()) {
            case SAFE -> true;
            case IF_UNTOUCHED -> may;
            case IF_IDEMPOTENT -> may;
            case NEVER -> false;
        };
    }

    /** As {@link #after}; the next backend then gets the body from the start. To be asked before one is asked for. */
    boolean rewinds(Failure why, boolean untouched, Head request) {
        boolean may = after(why, untouched, request);
        if (may) {
            // One may be there at once.
            body.rewind();
        }
        return may;
    }

    /** Because of an answer that another backend may well do better than, and that is there and would take it now. */
    boolean instead(int status, Head request) {
        PoolPolicy policy = tries.policy();
        return policy != null
                && policy.retryStatuses().contains(status)
                && repeats(request)
                && body.repeatable()
                && !answer.heard()
                && tries.anotherTakes();
    }

    /** How much of the body is worth a copy: nothing where no second backend could be given it. */
    int replay(Head request, boolean reused) {
        PoolPolicy policy = tries.policy();
        if (policy == null) {
            return 0;
        }
        boolean may = policy.maxRetries() > 0
                && !answer.begun()
                && (reused || repeats(request))
                && (request.framing() != Framing.LENGTH || request.contentLength() <= policy.replay());
        return may ? policy.replay() : 0;
    }

    /** Whether doing the request's work twice is as good as once: by its method, or because the client says so. */
    static boolean repeats(Head request) {
        return request.method().idempotent() || request.find(Known.IDEMPOTENCY_KEY) >= 0;
    }
}
