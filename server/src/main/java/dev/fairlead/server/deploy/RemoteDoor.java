package dev.fairlead.server.deploy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A balancer in another process, through its admin API. Thread-safe; whoever makes one closes it. */
public final class RemoteDoor implements Door, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** What the balancer takes; evidence from a check may be longer. */
    private static final int LONGEST_REASON = 200;

    private final URI base;
    private final @Nullable String token;
    private final JsonMapper mapper = JsonMapper.shared();
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    /**
     * @param base such as {@code http://127.0.0.1:7900}
     * @param token what the balancer asks for; {@code null} where it asks for none
     */
    public RemoteDoor(URI base, @Nullable String token) {
        this.base = base;
        this.token = token;
    }

    @Override
    public List<View> backends(String pool) {
        JsonNode answer = ask("GET", "/pools/" + encoded(pool), null, PATIENCE);
        var views = new ArrayList<View>();
        for (JsonNode backend : answer.path("backends")) {
            views.add(new View(
                    backend.path("address").asString(""),
                    backend.path("wish").asString(""),
                    backend.path("health").asString(""),
                    backend.path("takes_new").asBoolean(false),
                    backend.path("share").asInt(100),
                    backend.path("weight").asInt(1),
                    backend.path("registered").asBoolean(false),
                    backend.path("inflight").asInt(0),
                    backend.path("owner").asString(""),
                    backend.path("why").asString("")));
        }
        return views;
    }

    @Override
    public boolean readsAnswers(String pool) {
        JsonNode answer = ask("GET", "/pools/" + encoded(pool), null, PATIENCE);
        return answer.path("checked_by").asString("http").equals("http");
    }

    @Override
    public void drain(
            String pool,
            String address,
            String owner,
            Duration lease,
            @Nullable Duration deadline,
            double floor,
            Way way) {
        ObjectNode body = held(owner, lease, way);
        if (deadline != null) {
            body.put("deadline", deadline.toMillis() + "ms");
        }
        body.put("floor", Math.round(floor * 100) + "%");
        put(pool, address, body);
    }

    @Override
    public void renew(String pool, String address, String owner, Duration lease, @Nullable Way way) {
        ObjectNode body = held(owner, lease, way);
        body.put("renew", true);
        put(pool, address, body);
    }

    private ObjectNode held(String owner, Duration lease, @Nullable Way way) {
        ObjectNode body = mapper.createObjectNode();
        body.put("wish", "drain");
        body.put("owner", owner);
        body.put("lease", lease.toMillis() + "ms");
        body.put("why", "deploy " + owner);
        if (way != null) {
            body.put("passes", way.passes());
        }
        if (way != null && way.match() != null) {
            body.put("match", way.match());
        }
        return body;
    }

    @Override
    public Drained drained(String pool, String address, Duration patience) {
        String path = backend(pool, address) + "/drained?wait=" + patience.toMillis() + "ms";
        JsonNode answer = ask("GET", path, null, patience.plus(PATIENCE));
        return new Drained(
                answer.path("drained").asBoolean(false), answer.path("requests").asInt(0));
    }

    @Override
    public void ready(String pool, String address, String owner, int passes, @Nullable String match, String why) {
        ObjectNode body = mapper.createObjectNode();
        body.put("wish", "ready");
        body.put("owner", owner);
        body.put("passes", passes);
        if (match != null) {
            body.put("match", match);
        }
        body.put("why", reason(why));
        put(pool, address, body);
    }

    @Override
    public void maintain(String pool, String address, String why) {
        ObjectNode body = mapper.createObjectNode();
        body.put("wish", "maint");
        body.put("why", reason(why));
        put(pool, address, body);
    }

    @Override
    public void weigh(String pool, String address, int weight, String why) {
        ObjectNode body = mapper.createObjectNode();
        body.put("weight", weight);
        body.put("why", reason(why));
        put(pool, address, body);
    }

    @Override
    public void register(String pool, String address, @Nullable Integer weight, @Nullable Duration ttl, String why) {
        ObjectNode body = mapper.createObjectNode();
        body.put("address", address);
        if (weight != null) {
            body.put("weight", weight);
        }
        if (ttl != null) {
            body.put("ttl", ttl.toMillis() + "ms");
        }
        body.put("why", reason(why));
        ask("POST", "/pools/" + encoded(pool) + "/backends", body, PATIENCE);
    }

    @Override
    public void remove(String pool, String address, String why) {
        ask("DELETE", backend(pool, address), null, PATIENCE);
    }

    private static String reason(String why) {
        return why.codePointCount(0, why.length()) <= LONGEST_REASON
                ? why
                : why.substring(0, why.offsetByCodePoints(0, LONGEST_REASON - 3)) + "...";
    }

    private void put(String pool, String address, ObjectNode body) {
        ask("PUT", backend(pool, address), body, PATIENCE);
    }

    private static String backend(String pool, String address) {
        return "/pools/" + encoded(pool) + "/backends/" + encoded(address);
    }

    /** For a path or a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Asks, and returns the JSON of a good answer. */
    public JsonNode ask(String method, String path, @Nullable ObjectNode body, Duration patience) {
        var request = HttpRequest.newBuilder(base.resolve(path)).timeout(patience);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json");
            request.method(method, BodyPublishers.ofByteArray(mapper.writeValueAsBytes(body)));
        }
        try {
            HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
            JsonNode json = mapper.readTree(answer.body());
            if (answer.statusCode() >= 200 && answer.statusCode() < 300) {
                return json;
            }
            String detail = json.path("detail").asString(json.path("title").asString(""));
            String report = json.path("report").asString("");
            throw new Refused((detail.isEmpty() ? "status " + answer.statusCode() : detail)
                    + (report.isEmpty() ? "" : "\n" + report.stripTrailing()));
        } catch (IOException e) {
            throw new Unreachable(base + " does not answer: " + words(e), e);
        } catch (JacksonException e) {
            throw new Unreachable(base + " does not answer as Fairlead does", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted", e);
        }
    }

    private static String words(IOException e) {
        return switch (e) {
            case HttpConnectTimeoutException _ -> "no connection within " + CONNECT.toSeconds() + "s";
            case HttpTimeoutException _ -> "no answer in time";
            case ConnectException _ -> unresolved(e) ? "no such host" : "connection refused";
            case SSLException _ -> "TLS failed: " + e.getMessage();
            default -> e.getMessage() == null ? "the connection broke" : "the connection broke: " + e.getMessage();
        };
    }

    /** The client says of a name that it cannot be looked up the same as of a port that nobody listens on. */
    private static boolean unresolved(@Nullable Throwable e) {
        return e != null && (e instanceof UnresolvedAddressException || unresolved(e.getCause()));
    }

    @Override
    public void close() {
        http.close();
    }
}
