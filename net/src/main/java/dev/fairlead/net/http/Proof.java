package dev.fairlead.net.http;

import dev.fairlead.core.fail.Failure;
import dev.fairlead.core.http.Framing;
import dev.fairlead.core.http.Head;
import dev.fairlead.core.http.Known;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request may be given to a backend once more: only with a proof that this cannot do its work twice, and only
 * where its body can be sent again. Confined to its exchange's event loop; keeps nothing but who it asks.
 */
final class Proof {
    /** No byte of the request has left us, or no whole head has. */
    static final String UNTOUCHED = "untouched";

    private final Tries tries;
    private final RequestBody body;
    private final Answer answer;

    Proof(Tries tries, RequestBody body, Answer answer) {
        this.tries = tries;
        this.body = body;
        this.answer = answer;
    }

    /**
     * The proof after {@code why}, in the log's words, {@code null} for none.
     *
     * @param untouched whether it is certain that the backend saw no whole head
     */
    @Nullable
    String after(Failure why, boolean untouched, Head request) {
        if (!body.repeatable() || answer.heard()) {
            return null;
        }
        return switch (why.retry()) {
            case SAFE -> UNTOUCHED;
            case IF_UNTOUCHED, IF_IDEMPOTENT -> untouched ? UNTOUCHED : of(request);
            case NEVER -> null;
        };
    }

    /** As {@link #after}; the next backend then gets the body from the start. To be asked before one is asked for. */
    @Nullable
    String rewinds(Failure why, boolean untouched, Head request) {
        String proof = after(why, untouched, request);
        if (proof != null) {
            // One may be there at once.
            body.rewind();
        }
        return proof;
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
        return of(request) != null;
    }

    /** Why doing the request's work twice is as good as once; {@code null} when it is not. */
    static @Nullable String of(Head request) {
        if (request.method().idempotent()) {
            return "idempotent";
        }
        int key = request.find(Known.IDEMPOTENCY_KEY);
        // By an empty one, or by several, the backend cannot tell that it has done this before.
        boolean tells = key >= 0
                && request.valueEnd(key) > request.valueStart(key)
                && request.find(Known.IDEMPOTENCY_KEY, key + 1) < 0;
        return tells ? "key" : null;
    }
}
