package dev.fairlead.net.probe;

import dev.fairlead.core.config.HealthConfig.HttpCheck;
import dev.fairlead.core.config.HealthConfig.Signs;
import dev.fairlead.core.config.Text;
import dev.fairlead.core.health.CheckResult;
import dev.fairlead.core.pool.Backend;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a path and passes when the answer is as configured: its status, its fields, its body. Thread-safe.
 *
 * <p>Speaks just enough HTTP/1.1 itself, so that a check depends on nothing the data plane does. How an answer is judged
 * is for {@link HttpTalk}.
 */
final class HttpProbe implements Probe {
    private static final List<String> OWN_FIELDS = List.of("host", "connection", "content-length", "transfer-encoding");

    /** What {@link #finding} takes for a field. */
    private static final Pattern FIELD = Pattern.compile("([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}): *([ -~]{1,256})");

    private final Dialer dialer;
    private final HttpCheck check;
    private final HttpTalk.Wanted wanted;

    HttpProbe(Dialer dialer, HttpCheck check) {
        requireWord("path", check.path());
        requireWord("method", check.method());
        String host = check.host();
        if (host != null) {
            requireWord("host", host);
        }
        check.headers().forEach(HttpProbe::requireField);
        this.dialer = dialer;
        this.check = check;
        List<FieldMatch> identity = FieldMatch.of(check.identity());
        List<FieldMatch> expected = FieldMatch.of(check.expect());
        this.wanted = new HttpTalk.Wanted(
                check,
                identity,
                expected,
                Stream.concat(identity.stream(), expected.stream())
                        .map(FieldMatch::key)
                        .collect(Collectors.toUnmodifiableSet()),
                body(check.identity()),
                body(check.expect()));
    }

    private static byte @Nullable [] body(@Nullable Signs signs) {
        String text = signs == null ? null : signs.body();
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** What goes into the request as it is must not be able to end a line or a word of it. */
    private static void requireWord(String name, String word) {
        if (word.isEmpty() || !word.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new IllegalArgumentException(name + ": '" + word + "' (expected: printable ASCII without spaces)");
        }
    }

    private static void requireField(String name, String value) {
        if (!name.matches(Text.FIELD_NAME.pattern()) || OWN_FIELDS.stream().anyMatch(name::equalsIgnoreCase)) {
            throw new IllegalArgumentException(
                    "headers: '" + name + "' (expected: a field that the check does not set itself)");
        }
        if (!value.matches(Text.FIELD_VALUE.pattern())) {
            throw new IllegalArgumentException(
                    "headers: '" + value + "' (expected: " + Text.FIELD_VALUE.expected() + ")");
        }
    }

    @Override
    public Probe finding(String text) {
        Matcher field = FIELD.matcher(text);
        Signs expect = check.expect();
        Map<String, String> fields = new LinkedHashMap<>(expect == null ? Map.of() : expect.header());
        String body = expect == null ? null : expect.body();
        if (field.matches()) {
            fields.put(field.group(1), field.group(2));
        } else {
            // A version says more than that it is ready.
            body = text;
        }
        return new HttpProbe(
                dialer,
                new HttpCheck(
                        check.path(),
                        check.method(),
                        check.host(),
                        check.headers(),
                        check.status(),
                        new Signs(fields, body),
                        check.identity(),
                        check.json(),
                        check.bodyLimit()));
    }

    @Override
    public void probe(Backend backend, Consumer<CheckResult> done) {
        byte[] request = request(backend);
        dialer.dial(backend, done, attempt -> new HttpTalk(attempt, wanted, request));
    }

    private byte[] request(Backend backend) {
        String host = check.host();
        if (host == null) {
            String address = dialer.aim().text(backend);
            host = Aim.unix(address) ? "localhost" : address;
        }
        var text = new StringBuilder()
                .append(check.method() + " " + check.path() + " HTTP/1.1\r\n")
                .append("Host: " + host + "\r\n");
        field(text, "User-Agent", "fairlead-check");
        field(text, "Accept", "*/*");
        check.headers().forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
        text.append("Connection: close\r\n\r\n");
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** A field of ours, which the operator's own of the same name replaces. */
    private void field(StringBuilder text, String name, String value) {
        if (check.headers().keySet().stream().noneMatch(name::equalsIgnoreCase)) {
            text.append(name + ": " + value + "\r\n");
        }
    }
}
