package dev.fairlead.server.ocsp;

import dev.fairlead.core.tls.OcspAnswer;
import dev.fairlead.core.tls.OcspQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks responders by plain HTTP (RFC 6960 appendix A). Thread-safe; waits, so not for event loops. */
final class Responders {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** For one question, from the connection to the last byte of the answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int LONGEST_WORDS = 200;

    private Responders() {}

    /** More came than an answer may have. */
    private static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;
    }

    /**
     * Asks by GET.
     *
     * @return what came, which may be anything, or {@code null} when the question cannot be asked so
     */
    static byte @Nullable [] get(OcspQuery query) throws NoAnswer, InterruptedException {
        URI where = query.get();
        return where == null ? null : sent(HttpRequest.newBuilder(where).GET());
    }

    /**
     * Asks by POST, which no cache on the way answers.
     *
     * @return what came, which may be anything
     */
    static byte[] post(OcspQuery query) throws NoAnswer, InterruptedException {
        return sent(HttpRequest.newBuilder(query.responder())
                .header("Content-Type", "application/ocsp-request")
                .POST(BodyPublishers.ofByteArray(query.request())));
    }

    private static byte[] sent(HttpRequest.Builder request) throws NoAnswer, InterruptedException {
        // One for each question: they are hours apart, and nothing of it stays.
        HttpClient http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        try (http) {
            try {
                HttpResponse<byte[]> answer = http.sendAsync(
                                request.header("Accept", "application/ocsp-response")
                                        .build(),
                                head -> new Bounded())
                        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                if (answer.statusCode() != 200) {
                    throw new NoAnswer(Fetched.REFUSED, "it answers with the status " + answer.statusCode());
                }
                return answer.body();
            } finally {
                http.shutdownNow();
            }
        } catch (TimeoutException e) {
            throw new NoAnswer(Fetched.LATE, "no answer within " + PATIENCE.toSeconds() + "s");
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        }
    }

    private static NoAnswer failed(@Nullable Throwable cause) {
        return switch (cause) {
            case TooLarge _ ->
                new NoAnswer(Fetched.TOO_LARGE, "the answer has more than " + OcspAnswer.MOST_BYTES + " bytes");
            case HttpConnectTimeoutException _ ->
                new NoAnswer(Fetched.LATE, "no connection within " + CONNECT.toSeconds() + "s");
            case ConnectException e ->
                new NoAnswer(Fetched.UNREACHABLE, unresolved(e) ? "no such host" : "connection refused");
            case null, default -> {
                String words = cause == null || cause.getMessage() == null ? "" : ": " + printable(cause.getMessage());
                yield new NoAnswer(Fetched.UNREACHABLE, "the connection broke" + words);
            }
        };
    }

    /** The client says of a name that it cannot be looked up the same as of a port that nobody listens on. */
    private static boolean unresolved(@Nullable Throwable e) {
        return e != null && (e instanceof UnresolvedAddressException || unresolved(e.getCause()));
    }

    /** What the responder sent may be in it. */
    private static String printable(String words) {
        String clean = words.replaceAll("[^ -~]", "?");
        return clean.length() <= LONGEST_WORDS ? clean : clean.substring(0, LONGEST_WORDS) + "...";
    }

    /** Holds what comes, and ends it when that is too much. */
    private static final class Bounded implements BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();
        private @Nullable Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return whole;
        }

        @Override
        public void onSubscribe(Subscription source) {
            subscription = source;
            source.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> pieces) {
            for (ByteBuffer piece : pieces) {
                if (held.size() + piece.remaining() > OcspAnswer.MOST_BYTES) {
                    whole.completeExceptionally(new TooLarge());
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    return;
                }
                byte[] bytes = new byte[piece.remaining()];
                piece.get(bytes);
                held.writeBytes(bytes);
            }
        }

        @Override
        public void onError(Throwable why) {
            whole.completeExceptionally(why);
        }

        @Override
        public void onComplete() {
            whole.complete(held.toByteArray());
        }
    }
}
