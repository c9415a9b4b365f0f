package dev.fairlead.server.tls;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.fairlead.testkit.OcspAuthority;
import dev.fairlead.testkit.OcspAuthority.Answer;
import dev.fairlead.testkit.OcspAuthority.Holder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** A responder over real sockets that answers as it is told to, and a clock that it and an engine go by. */
public final class Responder implements AutoCloseable {
    /** Answers one question; what it throws breaks the connection. */
    public interface Reply {
        void to(HttpExchange exchange) throws IOException;
    }

    /**
     * A question that came.
     *
     * @param body what was asked, whichever way
     */
    public record Question(String method, byte[] body) {}

    /** How far the clock is ahead of the machine's. */
    private final AtomicLong ahead = new AtomicLong();

    private final OcspAuthority authority = OcspAuthority.create(
            "Some Authority",
            now() - Duration.ofDays(2).toMillis(),
            now() + Duration.ofDays(90).toMillis());
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Question> questions = new CopyOnWriteArrayList<>();
    private volatile Reply reply = exchange -> exchange.sendResponseHeaders(500, -1);

    private Responder(HttpServer server) {
        this.server = server;
    }

    public static Responder start() throws IOException {
        var responder = new Responder(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
        responder.server.setExecutor(responder.threads);
        responder.server.createContext("/ocsp", responder::serve);
        responder.server.start();
        return responder;
    }

    private void serve(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (exchange.getRequestMethod().equals("GET")) {
            String path = exchange.getRequestURI().getRawPath();
            body = Base64.getDecoder()
                    .decode(URLDecoder.decode(path.substring("/ocsp/".length()), StandardCharsets.US_ASCII));
        }
        questions.add(new Question(exchange.getRequestMethod(), body));
        try (exchange) {
            reply.to(exchange);
        }
    }

    public OcspAuthority authority() {
        return authority;
    }

    /** Its address, as it stands in certificates. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/ocsp";
    }

    /** What time it is here. */
    public long now() {
        return System.currentTimeMillis() + ahead.get();
    }

    /** It is so much later at once. */
    public void later(Duration by) {
        ahead.addAndGet(by.toMillis());
    }

    /** A certificate about which it is asked, written as {@code name.pem} with that of its authority, and {@code name.key}. */
    public Holder certificate(Path folder, String name, boolean mustStaple) throws IOException {
        Holder leaf = authority.leaf(name + ".example", mustStaple, url());
        Certs.replace(folder.resolve(name + ".key"), leaf.key());
        Certs.replace(
                folder.resolve(name + ".pem"), leaf.cert() + authority.self().cert());
        return leaf;
    }

    /** An answer from an hour before now to two hours after, as whole seconds. */
    public Answer answer(Holder about) {
        long now = now() / 1000 * 1000;
        return authority
                .answer(about.certificate(), now)
                .between(
                        now - Duration.ofHours(1).toMillis(),
                        now + Duration.ofHours(2).toMillis());
    }

    /** From now on it answers so. */
    public void replies(Reply with) {
        reply = with;
    }

    /** From now on it answers with these bytes. */
    public byte[] says(byte[] bytes) {
        reply = exchange -> send(exchange, bytes);
        return bytes;
    }

    /** From now on it answers with the usual answer about this certificate, changed so. */
    public byte[] says(Holder about, UnaryOperator<Answer> changed) {
        return says(changed.apply(answer(about)).bytes());
    }

    static void send(HttpExchange exchange, byte[] bytes) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/ocsp-response");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** What it was asked, oldest first. */
    public List<Question> questions() {
        return questions;
    }

    /** How often it was asked about this certificate. */
    public long asked(Holder about) {
        byte[] serial = about.certificate().getSerialNumber().toByteArray();
        return questions.stream()
                .filter(question -> {
                    byte[] body = question.body();
                    return body.length > serial.length
                            && Arrays.equals(
                                    Arrays.copyOfRange(body, body.length - serial.length, body.length), serial);
                })
                .count();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
