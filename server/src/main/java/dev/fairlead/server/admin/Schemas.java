package dev.fairlead.server.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the answers look like, for the description of the API; a test compares it with real answers. Pure functions.
 *
 * <p>Each line is a key and its type: a JSON type, {@code time}, another schema, {@code [X]} for a list of them, {@code {X}}
 * for a mapping to them, {@code X?} for one that may be null, and {@code key?} for a key that may be missing.
 */
final class Schemas {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Schemas() {}

    static Map<String, ObjectNode> all() {
        Map<String, ObjectNode> all = new LinkedHashMap<>();
        all.put("Pools", object("All pools.", "pools [Pool]"));
        all.put("Backends", object("The backends of a pool.", "pool string", "backends [Backend]"));
        all.put(
                "Changed",
                object(
                        "What a change came to: each thing that changed, and the backend after it; null once it has left.",
                        "changed [string]",
                        "backend Backend?"));
        all.put(
                "Drained",
                object(
                        "How far a drain is.",
                        "drained boolean",
                        "draining boolean",
                        "requests integer",
                        "connections integer",
                        "pinned integer",
                        "cut_in_ms integer"));
        all.put("Deploys", object("The deploys there are, and the last that have ended.", "deploys [Deploy]"));
        all.put(
                "Deploy",
                object(
                        "A deploy: running, done, failed, aborted or lapsed; yours are the backends to change now.",
                        "id string",
                        "pool string",
                        "state string",
                        "why string",
                        "revision integer",
                        "begun time",
                        "ended time?",
                        "lease_left_ms integer",
                        "owner string",
                        "batch integer",
                        "passes integer",
                        "match string?",
                        "yours [string]",
                        "steps [Step]"));
        all.put(
                "Step",
                object(
                        "One backend of a deploy: waiting, draining, yours, gate, ramp, done, failed or left-out.",
                        "address string",
                        "stage string",
                        "why string"));
        all.put(
                "Drilled",
                object(
                        "What came of a drill, counted for its pool; detected_ms is null when the backend never left"
                                + " rotation.",
                        "pool string",
                        "backend string",
                        "lasted_ms integer",
                        "detected_ms integer?",
                        "detected_by string?",
                        "requests integer",
                        "errors integer",
                        "retries integer",
                        "peak_others integer",
                        "others integer",
                        "stopped_early string?"));
        all.put(
                "Reloaded",
                object(
                        "What a reload changed, keys that it changes only after a restart, and warnings as text.",
                        "changed [string]",
                        "restart [string]",
                        "report string"));
        all.put(
                "Events",
                object("The number of the last event there is, and some events.", "last integer", "events [Event]"));
        all.put(
                "Event",
                object(
                        "One thing that happened, of a kind such as health, wish, member, drill or deploy; backend is null when it"
                                + " concerns the whole pool.",
                        "id integer",
                        "time time",
                        "pool string",
                        "backend string?",
                        "kind string",
                        "before string",
                        "after string",
                        "why string"));
        all.put(
                "Problem",
                object(
                        "Why something was not done (RFC 9457).",
                        "title string",
                        "status integer",
                        "detail string",
                        "problems? [Finding]",
                        "report? string"));
        all.put(
                "Finding",
                object(
                        "One thing that is wrong with what was sent.",
                        "key string",
                        "found string",
                        "expected string",
                        "suggestion string?"));
        state(all);
        return all;
    }

