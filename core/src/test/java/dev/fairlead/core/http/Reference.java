package dev.fairlead.core.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A second reading of RFC 9112, made of strings and regular expressions, slow and plain, to compare the real one with.
 *
 * <p>Knows no limits: what it is asked about must be within them.
 */
final class Reference {
    /** What a text is. */
    sealed interface Result {
        /** Nothing is wrong so far, and nothing is whole. */
        record Incomplete() implements Result {}

        record Refused(String why) implements Result {}

        /**
         * A request.
         *
         * @param target as it would be forwarded
         * @param host what it is for, or nothing
         * @param body {@code none}, {@code chunked}, {@code until-close} or a number
         */
        record Request(String method, String target, boolean http10, List<Field> fields, String host, String body)
                implements Result {}

        /** An answer; {@code body} as for requests. */
        record Answer(int status, String reason, boolean http10, List<Field> fields, String body) implements Result {}
    }

    record Field(String name, String value) {
        boolean named(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refusal(String why) {
            super(why);
        }
    }

    private static final String TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
    private static final Pattern REQUEST_LINE =
            Pattern.compile("(" + TOKEN + ") ([\\x21-\\x22\\x24-\\x7e]+) HTTP/([0-9])\\.([0-9])");
    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.([01]) ([1-5][0-9][0-9])(?: ([\\t\\x20-\\x7e\\x80-\\xff]*))?");
    private static final Pattern FIELD =
            Pattern.compile("(" + TOKEN + "):[ \\t]*((?:[\\x21-\\x7e\\x80-\\xff](?:[\\t\\x20-\\x7e\\x80-\\xff]*"
                    + "[\\x21-\\x7e\\x80-\\xff])?)?)[ \\t]*");
    private static final Pattern NAME_AND_PORT =
            Pattern.compile("((?:[A-Za-z0-9\\-._~!$&'()*+;=]|%[0-9A-Fa-f]{2})+)(?::([0-9]{0,5}))?");
    private static final Pattern LITERAL_AND_PORT = Pattern.compile("\\[([0-9A-Fa-f:.]+)](?::([0-9]{0,5}))?");
    private static final Pattern ABSOLUTE = Pattern.compile("(?i:https?)://([^/?]+)([/?].*)?");
    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]");

    private Reference() {}

