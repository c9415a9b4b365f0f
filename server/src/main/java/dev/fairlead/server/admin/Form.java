package dev.fairlead.server.admin;

import dev.fairlead.core.config.Address;
import dev.fairlead.core.config.Nearest;
import dev.fairlead.core.config.Share;
import dev.fairlead.server.admin.Refusal.Finding;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The values that a body or a query gave, each already what its {@link Field} says. Immutable. */
record Form(Map<String, Object> values) {
    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    Form {
        values = Map.copyOf(values);
    }

    @Nullable
    String text(String name) {
        return (String) values.get(name);
    }

    String text(String name, String byDefault) {
        return (String) values.getOrDefault(name, byDefault);
    }

    @Nullable
    Long number(String name) {
        return (Long) values.get(name);
    }

    @Nullable
    Integer whole(String name) {
        Long number = number(name);
        return number == null ? null : Math.toIntExact(number);
    }

    @Nullable
    Duration span(String name) {
        return (Duration) values.get(name);
    }

    Duration span(String name, Duration byDefault) {
        return (Duration) values.getOrDefault(name, byDefault);
    }

    boolean yes(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    double part(String name) {
        return values.get(name) instanceof Share share ? share.fraction() : 0;
    }

    @Nullable
    Address place(String name) {
        return (Address) values.get(name);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** Reads a body; throws a {@link Refusal} that tells all that is wrong. */
    static Form ofJson(byte[] body, List<Field> fields) {
        JsonNode root;
        try {
            root = STRICT.readTree(body);
        } catch (JacksonException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            String what = Field.shown(String.valueOf(e.getOriginalMessage()));
            throw Refusal.of(List.of(new Finding("", what + where, "a JSON object", null)));
        }
        if (root == null || !root.isObject()) {
            String found = root == null || root.isMissingNode() ? "nothing" : Field.shown(root.toString());
            throw Refusal.of(List.of(new Finding("", found, "a JSON object with " + names(fields), null)));
        }
        var reader = new Reader(fields);
        root.properties().forEach(entry -> reader.json(entry.getKey(), entry.getValue()));
        return reader.form();
    }

    /**
     * Reads a query; throws a {@link Refusal} that tells all that is wrong.
     *
     * @param lenient leaves out what it does not know
     */
    static Form ofQuery(String query, List<Field> fields, boolean lenient) {
        var reader = new Reader(fields);
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String key = decoded(equals < 0 ? pair : pair.substring(0, equals));
            // Every page may be asked for in a form for people.
            boolean known = reader.field(key) != null;
            if (!key.isEmpty() && !key.equals("pretty") && (known || !lenient)) {
                reader.text(key, equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        return reader.form();
    }

    /** Text with its percent escapes replaced; a plus sign is a space, as in forms. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refusal.of(
                    List.of(new Finding("", Field.shown(text), "`%` only before two hexadecimal digits", null)));
        }
    }

    private static String names(List<Field> fields) {
        return String.join(", ", fields.stream().map(Field::name).toList());
    }

    /** Collects values and what is wrong with them. */
    private static final class Reader {
        private final List<Field> fields;
        private final Map<String, Object> values = new HashMap<>();
        private final List<Finding> findings = new ArrayList<>();

        Reader(List<Field> fields) {
            this.fields = fields;
        }

        @Nullable
        Field field(String key) {
            return fields.stream()
                    .filter(field -> field.name().equals(key))
                    .findFirst()
                    .orElse(null);
        }

        void json(String key, JsonNode value) {
            Field field = field(key);
            if (field == null) {
                unknown(key);
            } else if (field.kind() instanceof Field.Whole whole) {
                boolean number = value.isIntegralNumber() && value.canConvertToLong();
                put(field, number ? field.number(whole, value.longValue()) : wrong(field, value));
            } else if (field.kind() instanceof Field.Yes) {
                put(field, value.isBoolean() ? (Object) value.booleanValue() : wrong(field, value));
            } else {
                put(field, value.isString() ? field.read(value.stringValue()) : wrong(field, value));
            }
        }

        private static Finding wrong(Field field, JsonNode value) {
            return field.wrong(value.toString(), null);
        }

        void text(String key, String value) {
            Field field = field(key);
            if (field == null) {
                unknown(key);
            } else if (values.containsKey(key)) {
                findings.add(new Finding(key, "it stands there twice", "each parameter once", null));
            } else {
                put(field, field.read(value));
            }
        }

        private void put(Field field, Object value) {
            if (value instanceof Finding finding) {
                findings.add(finding);
            } else {
                values.put(field.name(), value);
            }
        }

        private void unknown(String key) {
            String near = Nearest.of(key, fields.stream().map(Field::name).toList());
            findings.add(new Finding(
                    Field.shown(key),
                    "an unknown key",
                    fields.isEmpty() ? "none" : names(fields),
                    near == null ? null : "did you mean `" + near + "`?"));
        }

        Form form() {
            for (Field field : fields) {
                boolean told =
                        findings.stream().anyMatch(finding -> finding.key().equals(field.name()));
                if (field.required() && !values.containsKey(field.name()) && !told) {
                    findings.add(
                            new Finding(field.name(), "nothing", field.kind().expected(), null));
                }
            }
            if (!findings.isEmpty()) {
                throw Refusal.of(findings);
            }
            return new Form(values);
        }
    }
}