    private static void state(Map<String, ObjectNode> all) {
        all.put(
                "Pool",
                object(
                        "A pool; in panic, those that answer badly get work, too.",
                        "name string",
                        "members integer",
                        "eligible integer",
                        "panic boolean",
                        "waiting integer",
                        "bottleneck Bottleneck",
                        "checked_by string",
                        "tls string?",
                        "check Check?",
                        "hedge Hedge?",
                        "backends [Backend]"));
        all.put(
                "Hedge",
                object(
                        "What came of requests that were sent twice; after_ms is null while it is not known.",
                        "after_ms number?",
                        "won integer",
                        "lost integer",
                        "failed integer"));
        all.put(
                "Reloads",
                object(
                        "How reloads of the configuration ended, and how many backends that have left are not finished.",
                        "done integer",
                        "invalid integer",
                        "refused integer",
                        "leaving integer",
                        "leaving_listeners [LeavingListener]",
                        "last Reload?"));
        all.put(
                "LeavingListener",
                object(
                        "A listener that a reload took out and that still has connections, which are cut in so long.",
                        "name string",
                        "address string",
                        "open integer",
                        "cut_in_ms integer"));
        all.put("Reload", object("The last reload.", "time time", "result string", "detail string"));
        all.put(
                "Check",
                object(
                        "How far the health check can be believed, from A to F, and what speaks against it.",
                        "grade string",
                        "basis string",
                        "findings {string}"));
        all.put(
                "Backend",
                object(
                        "A backend: what is wished, what was measured, and what it has done.",
                        "address string",
                        "health string",
                        "wish string",
                        "takes_new boolean",
                        "since time",
                        "why string",
                        "weight integer",
                        "share integer",
                        "silent boolean",
                        "revision integer",
                        "registered boolean",
                        "expires_at time?",
                        "owner string?",
                        "match string?",
                        "inflight integer",
                        "connections integer",
                        "cap integer",
                        "cap_learnt boolean",
                        "keep_alive_ms KeepAlive",
                        "requests integer",
                        "outcomes {integer}",
                        "first_byte_ms Times"));
        all.put(
                "KeepAlive",
                object(
                        "How long a backend keeps idle connections, by its own word and by when it closes them.",
                        "announced integer?",
                        "observed integer?"));
        all.put(
                "Times",
                object(
                        "How long something took, in milliseconds; without a count there is nothing to tell.",
                        "recent? number",
                        "count integer",
                        "mean? number",
                        "p50? number",
                        "p90? number",
                        "p99? number"));
        all.put(
                "Listener",
                object(
                        "A listener and what it has done.",
                        "name string",
                        "address string",
                        "draining boolean",
                        "connections {integer}",
                        "requests {integer}",
                        "answers {integer}",
                        "failures {integer}",
                        "bytes {integer}",
                        "duration_ms Times",
                        "bottleneck Bottleneck",
                        "tls Tls?"));
        all.put(
                "Tls",
                object(
                        "How the listener speaks TLS.",
                        "provider string",
                        "handshakes_active integer",
                        "handshakes {integer}",
                        "certificates [Certificate]"));
        all.put(
                "Certificate",
                object(
                        "A certificate in force; with why what is in its files now is not, if it is not.",
                        "file string",
                        "names [string]",
                        "issuer string",
                        "key string",
                        "serial string",
                        "not_before time",
                        "not_after time",
                        "days_left integer",
                        "problem string?",
                        "ocsp Ocsp?"));
        all.put(
                "Ocsp",
                object(
                        "How it stands with OCSP answers about a certificate: clients are shown that it is good or revoked, or"
                                + " nothing (waiting, none, no-issuer, unsupported, off).",
                        "responder string",
                        "state string",
                        "stapled_until time?",
                        "asked_next time?",
                        "must_staple boolean",
                        "problem string?"));
        all.put(
                "Bottleneck",
                object(
                        "What holds requests up: none, client, us or backend; and what shows it.",
                        "where string",
                        "why string"));
        all.put("Loop", object("How late an event loop got to its work.", "lag_ms number", "lag_minute_ms number"));
        all.put("Use", object("How much of something is in use.", "now integer", "limit integer"));
        all.put(
                "Status",
                object(
                        "The whole.",
                        "now time",
                        "started time",
                        "version string",
                        "draining boolean",
                        "transport string",
                        "event_loops integer",
                        "loops [Loop]",
                        "exchanges Use",
                        "buffers Use",
                        "spill Use",
                        "access_log_dropped integer",
                        "ocsp_questions {integer}",
                        "reloads Reloads",
                        "listeners [Listener]",
                        "pools [Pool]",
                        "rate_limits [RateLimit]"));
        all.put(
                "RateLimit",
                object(
                        "How the rate limit of a route stands; the route is named by the host and path it matches.",
                        "route string",
                        "rate string",
                        "burst integer",
                        "by string",
                        "keys integer",
                        "keys_in_use integer",
                        "bytes integer",
                        "refused integer"));
        all.put("Description", NODES.objectNode().put("type", "object").put("description", "An OpenAPI document."));
    }

    private static ObjectNode object(String doc, String... lines) {
        ObjectNode node = NODES.objectNode().put("type", "object").put("description", doc);
        ObjectNode properties = NODES.objectNode();
        var required = node.putArray("required");
        for (String line : lines) {
            String[] parts = line.split(" ");
            boolean optional = parts[0].endsWith("?");
            String key = optional ? parts[0].substring(0, parts[0].length() - 1) : parts[0];
            if (!optional) {
                required.add(key);
            }
            properties.set(key, type(parts[1]));
        }
        node.set("properties", properties);
        return node;
    }

    private static ObjectNode type(String type) {
        if (type.endsWith("?")) {
            ObjectNode node = NODES.objectNode();
            var any = node.putArray("anyOf");
            any.add(type(type.substring(0, type.length() - 1)));
            any.addObject().put("type", "null");
            return node;
        } else if (type.startsWith("[")) {
            ObjectNode node = NODES.objectNode().put("type", "array");
            node.set("items", type(type.substring(1, type.length() - 1)));
            return node;
        } else if (type.startsWith("{")) {
            ObjectNode node = NODES.objectNode().put("type", "object");
            node.set("additionalProperties", type(type.substring(1, type.length() - 1)));
            return node;
        } else if (type.equals("time")) {
            return NODES.objectNode().put("type", "string").put("format", "date-time");
        }
        return Character.isUpperCase(type.charAt(0))
                ? reference(type)
                : NODES.objectNode().put("type", type);
    }

    /** Where a schema stands in the description. */
    static ObjectNode reference(String name) {
        return NODES.objectNode().put("$ref", "#/components/schemas/" + name);
    }
}