    static Result request(String text) {
        String rest = text.startsWith("\r\n") ? text.substring(2) : text;
        try {
            List<String> lines = lines(rest);
            if (lines.isEmpty()) {
                return new Result.Incomplete();
            }
            Matcher line = REQUEST_LINE.matcher(lines.getFirst());
            require(line.matches(), "request line");
            require(line.group(1).length() <= 32, "method");
            require(line.group(3).equals("1") && "01".contains(line.group(4)), "version");
            boolean http10 = line.group(4).equals("0");
            List<Field> fields = fields(lines);
            if (!whole(lines)) {
                return new Result.Incomplete();
            }
            String body = requestBody(fields, http10);
            underscores(fields);
            require(options(fields) <= 32, "Connection options");
            require(!line.group(1).equals("CONNECT") && !line.group(1).equals("TRACE"), "method");
            String host = host(fields, http10);
            String target = line.group(2);
            if (target.startsWith("/") || (target.equals("*") && line.group(1).equals("OPTIONS"))) {
                return new Result.Request(line.group(1), target, http10, fields, host, body);
            }
            Matcher absolute = ABSOLUTE.matcher(target);
            require(absolute.matches() && authority(absolute.group(1)), "target");
            String named = absolute.group(1);
            String port = target.regionMatches(true, 0, "https", 0, 5) ? ":443" : ":80";
            require(host.isEmpty() || bare(host, port).equalsIgnoreCase(bare(named, port)), "Host against target");
            String path = absolute.group(2) == null ? "" : absolute.group(2);
            String bare = line.group(1).equals("OPTIONS") && path.isEmpty() ? "*" : "/";
            target = path.startsWith("/") ? path : bare + path;
            return new Result.Request(line.group(1), target, http10, fields, host.isEmpty() ? named : host, body);
        } catch (Refusal e) {
            return new Result.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static String bare(String authority, String port) {
        return authority.endsWith(port) ? authority.substring(0, authority.length() - port.length()) : authority;
    }

    static Result answer(String text, boolean toHead) {
        try {
            List<String> lines = lines(text);
            if (lines.isEmpty()) {
                return new Result.Incomplete();
            }
            Matcher line = STATUS_LINE.matcher(lines.getFirst());
            require(line.matches(), "status line");
            List<Field> fields = fields(lines);
            if (!whole(lines)) {
                return new Result.Incomplete();
            }
            boolean http10 = line.group(1).equals("0");
            int status = Integer.parseInt(line.group(2));
            require(options(fields) <= 32, "Connection options");
            String body = body(fields, http10);
            if (status < 200 || status == 204 || status == 304 || toHead) {
                body = "none";
            } else if (body.equals("none")) {
                body = "until-close";
            }
            return new Result.Answer(status, line.group(3) == null ? "" : line.group(3), http10, fields, body);
        } catch (Refusal e) {
            return new Result.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static void require(boolean condition, String why) {
        if (!condition) {
            throw new Refusal(why);
        }
    }

    /** The whole lines up to the empty one, which comes last and without which the head is not whole. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int at = 0;
        for (int lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', at)) {
            String line = text.substring(at, lf);
            require(line.endsWith("\r"), "bare LF");
            lines.add(line.substring(0, line.length() - 1));
            at = lf + 1;
            if (whole(lines)) {
                break;
            }
        }
        return lines;
    }

    private static boolean whole(List<String> lines) {
        return lines.size() > 1 && lines.getLast().isEmpty();
    }

    private static List<Field> fields(List<String> lines) {
        List<Field> fields = new ArrayList<>();
        for (String line : lines.subList(1, whole(lines) ? lines.size() - 1 : lines.size())) {
            Matcher field = FIELD.matcher(line);
            require(field.matches(), "field");
            fields.add(new Field(field.group(1), field.group(2)));
        }
        return fields;
    }

    private static List<String> values(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.named(name))
                .map(Field::value)
                .toList();
    }

    private static String requestBody(List<Field> fields, boolean http10) {
        return body(fields, http10);
    }

    private static String body(List<Field> fields, boolean http10) {
        List<String> codings = values(fields, "Transfer-Encoding");
        List<String> lengths = values(fields, "Content-Length");
        require(codings.size() + lengths.size() <= 1, "two framings");
        if (!codings.isEmpty()) {
            require(!http10 && codings.getFirst().equalsIgnoreCase("chunked"), "coding");
            return "chunked";
        }
        if (lengths.isEmpty()) {
            return "none";
        }
        require(lengths.getFirst().matches("[0-9]{1,18}"), "length");
        return String.valueOf(Long.parseLong(lengths.getFirst()));
    }

    private static void underscores(List<Field> fields) {
        for (Field field : fields) {
            String plain = field.name().replace('_', '-').toLowerCase(Locale.ROOT);
            boolean framing = plain.equals("content-length") || plain.equals("transfer-encoding");
            require(!framing || !field.name().contains("_"), "underscore");
        }
    }

    private static int options(List<Field> fields) {
        return values(fields, "Connection").stream()
                .filter(value -> !value.isEmpty())
                .mapToInt(value ->
                        (value.endsWith(",") ? value.substring(0, value.length() - 1) : value).split(",", -1).length)
                .sum();
    }

    private static String host(List<Field> fields, boolean http10) {
        List<String> hosts = values(fields, "Host");
        require(hosts.size() == 1 || (hosts.isEmpty() && http10), "Host");
        require(hosts.isEmpty() || authority(hosts.getFirst()), "Host");
        return hosts.isEmpty() ? "" : hosts.getFirst();
    }

    static boolean authority(String text) {
        Matcher literal = LITERAL_AND_PORT.matcher(text);
        if (literal.matches()) {
            return v6(literal.group(1)) && port(literal.group(2));
        }
        Matcher name = NAME_AND_PORT.matcher(text);
        return name.matches() && port(name.group(2));
    }

    private static boolean port(String digits) {
        return digits == null || digits.isEmpty() || Integer.parseInt(digits) <= 65535;
    }

    private static boolean v6(String text) {
        String[] halves = text.split("::", -1);
        if (halves.length > 2) {
            return false;
        }
        boolean gap = halves.length == 2;
        int groups = groups(halves[0], !gap) + (gap ? groups(halves[1], true) : 0);
        return groups >= 0 && (gap ? groups <= 7 : groups == 8);
    }

    /** How many groups of 16 bits, or far below 0 when some are none. */
    private static int groups(String half, boolean last) {
        if (half.isEmpty()) {
            return 0;
        }
        String[] parts = half.split(":", -1);
        int groups = parts.length;
        for (int i = 0; i < parts.length; i++) {
            if (last && i == parts.length - 1 && parts[i].contains(".")) {
                String[] octets = parts[i].split("\\.", -1);
                boolean four = octets.length == 4;
                for (String octet : octets) {
                    four &= OCTET.matcher(octet).matches();
                }
                groups += four ? 1 : -1000;
            } else if (!parts[i].matches("[0-9A-Fa-f]{1,4}")) {
                groups -= 1000;
            }
        }
        return groups;
    }

    // ---- chunked bodies --------------------------------------------------------

    private static final String QUOTED =
            "\"(?:[\\t\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]++|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*+\"";
    private static final Pattern SIZE_LINE =
            Pattern.compile("([0-9A-Fa-f]{1,15})((?:;" + TOKEN + "(?:=(?:" + TOKEN + "|" + QUOTED + "))?)*)\r\n");

    /** The data of a chunked body up to its trailers, {@code null} if it is broken or not whole. */
    static String chunked(String text) {
        var data = new StringBuilder();
        Matcher line = SIZE_LINE.matcher(text);
        int at = 0;
        int extensions = 0;
        while (line.region(at, text.length()).lookingAt()) {
            extensions += line.group(2).length();
            long size = Long.parseLong(line.group(1), 16);
            at = line.end();
            if (extensions > 4096) {
                return null;
            }
            if (size == 0) {
                return data.toString();
            }
            if (size > text.length() - at - 2 || !text.startsWith("\r\n", at + (int) size)) {
                return null;
            }
            data.append(text, at, at + (int) size);
            at += (int) size + 2;
        }
        return null;
    }
}
